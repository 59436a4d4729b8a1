"""The answer to a ranking: every lever tried on one design, and the first of them as a what-if.

The search is global over the levers and single: one change at a time, all on the same draws. What it
finds is told with two uncertainties: the band of each change, and how often a lever comes out first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from assistant.kinetics import practical

if TYPE_CHECKING:
    from assistant.kinetics.rankings import Wish
    from assistant.kinetics.requests import Request
    from assistant.kinetics.scan import Ranked

DRAWS: Final = 64
"""Draws behind each lever at most; the what-if of the first has as many as any other."""
TOLD: Final = 3
"""Levers in the sentence; the table has all."""


@dataclass(frozen=True, slots=True)
class Found:
    """All levers in the order in which they do what was asked for."""

    design: str
    outcome: str
    wish: Wish
    levers: tuple[Ranked, ...]
    draws: int
    days: float

    @property
    def sure(self) -> tuple[Ranked, ...]:
        """The levers that do what was asked in nearly all draws, by a difference that could be seen."""
        wanted = {"lower": ("A<B",), "higher": ("A>B",), "either": ("A<B", "A>B")}[self.wish]
        return tuple(r for r in self.levers if r.direction in wanted and r.size == "clear")

    def first(self, one: Ranked) -> float:
        """Share of draws in which a lever does more than any other, the way that was asked for."""
        return max(one.first.values()) if self.wish == "either" else one.first[self.wish]

    def to_json(self) -> dict[str, Any]:
        """The field `ranking` of `whatif --json`."""
        return {
            "design": self.design,
            "outcome": self.outcome,
            "wish": self.wish,
            "sure": len(self.sure),
            "draws": self.draws,
            "days": self.days,
            "levers": [r.to_json() for r in self.levers],
        }


def search(
    request: Request, *, threads: int | None, progress: Callable[[int, int], None]
) -> tuple[Request, Found]:
    """Try all levers; returns the what-if of the first one, and everything that was found.

    Arguments:
        request: one whose `ranking` is set.
        progress: see `scan.rank`.
    """
    from assistant.kinetics import scan
    from assistant.kinetics.rankings import wished

    asked = request.ranking
    assert asked is not None  # the caller looked
    draws = min(request.draws, DRAWS)
    ranked = scan.rank(
        request.b, asked.outcome, days=request.days, draws=draws, seed=request.seed, threads=threads,
        progress=progress,
    )  # fmt: skip
    found = Found(asked.design, asked.outcome, asked.wish, wished(ranked, asked.wish), draws, request.days)
    best = found.levers[0]
    return replace(request, a=request.b.with_layer(best.lever), understood=_understood(request, found)), found


def _understood(request: Request, found: Found) -> Any:
    from assistant.kinetics.outcomes import DEFINITIONS
    from assistant.kinetics.wording import Understood

    asked = request.ranking
    assert asked is not None
    meaning = next(d.text for d in DEFINITIONS if d.name == asked.outcome)
    way = {"lower": "lowest", "higher": "highest", "either": "largest change"}[asked.wish]
    scene = f"{request.base_b.name} {asked.conditions}".strip()
    echo = (
        f"{len(found.levers)} single changes of the {scene}, by {meaning}, {way} first; "
        f"A: with {found.levers[0].name}; B: without"
    )
    return Understood(
        text=request.question or "",
        design_a=asked.design,
        design_b=asked.design,
        changes=(),
        days=request.days,
        echo=echo,
        unknown=asked.unknown,
        assumed=asked.assumed,
        asks=(asked.outcome,),
    )


def sentence(found: Found, name: str) -> str:
    """What the search says, in words: how many levers do it for sure, the first ones with size and doubt."""
    from assistant.kinetics.outcomes import DEFINITIONS

    definition = next(d for d in DEFINITIONS if d.name == found.outcome)
    verb = {"lower": "lower", "higher": "raise", "either": "move"}[found.wish]
    what = f"{definition.text} ({found.outcome})"
    if not found.sure:
        best = found.levers[0]
        near = f"Nearest: {_told(found, best)}" if found.first(best) else "None does so in any draw"
        return (
            f"None of {len(found.levers)} single changes of the {name} {verb}s the {what} in 95 % of the "
            f"draws that differ: undetermined within the ranges. {near}."
        )
    told = "; ".join(_told(found, r) for r in found.sure[:TOLD])
    more = len(found.sure) - TOLD
    rest = f", and {more} more" if more > 0 else ""
    unclear = sum(r.direction == "undetermined" for r in found.levers)
    close = sum(r.direction != "undetermined" and r.size != "clear" for r in found.levers)
    small = f", {close} too little to be seen ({practical.SAID})" if close else ""
    after = _clear(found)
    count = f"Of {len(found.levers)} single changes of the {name}, {len(found.sure)} {verb} the {what}"
    sure = f"{count} in 95 % of the draws that differ; {unclear} undetermined{small}"
    return f"{sure}. First: {told}{rest}.{after}"


def _told(found: Found, one: Ranked) -> str:
    from assistant.kinetics.outcomes import DEFINITIONS
    from assistant.kinetics.sentences import band

    unit = next(d.unit for d in DEFINITIONS if d.name == found.outcome)
    shown = "%" if unit == "1" else unit
    spoken = {"%": " percentage points", "day": " days"}.get(shown, f" {shown}")
    gap = one.difference
    size = (
        band(gap, shown) + spoken if math.isfinite(gap.median) else "no number: it never comes in one design"
    )
    return f"{one.name} [{one.lever}] {size}, first in {100 * found.first(one):.0f} % of draws{_costs(one)}"


def _clear(found: Found) -> str:
    """Whether the first place is settled: a lead of the median alone is no winner."""
    share = found.first(found.sure[0])
    if share >= 0.95:
        return ""
    return " Which of them does most is not settled by the ranges."


def _costs(one: Ranked) -> str:
    """What a lever costs: less senescence because nothing grows is no gain."""
    from assistant.kinetics.sentences import SHORT

    worse = [SHORT[o] for o, (_, way, size) in one.beside.items() if way == "A<B" and size == "clear"]
    return f", but lowers {' and '.join(worse)}" if worse else ""


def doubts(found: Found) -> Sequence[str]:
    """What in the corpus speaks against the levers that the sentence names."""
    shown = found.sure[:TOLD] or [r for r in found.levers[:1] if found.first(r)]
    return list(dict.fromkeys(d.said for r in shown for d in r.contested))
