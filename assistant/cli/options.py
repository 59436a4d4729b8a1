"""Options that every command shares, and the desk at which a command works.

`Desk` holds the merged settings and the two ways out: `emit` for data on stdout, `say` for talk on stderr.
Text that comes from a file or a user is stripped of terminal escapes on the way out.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate

import typer

from assistant.cli.border import CONTROL, SURROGATE, plain, settled
from assistant.cli.meter import Meter
from assistant.errors import ExitCode, InputError, UsageError
from assistant.evidence import Filters
from assistant.settings import BY_KEY, Settings, Value

if TYPE_CHECKING:
    from assistant.answering.engine import Engine
    from ingest.pipeline import Index, Progress

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout (see the contract).")]
Offline = Annotated[bool, typer.Option("--offline", help=BY_KEY["offline"].help)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=BY_KEY["quiet"].help)]
HomeDir = Annotated[str | None, typer.Option("--home", metavar="DIR", help=BY_KEY["home"].help)]
Year = Annotated[
    str | None, typer.Option("--year", metavar="2019..", help="Years: 2019, 2019.., ..2022 or 2019..2022.")
]
System = Annotated[
    list[str] | None,
    typer.Option(
        "--system", help="in-vitro, mouse, patients, donors, computation or review; may be repeated."
    ),
]
Costim = Annotated[
    list[str] | None, typer.Option("--costim", help="4-1BB, CD28, both, other or none; may be repeated.")
]
PaperId = Annotated[
    list[str] | None, typer.Option("--paper", metavar="ID", help="Only this paper; may be repeated.")
]
StudyType = Annotated[
    list[str] | None, typer.Option("--study-type", help="clinical-trial, in-vitro, review ...")
]

SYSTEMS = ("in-vitro", "mouse", "patients", "donors", "computation", "review")
COSTIMS = ("4-1BB", "CD28", "both", "other", "none", "n/a")
_ROOT: dict[str, Any] = {}
_SHARED: dict[str, tuple[Any, Any]] = {
    "as_json": (AsJson, False),
    "offline": (Offline, False),
    "quiet": (Quiet, False),
    "home": (HomeDir, None),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works: settings in, data and talk out."""

    settings: Settings
    as_json: bool = False
    meter: Meter = field(default_factory=Meter)

    def emit(self, data: str | Mapping[str, Any]) -> None:
        """Write data to stdout: a JSON object on one line, or text."""
        text = plain(data) if isinstance(data, str) else _json(data)
        try:
            sys.stdout.write(text if text.endswith("\n") else text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has gone (`senescope ... | head -1`): nothing to complain about or to go on for.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.DONE) from None

    def say(self, message: str) -> None:
        """Write talk to stderr, unless --quiet."""
        if not self.settings.switch("quiet"):
            sys.stderr.write(plain(message) + "\n")
            sys.stderr.flush()

    def progress(self, step: Progress) -> None:
        """Show progress on stderr: a line that redraws itself on a terminal, one now and then otherwise."""
        if self.settings.switch("quiet"):
            return
        line = self.meter.line(step)
        if sys.stderr.isatty():
            end = "\n" if step.total and step.done >= step.total else ""
            sys.stderr.write(f"\r\x1b[2K{line}{end}")
        elif self.meter.due(step):
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def index(self) -> Index:
        """The index of the home folder, built on first use with progress on stderr."""
        from assistant.index import open_index

        return open_index(self.settings, progress=self.progress, say=self.say)

    def index_words(self, index: Index) -> None:
        """Read new papers into the index of words now, so that the next question need not wait for it."""
        from assistant.retrieval.retriever import prepare
        from ingest.home import Progress

        self.progress(Progress("indexing words", 0, 0))
        prepare(index)

    def engine(self) -> Engine:
        """The engine over the index of the home folder."""
        from assistant.answering.engine import Engine

        return Engine.open(self.settings, progress=self.progress, say=self.say)


