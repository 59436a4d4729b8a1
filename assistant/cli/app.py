"""Registers the commands and turns whatever happens into an exit code of the contract."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from assistant.cli import (
    ask,
    chat,
    config,
    corpus,
    doctor,
    evaluation,
    ingest,
    mcp,
    model,
    search,
    serve,
    sessions,
    whatif,
)
from assistant.cli.border import complain, reported
from assistant.cli.options import AsJson, HomeDir, Offline, Quiet, desk, remember
from assistant.errors import ExitCode

# Typer carries a Click of its own, whose exceptions are not those of the package `click`.
_WrongUsage: type[Exception] = typer.BadParameter.__mro__[1]

_EPILOG = (
    "Exit codes: 0 done, 1 defect, 2 usage, 3 bad input or configuration, 4 not enough evidence,"
    " 5 environment, 130 interrupted."
)

app = typer.Typer(
    name="senescope",
    help="Cited answers and design what-ifs about CAR-T cell senescence, offline, in a terminal.",
    epilog=_EPILOG,
    add_completion=True,
    # Plain help and our own error lines: rich help and tracebacks cost 100 ms of import.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("chat")(chat.chat)
app.command("ask")(ask.ask)
app.command("search")(search.search)
app.command("whatif")(whatif.whatif)
app.command("ingest")(ingest.ingest)
app.command("doctor")(doctor.doctor)
app.command("mcp")(mcp.mcp)
app.command("serve")(serve.serve)
for name, group in (
    ("model", model.app),
    ("corpus", corpus.app),
    ("sessions", sessions.app),
    ("eval", evaluation.app),
    ("config", config.app),
):
    app.add_typer(group, name=name)


def _version(wanted: bool) -> None:
    if wanted:
        from assistant import __version__

        sys.stdout.write(f"senescope {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
    resume: bool = typer.Option(False, "--continue", "-c", help="Open the chat where it was left."),
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Open the chat when no command is named."""
    remember(as_json=as_json, offline=offline, quiet=quiet, home=home)
    if context.invoked_subcommand is None:
        chat.open_chat(desk(), "latest" if resume else None)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error becomes one message on stderr."""
    stdout = sys.stdout
    try:
        result = app(args=list(arguments), prog_name="senescope", standalone_mode=False)
        code = int(result) if isinstance(result, int) else ExitCode.DONE
        if code == ExitCode.INTERRUPTED:
            complain("interrupted")
        return code
    except _WrongUsage as error:
        error.show(sys.stderr)  # type: ignore[attr-defined]  # Click's own way to print usage
        return ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit:
        if sys.stdout is stdout:
            raise
        # Click's answer to a reader that has gone (`senescope --help | head -1`): nothing went wrong.
        return ExitCode.DONE
    except Exception as error:  # the last border: whatever happened ends in a message, not a traceback
        return reported(error)
