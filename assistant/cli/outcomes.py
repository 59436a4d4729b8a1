"""What became of each file of an ingest, as it is told: every record as JSON, what a reader needs as text.

As text a list of references is one line however many it holds, a path begins with the folder that was
named, and reasons are counted at the end, so that the one file that matters is not lost among others.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistant.cli.options import Desk
from assistant.errors import ExitCode

if TYPE_CHECKING:
    from ingest.pipeline import Outcome

STATUSES = ("added", "updated", "unchanged", "removed", "skipped", "failed")
_REASONS = 6
"""Kinds of reason that are told at the end; there are about twenty."""


class Report:
    """Tells outcomes as they come and sums them up; call `close` behind the last."""

    def __init__(self, place: Desk, roots: Sequence[Path] = ()) -> None:
        """A report at `place`; paths below a folder of `roots` are shown from that folder on."""
        self.counts: Counter[str] = Counter()
        self._place, self._began = place, time.perf_counter()
        self._roots = [Path.cwd(), *(root.absolute().parent for root in roots if root.is_dir())]
        self._passages = 0
        self._why: dict[str, Counter[str]] = {"skipped": Counter(), "failed": Counter()}
        self._paths: set[str] = set()
        self._held: dict[tuple[str, str], list[Outcome]] = {}
        """Of the file in hand what is not in, by status and reason: alike is told in one line."""

    def add(self, outcome: Outcome) -> None:
        """Count an outcome and tell it; unchanged files are told as JSON only."""
        self.counts[outcome.status] += outcome.records
        if outcome.path not in self._paths:
            self.close()
            self._paths.add(outcome.path)
        if self._place.as_json:
            self._place.emit(asdict(outcome))
            return
        if outcome.status in ("added", "updated"):
            self._passages += outcome.passages
        if outcome.status in self._why:
            self._why[outcome.status][_kind(_reason(outcome))] += outcome.records
            alike = "a reference" if _is_reference(outcome) else _reason(outcome)
            self._held.setdefault((outcome.status, alike), []).append(outcome)
        elif outcome.status != "unchanged":
            self._place.emit(self._line(outcome))

    def close(self) -> None:
        """Tell what is still held back of the file that came last."""
        held, self._held = self._held, {}
        for (status, reason), outcomes in held.items():
            first = outcomes[0]
            if len(outcomes) == 1:
                self._place.emit(self._line(first))
                continue
            told = f"{len(outcomes)} records: {reason}"
            if _is_reference(first):
                known = sum(outcome.paper is not None for outcome in outcomes)
                told = f"{len(outcomes)} references without a text"
                told += f", {known} of them to papers in the index" if known else ""
            elif first.record:
                told = f"{len(outcomes)} records, {first.record} the first: {reason}"
            self._place.emit(f"{status:9} {self._shown(first.path)}  ({told})")

    def summarise(self) -> None:
        """The sum at the end; exit code 3 when nothing is in."""
        self.close()
        seconds = round(time.perf_counter() - self._began, 2)
        summary = {status: self.counts[status] for status in STATUSES}
        if self._place.as_json:
            self._place.emit({"summary": summary, "seconds": seconds})
        else:
            told = [f"{n} {status}" for status, n in summary.items() if n or status != "removed"]
            passages = f"; {plural(self._passages, 'new passage')}" if self._passages else ""
            files = f"{plural(len(self._paths), 'file')}: " if len(self._paths) != self.counts.total() else ""
            self._place.emit(files + ", ".join(told) + f"{passages} ({seconds} s)")
            for status, kinds in self._why.items():
                if kinds.total() > 1:
                    self._place.emit(f"  {status}: {_most(kinds)}")
        if not any(self.counts[status] for status in ("added", "updated", "unchanged", "removed")):
            raise typer.Exit(ExitCode.INPUT)

    def _line(self, outcome: Outcome) -> str:
        """One outcome: what, which file, which paper, and why."""
        parts = [f"{outcome.status:9} {self._shown(outcome.path)}"]
        if outcome.record:
            parts.append(f"[{outcome.record.removeprefix(_name(outcome)).lstrip(', ') or outcome.record}]")
        if outcome.status in ("added", "updated"):
            parts.append(f"-> {outcome.paper}, {plural(outcome.passages, 'passage')}")
        told = "; ".join(part for part in (_reason(outcome), *outcome.notes) if part)
        return " ".join(parts) + (f"  ({told})" if told else "")

    def _shown(self, path: str) -> str:
        """An address as it is, a path from the working directory or the named folder on."""
        for root in self._roots:
            try:
                return str(Path(path).relative_to(root))
            except ValueError:
                continue
        return path


def plural(number: int, noun: str) -> str:
    """A count with its noun: "1 passage", "1,204 passages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _name(outcome: Outcome) -> str:
    return outcome.path.rstrip("/").rpartition("/")[2]


def _reason(outcome: Outcome) -> str:
    """Why, without the name of the file, which stands beside it."""
    return (outcome.reason or "").removeprefix(f"{_name(outcome)}: ")


def _is_reference(outcome: Outcome) -> bool:
    return outcome.record is not None and _reason(outcome).startswith("a reference")


def _kind(reason: str) -> str:
    """A reason without what is particular to one file: all up to the first detail."""
    reason = re.sub(r" to \S+, which is in ", " to a paper in ", reason)
    return re.split(r"[;:,(]| from /", reason, maxsplit=1)[0].strip() or "no reason given"


def _most(kinds: Counter[str]) -> str:
    common = kinds.most_common(_REASONS)
    rest = kinds.total() - sum(number for _, number in common)
    told = [f"{number} × {kind}" for kind, number in common]
    return "; ".join([*told, f"{rest} for other reasons"] if rest else told)