def desk(
    *,
    as_json: bool = False,
    offline: bool = False,
    quiet: bool = False,
    home: str | None = None,
    flags: Mapping[str, Value | None] | None = None,
) -> Desk:
    """Merge a command's flags with those given before the command, the environment and the file."""
    root = _ROOT
    given: dict[str, Value | None] = {
        "offline": True if offline or root.get("offline") else None,
        "quiet": True if quiet or root.get("quiet") else None,
        "home": home or root.get("home"),
        **(flags or {}),
    }
    return Desk(settled(given), as_json or bool(root.get("as_json")))


def at_desk(command: Callable[Concatenate[Desk, ...], None]) -> Callable[..., None]:
    """For Typer: a command whose first argument is its desk, with the options that all commands share."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
        for name, (option, default) in _SHARED.items()
    ]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        options = {name: given.pop(name) for name in _SHARED}
        command(desk(**options), **given)

    run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]  # Typer reads this
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *shared)}
    return run


def remember(*, as_json: bool, offline: bool, quiet: bool, home: str | None) -> None:
    """Keep the options that stood before the command's name, for `desk`."""
    _ROOT.update(as_json=as_json, offline=offline, quiet=quiet, home=home)


def filters(
    *,
    year: str | None = None,
    system: list[str] | None = None,
    costim: list[str] | None = None,
    paper: list[str] | None = None,
    study_type: list[str] | None = None,
) -> Filters:
    """Check and bundle the filter options; raises UsageError with what would do."""
    first, last = _years(year)
    return Filters(
        year_from=first,
        year_to=last,
        systems=_among("--system", system, SYSTEMS),
        costims=_among("--costim", costim, COSTIMS),
        papers=tuple(plain(p) for p in paper or ()),
        study_types=tuple(study_type or ()),
    )


def existing(path: str) -> Path:
    """The path, or an InputError that says it is not there."""
    try:
        found = Path(path).expanduser()
        there = bool(path) and found.exists()
    except (OSError, RuntimeError, ValueError):  # longer than the file system allows, or ~nobody
        there = False
    if not there:
        shown = path if 0 < len(path) <= 200 else f"{path[:200]!r}"
        raise InputError(
            f"{shown}: no such file or folder.", hint="Check the spelling and the working directory."
        )
    return found


def _json(data: Mapping[str, Any]) -> str:
    """One line of JSON; what a terminal could act on is written as an escape."""
    text = SURROGATE.sub("\ufffd", json.dumps(data, ensure_ascii=False))
    return CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _years(text: str | None) -> tuple[int | None, int | None]:
    if text is None:
        return None, None
    match = re.fullmatch(r"(\d{4})?(\.\.)?(\d{4})?", text.strip())
    if match is None or not (match.group(1) or match.group(3)):
        raise UsageError(
            f"--year {text!r} is not understood.", hint="Use 2019, 2019.., ..2022 or 2019..2022."
        )
    first = int(match.group(1)) if match.group(1) else None
    last = int(match.group(3)) if match.group(3) else None
    if match.group(2) is None:
        last = first
    if first is not None and last is not None and first > last:
        raise UsageError(f"--year {text!r} ends before it begins.", hint=f"Did you mean {last}..{first}?")
    return first, last


def _among(flag: str, values: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    from assistant.settings import nearest

    by_lower = {name.lower(): name for name in known}
    found: list[str] = []
    for value in values or ():
        name = by_lower.get(value.lower())
        if name is None:
            # Nearest without regard to case, shown in the case in which it is known.
            near = nearest(value.lower(), tuple(by_lower))
            for lower, proper in by_lower.items():
                near = near.replace(f"'{lower}'", f"'{proper}'")
            raise UsageError(f"{flag} {value!r} is not known{near}", hint=f"Use {', '.join(known)}.")
        found.append(name)
    return tuple(found)
