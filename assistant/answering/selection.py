"""Which findings make the answer: the lead, what completes it, and who agrees.

The lead is the finding most likely to answer. Others follow while they are likely enough and bring
something new; a finding that says the same as one already chosen is not repeated but counted as agreement.
A comparison is not complete before each side is covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from assistant.answering.judge import Ranked
from assistant.answering.matching import Matcher
from assistant.answering.question import Question

Length = Literal["brief", "default", "full"]
MOST: Final[dict[str, int]] = {"brief": 2, "default": 6, "full": 12}
"""Findings in an answer; a conflict adds one sentence."""
LEAST: Final[dict[str, int]] = {"brief": 1, "default": 3, "full": 3}
_SAME: Final = 0.62
"""Share of common stems above which two findings say the same; by eye on the development questions."""
_FLOOR: Final[dict[str, float]] = {"brief": 0.35, "default": 0.10, "full": 0.05}
"""Least probability of being a right answer, as a share of the lead's."""


_PRIMARY_FROM: Final = 0.4
"""Share of a second-hand lead's probability from which a primary finding takes its place."""


@dataclass(slots=True)
class Chosen:
    """One finding of the answer with those that say the same."""

    ranked: Ranked
    agreeing: list[Ranked] = field(default_factory=list)

    @property
    def paper(self) -> str:
        """The paper of the finding."""
        return self.ranked.match.hit.paper.id


def choose(
    question: Question, sides: Sequence[str], ranked: Sequence[Ranked], matcher: Matcher, length: Length
) -> list[Chosen]:
    """The findings of the answer, lead first, then grouped by paper.

    Arguments:
        question: what is asked.
        sides: entity tokens of the domains and products that the question names.
        ranked: candidates, best first.
        matcher: for the stems of their texts.
        length: how many findings.
    """
    if not ranked:
        return []
    ranked = _primary_first(ranked)
    lead = ranked[0]
    chosen = [Chosen(lead)]
    most, least = MOST[length], LEAST[length]
    for candidate in ranked[1:]:
        twin = _twin(chosen, candidate, matcher)
        if twin is not None:
            if candidate.match.hit.paper.id != twin.paper and candidate.p >= _FLOOR[length] * lead.p:
                twin.agreeing.append(candidate)
            continue
        if len(chosen) >= most:
            continue
        if len(chosen) >= least and candidate.p < _FLOOR[length] * lead.p:
            break
        if candidate.p < 0.3 * _FLOOR[length] * lead.p:
            break
        chosen.append(Chosen(candidate))
    if question.shape == "comparative" or len(sides) == 2:
        _complete_sides(sides, ranked, chosen, most)
    return _grouped(chosen)


def _primary_first(ranked: Sequence[Ranked]) -> Sequence[Ranked]:
    """A primary finding leads in place of a second-hand one that names no more of the terms."""
    lead = ranked[0]
    if lead.match.hit.paper.evidence not in ("news", "secondary"):
        return ranked
    for i, other in enumerate(ranked[1:6], 1):
        likely = other.p >= _PRIMARY_FROM * lead.p
        names = other.match.value("entities") >= lead.match.value("entities")
        if likely and names and other.match.hit.paper.evidence == "primary":
            return [other, *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _twin(chosen: Sequence[Chosen], candidate: Ranked, matcher: Matcher) -> Chosen | None:
    """The chosen finding that says the same as the candidate, if any."""
    mine = matcher.held(candidate.match.hit.text).tokens
    for other in chosen:
        theirs = matcher.held(other.ranked.match.hit.text).tokens
        if len(mine & theirs) >= _SAME * min(len(mine), len(theirs)):
            return other
    return None


def _complete_sides(sides: Sequence[str], ranked: Sequence[Ranked], chosen: list[Chosen], most: int) -> None:
    """Add the best finding for a side that nothing chosen covers, in place of the last one when full."""
    for side in sides:
        if any(side in c.ranked.match.covered for c in chosen):
            continue
        best = next((r for r in ranked if side in r.match.covered), None)
        if best is not None:
            if len(chosen) >= most:
                chosen.pop()
            chosen.append(Chosen(best))


def _grouped(chosen: list[Chosen]) -> list[Chosen]:
    """The lead first, then paper by paper, best paper first, findings in their own order."""
    order = list(dict.fromkeys(c.paper for c in chosen))
    rest = sorted(chosen[1:], key=lambda c: (order.index(c.paper), c.ranked.match.hit.passage.span.start))
    return [chosen[0], *rest]
