"""The border of a command line: settings with the offline guard on the way in, exit codes on the way out.

Nothing here imports Typer, which costs as much as the first frame of the chat: `senescope` without a
command goes through here alone, and everything else through `assistant.cli.app` on top of it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.errors import ExitCode, SenescopeError

if TYPE_CHECKING:
    from assistant.settings import Settings, Value

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half characters: what Python makes of bytes in an argument or a file name that are not UTF-8."""

CHATS: dict[tuple[str, ...], str | None] = {
    (): None,
    ("chat",): None,
    ("-c",): "latest",
    ("--continue",): "latest",
    ("chat", "-c"): "latest",
    ("chat", "--continue"): "latest",
}
"""Command lines that mean the chat and nothing else, with the session to continue."""


def open_bare_chat(session: str | None) -> int:
    """Open the chat without a command-line parser; returns the exit code."""
    try:
        from assistant.tui import run_chat

        run_chat(settled({}), continue_session=session)
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # the last border, as in `assistant.cli.app.run`
        return reported(error)
    return ExitCode.DONE


def settled(flags: Mapping[str, Value | None]) -> Settings:
    """The merged settings; with `offline` among them, the network is closed from here on."""
    from assistant.settings import load

    settings = load(flags)
    if settings.switch("offline"):
        from assistant.network import block_network

        block_network()
    return settings


def reported(error: Exception) -> int:
    """Write what happened to stderr; returns the exit code for it."""
    if isinstance(error, SenescopeError):
        complain(str(error))
        return error.exit_code
    from assistant.index import fault

    known = fault(error)
    if known is None:
        return _defect(error)
    complain(str(known))
    return known.exit_code


def complain(message: str) -> None:
    """Write an error to stderr; `--quiet` does not silence it."""
    sys.stderr.write(f"senescope: {plain(message)}\n")
    sys.stderr.flush()


def plain(text: str) -> str:
    """`text` without terminal escapes and control characters; tabs and newlines stay."""
    return SURROGATE.sub("\ufffd", CONTROL.sub("", _ESCAPES.sub("", text)))


def _defect(error: Exception) -> int:
    """Report a defect of ours; the traceback goes to a file, or to stderr when SENESCOPE_DEBUG is set."""
    import tempfile
    import traceback

    if os.environ.get("SENESCOPE_DEBUG"):
        traceback.print_exception(error)
        return ExitCode.DEFECT
    with tempfile.NamedTemporaryFile(
        "w", prefix="senescope-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    complain(
        f"a defect of Senescope: {type(error).__name__}: {error}\n"
        f"  Details are in {log.name}; please report it."
    )
    return ExitCode.DEFECT
