"""Two words on one value of one arm: a number beats a level, anything else runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.kinetics import levers
from assistant.kinetics.notes import Notes
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import vocabulary


def settled(changes: Sequence[WordChange], notes: Notes) -> list[WordChange]:
    """The changes without levels that a number of the same arm replaces; contradictions stop the run.

    "At low antigen, 500 molecules per cell" has the number; "at high burden, at low burden" has no meaning.
    """
    out = list(changes)
    for level in changes:
        number = next(
            (c for c in changes if c.kind == "set" and _meets(c, level) and _only(level, c.target)), None
        )
        if number is not None:
            out.remove(level)
            notes.assumed.append(f"'{level.said}' is told by a number as well: {number.said} is run")
    for n, later in enumerate(out):
        first = next((c for c in out[:n] if _meets(c, later) and _same_value(c, later)), None)
        if first is not None and not notes.stops:
            side = later.side if later.side != "both" else first.side
            notes.stops = f"'{later.said}' contradicts '{first.said}' in design {side}"
    return out


def _meets(one: WordChange, other: WordChange) -> bool:
    """Whether two changes are of one arm."""
    return one.side == other.side or "both" in (one.side, other.side)


def _only(level: WordChange, parameter: str) -> bool:
    if level.kind != "layer":
        return False
    effects = levers.load(level.target).effects
    return bool(effects) and {e.parameter for e in effects} == {parameter}


def _same_value(one: WordChange, other: WordChange) -> bool:
    kinds = {one.kind, other.kind}
    if kinds <= {"set", "times"}:
        return one.target == other.target and "set" in kinds
    if kinds != {"layer"}:
        return False
    ends = {one.target, other.target}
    return len(ends) == 2 and any({c.low, c.high} == ends for c in vocabulary().concepts.values())
