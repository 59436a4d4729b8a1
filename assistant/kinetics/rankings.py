"""Words that ask for the best single change: "what most delays senescence in a 4-1BB design?".

Read apart from what-ifs, because nothing is changed by the words: the answer is a ranking of all levers
by what each does to one outcome, in the direction that was asked for, sure ones first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from assistant.kinetics.scan import Ranked

_ASKS = re.compile(
    r"\b(?:what|which)\b.{0,60}?\b(?:most|best|strongest|largest|single\s+(?:change|lever|edit))\b|"
    r"\brank\b|\b(?:most|best)\b.{0,40}\b(?:lever|change|edit)s?\b",
    re.I,
)
_LOWER = re.compile(
    r"\b(?:delay|reduc|lower|slow|prevent|decreas|avoid|minimi[sz]|limit|least|against|protect)\w*", re.I
)
_HIGHER = re.compile(
    r"\b(?:rais|increas|improv|prolong|extend|boost|enhanc|maximi[sz]|lengthen|promot|driv)\w*", re.I
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is to be ranked."""

    design: str
    outcome: str
    wish: Literal["lower", "higher"]
    assumed: tuple[str, ...] = ()


def ranking(text: str) -> Ranking | None:
    """The ranking that the words ask for, or None when they ask for something else."""
    from assistant.kinetics.words import lex, vocabulary

    if len(text) > 2000 or not _ASKS.search(text):
        return None
    lower, higher = _LOWER.search(text), _HIGHER.search(text)
    if bool(lower) == bool(higher):
        return None
    items = lex(text)
    asked = [i.name for i in items if i.kind == "outcome"]
    concepts = [vocabulary().concepts[i.name].asks for i in items if i.kind == "concept"]
    asked += [name for name in concepts if name]
    designs = [i.name for i in items if i.kind == "design"]
    if len(set(asked)) != 1 or len(designs) > 1:
        return None
    assumed = () if designs else ("no design named: 4-1BB (bbz) assumed",)
    return Ranking(designs[0] if designs else "bbz", asked[0], "lower" if lower else "higher", assumed)


def wished(ranked: tuple[Ranked, ...], wish: Literal["lower", "higher"]) -> tuple[Ranked, ...]:
    """The levers that surely do what was asked, then those that are undetermined; the opposite last."""
    way = {"lower": "A<B", "higher": "A>B"}[wish]
    groups = (
        [r for r in ranked if r.direction == way],
        [r for r in ranked if r.direction == "undetermined"],
        [r for r in ranked if r.direction not in (way, "undetermined")],
    )
    return tuple(r for group in groups for r in group)
