"""What the words want to look at: outcomes, days, the length of the run. None of it is a setting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.kinetics.notes import Notes
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import Item

_WHEN = re.compile(r"(?:if|when|whenever|once|unless|until|upon|after|before|at)$", re.I)
HAPPENS = "the model follows days, not what happens in it"
SHORTEST_RUN = 28.0
"""Days; an earlier day is no end of a run."""
_ASKING = re.compile(
    r"(?:how|what|which|does|do|will|would|is|are|can|could|should)\b(?! (?:if|about)\b)", re.I
)
_OPENING = re.compile(r"(?:will|would|is|are|can|could|should)\b", re.I)
"""These ask only where they open the sentence."""


_SCANS: Final = re.compile(r"(?:scan|sweep|titrat|dose-response|ramp)\w*$", re.I)


def scanned(items: Sequence[Item], changes: Sequence[WordChange]) -> str:
    """Why a scan is not run as its two ends, or ""."""
    word = next((i for i in items if i.kind == "unknown" and _SCANS.match(i.text)), None)
    if word is None:
        return ""
    target = next((c.target for c in changes if c.kind == "set"), "dose")
    ends = sorted(c.amount for c in changes if c.target == target and c.amount)
    span = f"{ends[0]:g}..{ends[-1]:g}" if len(ends) > 1 else "FROM..TO"
    return (
        f"'{word.text}' asks for all that lies between two values: add `--scan {target}={span}` to a what-if"
    )


def outcomes(items: Sequence[Item], notes: Notes) -> None:
    """Outcome words only say what to look at; with a direction they would be an order to the model."""
    for n, item in enumerate(items):
        if item.kind != "outcome" or item.start in notes.used:
            continue
        before = [
            i for i in items[max(0, n - 2) : n] if i.kind in ("up", "down") and i.start not in notes.used
        ]
        after = [i for i in items[n + 1 : n + 2] if i.kind in ("up", "down") and i.start not in notes.used]
        asked = any(
            i.kind == "stop" and _ASKING.match(i.text) and (n == 0 or _OPENING.match(i.text) is None)
            for n, i in enumerate(items[:n])
        )
        when = next((i for i in reversed(items[:n]) if i.kind not in ("stop", "place")), None)
        if when is not None and _WHEN.match(when.text) and (item.name, when.text) != ("tumour_nadir", "at"):
            notes.problems.append((item.start, f"'{when.text} ... {item.text}': {HAPPENS}"))
        elif (before or after) and not asked:
            said = " ".join(i.text for i in (*before, item, *after))
            notes.problems.append((item.start, f"'{said}' is an outcome of the model, not a setting"))
        notes.used |= {i.start for i in (*before, *after)}
        notes.used.add(item.start)
        notes.asks.append(item.name)
    for item in items:
        if (
            item.amount is not None
            and item.amount.kind == "day"
            and item.start not in notes.used
            and notes.asks
        ):
            notes.used.add(item.start)
            notes.assumed.append(
                f"'{item.text}' read as a day to look at: shares are given for days 14, 28 and 90"
            )


def looked_at(items: Sequence[Item], notes: Notes) -> None:
    """A day that no schedule took is how far the run goes: "which does better after two years"."""
    for item in items:
        day = item.amount if item.amount is not None and item.amount.kind == "day" else None
        if day is None or item.start in notes.used or notes.days is not None or day.value < SHORTEST_RUN:
            continue
        notes.days = day.value
        notes.used.add(item.start)
        notes.assumed.append(f"'{item.text.strip()}' read as the length of the run")
