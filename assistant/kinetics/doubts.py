"""Doubts: what in the corpus or its claim ledger speaks against a result, to stand beside the headline.

The model gives a direction wherever its assumptions do. Where the ledger holds a question open or
contested, or a finding went the other way, the reader must see that in the same breath as the number, so
each doubt of doubts.toml names what it is about and which outcomes it concerns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.kinetics.designs import Design
    from assistant.kinetics.requests import Request

MOST_BESIDE = 2
"""Doubts in the sentence of result itself; the others follow on lines of their own."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against what the model says."""

    text: str
    levers: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    when: str = ""
    """"higher" or "lower": the way of a concept or parameter that is doubted; "" for both."""
    pair: tuple[str, ...] = ()
    products: bool = False
    bases: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    """Beginnings of outcome names; empty means all."""
    claim: str = ""
    findings: tuple[str, ...] = ()
    about: str = ""
    """Lever, concept or parameter that raised it in a comparison, or "designs"."""
    beside: bool = False
    """Whether it concerns an outcome that the headline tells."""

    def concerns(self, outcomes: Sequence[str]) -> bool:
        """Whether one of the outcomes is among those it speaks about."""
        return not self.outcomes or any(o.startswith(b) for o in outcomes for b in self.outcomes)

    @property
    def said(self) -> str:
        """In words, with its findings and the state of the claim."""
        entry = ledger().get(self.claim)
        held = (f"claim {entry['status']} in the ledger",) if entry else ()
        reasons = "; ".join((*((", ".join(self.findings),) if self.findings else ()), *held))
        return f"{self.text} [{reasons}]" if reasons else self.text

    def to_json(self) -> dict[str, Any]:
        """Text, claim with both sides, and the findings as citations."""
        from assistant.kinetics.citations import cite

        entry = ledger().get(self.claim)
        return {
            "about": self.about,
            "text": self.text,
            "beside": self.beside,
            "outcomes": list(self.outcomes),
            "findings": [cite(f) for f in self.findings],
            "claim": None
            if entry is None
            else {
                name: entry[name] for name in ("id", "statement", "status", "nuance", "supports", "opposes")
            },
        }


@lru_cache(maxsize=1)
def every() -> tuple[Doubt, ...]:
    """All doubts of the shipped file."""
    text = resources.files("assistant.kinetics").joinpath("doubts.toml").read_text("utf-8")
    return tuple(_doubt(entry) for entry in tomllib.loads(text)["doubt"])


def _doubt(raw: Mapping[str, Any]) -> Doubt:
    lists = ("levers", "concepts", "parameters", "pair", "bases", "outcomes", "findings")
    fields: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in raw.items()}
    return Doubt(**fields)


@lru_cache(maxsize=1)
def ledger() -> Mapping[str, Mapping[str, Any]]:
    """The claims of the corpus by id."""
    import yaml

    text = resources.files("corpus").joinpath("claims.yaml").read_text("utf-8")
    return {
        item["id"]: item for item in yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    }


def of_lever(lever: str, base: str = "") -> tuple[Doubt, ...]:
    """What speaks against a lever, in one costimulation column or in any."""
    return tuple(d for d in every() if lever in d.levers and (not base or not d.bases or base in d.bases))


def against(request: Request, told: Sequence[str]) -> tuple[Doubt, ...]:
    """The doubts about a comparison, those on what is told first.

    Arguments:
        told: outcomes of the headline.
    """
    found: dict[str, Doubt] = {}
    for about, doubt in _raised(request):
        found.setdefault(doubt.text, replace(doubt, about=about, beside=doubt.concerns(told)))
    return tuple(sorted(found.values(), key=lambda d: (not d.beside, not d.outcomes)))


def _raised(request: Request) -> Iterator[tuple[str, Doubt]]:
    """Doubts on what differs between the designs; what both share cannot explain a difference."""
    a, b = request.a, request.b
    sides = ((request.base_a, a, b), (request.base_b, b, a))
    words = request.understood
    concepts = {c.concept: c.target for c in (words.changes if words else ()) if c.concept}
    for doubt in every():
        for base, design, other in sides:
            if doubt.bases and design.base not in doubt.bases:
                continue
            for lever in _own_levers(design, other):
                if lever in doubt.levers:
                    yield lever, doubt
            for concept in set(doubt.concepts) & set(concepts):
                beside = _apart(doubt, base, design, other)
                if _way(concept, base, design, beside) in (doubt.when or "higher", doubt.when or "lower"):
                    yield concept, doubt
            for name in doubt.parameters:
                way = _moved(name, base, design, _apart(doubt, base, design, other))
                if way and doubt.when in ("", way) and design.parameters[name].status == "user":
                    yield name, doubt
        if doubt.pair and {a.base, b.base} == set(doubt.pair):
            yield "designs", doubt
        if doubt.products and a.product and b.product and a.product != b.product:
            yield "designs", doubt


def _apart(doubt: Doubt, base: Design, design: Design, other: Design) -> Design:
    """What to hold a change against: a doubt on one domain stands although the other shares the change."""
    return base if doubt.bases and other.base not in doubt.bases else other


def _own_levers(design: Design, other: Design) -> tuple[str, ...]:
    """Levers of a design that the other lacks, or has on another schedule."""

    def laid(one: Design, lever: str) -> tuple[Any, ...]:
        return (lever in one.layers, *(e for e in one.events if e.because == lever))

    return tuple(v for v in design.layers if laid(design, v) != laid(other, v))


def _moved(name: str, base: Design, design: Design, other: Design) -> str:
    """ "higher" or "lower" when a design's parameter was changed and the other's was not alike."""
    before, after, beside = (d.parameters[name] for d in (base, design, other))
    if before.value == after.value or after.effects == beside.effects:
        return ""
    return "higher" if after.value > before.value else "lower"


def _way(concept: str, base: Design, design: Design, other: Design) -> str:
    """The way in which a concept went, through the first parameter that it moves."""
    from assistant.kinetics.words import vocabulary

    for name, sign in vocabulary().concepts[concept].moves.items():
        way = _moved(name, base, design, other)
        if way:
            return way if sign > 0 else {"higher": "lower", "lower": "higher"}[way]
    return ""
