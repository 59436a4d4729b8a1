"""How well one finding covers one question: the numbers behind ranking, refusal and near misses.

A question is a set of concepts, each a glossary term or a content word, weighted by how rare it is in
the corpus. What decides answerability is whether one finding covers them together and holds the kind of
thing asked for, not how similar the words sound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from assistant.answering.question import Question, holds, speaks_of_cars
from assistant.evidence import Hit
from assistant.retrieval.lexicon import Query
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tokens import STOP_WORDS, tokens

_GENERIC_WORDS: Final = (
    "car cars cart cell cells study studies paper group team work show shown report reported find found"
    " finding result evidence data effect role happen give given make made use used using many much"
    " roughly about actually really after before during between across there any other still kind type"
)
"""Words that a question needs for its grammar or that every finding is about."""
_UBIQUITOUS: Final = frozenset(("CAR-T cell", "CAR T cell", "CAR", "T cell"))
_SYSTEM_WORDS: Final = {
    "patients": "patient patients clinical human trial",
    "mouse": "mouse mice murine vivo",
    "in-vitro": "vitro culture",
    "computation": "model computational simulation",
    "review": "review",
    "donors": "donor donors human volunteer",
}
_RAREST: Final = 7.0
"""About the weight of a word that one passage in a thousand holds; brings weights near 0..1."""
FEATURES: Final = (
    "dense", "dense_gap", "lexical", "score", "rank", "coverage", "coverage_wide", "entities", "holds",
    "numbers", "system_fit", "claim", "primary", "siblings", "scope",
    "missing_entity", "missing_word", "car_fit", "names_wanted",
)  # fmt: skip
"""Names of the numbers in `Match.values`, in order."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about."""

    label: str
    token: str
    """A stem, or the entity token that stands for every notation of a glossary term."""
    weight: float
    """Inverse document frequency; a word that the corpus does not know weighs most."""
    entity: bool
    known: bool
    """Whether any passage holds it."""


@dataclass(frozen=True, slots=True)
class Match:
    """One hit seen from one question."""

    hit: Hit
    values: tuple[float, ...]
    """See FEATURES."""
    covered: frozenset[str]
    """Tokens of the concepts found in the text, its title or its tags."""

    def value(self, name: str) -> float:
        """One feature by name."""
        return self.values[FEATURES.index(name)]


class Matcher:
    """Measures hits against questions; keeps the stems of texts that it has seen."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._lexicon = retriever.lexicon
        self._held: dict[str, frozenset[str]] = {}

    def concepts(self, query: Query) -> tuple[Concept, ...]:
        """The concepts of an analysed question, in the order of their first mention."""
        found: dict[str, Concept] = {}
        inside: set[int] = set()
        for entity in query.entities:
            inside.update(range(entity.start, entity.end))
            term = self._lexicon.get(entity.term)
            if term is not None and term.term not in _UBIQUITOUS:
                found.setdefault(term.token, self._concept(entity.term, term.token, entity=True))
        outside = "".join(" " if i in inside else c for i, c in enumerate(query.corrected))
        for word in outside.split():
            label = word.strip(".,;:?!()[]\"'")
            for token in tokens(label):
                if token not in _generic() and label.lower() not in STOP_WORDS:
                    found.setdefault(token, self._concept(label, token, entity=False))
        return tuple(found.values())

    def match(self, question: Question, found: tuple[Concept, ...], hits: Sequence[Hit]) -> list[Match]:
        """Every hit with its features, in the order of `hits`."""
        best = max((hit.dense for hit in hits), default=0.0)
        top = [hit.paper.id for hit in hits[:5]]
        return [self._match(question, found, hit, best, top) for hit in hits]

    def held(self, text: str) -> frozenset[str]:
        """Stems and entity tokens of a text."""
        known = self._held.get(text)
        if known is None:
            known = frozenset(tokens(text)) | frozenset(self._lexicon.entity_tokens(text))
            self._held[text] = known
        return known

    def _concept(self, label: str, token: str, *, entity: bool) -> Concept:
        retriever = self._retriever
        return Concept(label, token, retriever.idf(token), entity, retriever.knows(token))

    def _match(
        self, question: Question, found: tuple[Concept, ...], hit: Hit, best: float, top: list[str]
    ) -> Match:
        narrow = self.held(hit.text)
        tags = f"{_SYSTEM_WORDS.get(hit.passage.system, '')} {hit.passage.costim} {hit.passage.target}"
        title = "" if hit.passage.kind == "claim" else hit.paper.title
        wide = narrow | self.held(tags) | self.held(title)
        entities = [c for c in found if c.entity]
        digits = [c for c in found if any(ch.isdigit() for ch in c.token)]
        values = (
            hit.dense,
            hit.dense - best,
            hit.lexical,
            hit.score,
            1 / (1 + hit.rank),
            coverage(found, narrow),
            coverage(found, wide),
            _share(entities, wide),
            holds(question.asked, hit.text),
            _share(digits, wide),
            _system_fit(question, hit),
            1.0 if hit.passage.kind == "claim" else 0.0,
            1.0 if hit.paper.evidence == "primary" else 0.0,
            math.log1p(top.count(hit.paper.id)),
            _scope(question, hit.text),
            max((c.weight for c in entities if c.token not in wide), default=0.0) / _RAREST,
            max((c.weight for c in found if not c.entity and c.token not in wide), default=0.0) / _RAREST,
            1.0 if not question.about_cars or speaks_of_cars(f"{hit.text} {title}") else 0.0,
            self._names_wanted(question, found, hit.text),
        )
        return Match(hit, values, frozenset(c.token for c in found if c.token in wide))

    def _names_wanted(self, question: Question, found: tuple[Concept, ...], text: str) -> float:
        """1 when the text names a term of the wanted kind that the question does not name itself."""
        if not question.wanted:
            return 1.0
        given = {c.label for c in found if c.entity}
        named = (e for e in self._lexicon.entities_in(text) if e.kind in question.wanted)
        return 1.0 if any(e.term not in given for e in named) else 0.0


@cache
def _generic() -> frozenset[str]:
    return frozenset(tokens(_GENERIC_WORDS))  # not at import: the stemmer costs 20 ms


def coverage(found: Sequence[Concept], held: frozenset[str]) -> float:
    """Weighted share of the concepts in `held`, 0..1."""
    whole = sum(concept.weight for concept in found)
    return sum(c.weight for c in found if c.token in held) / whole if whole else 0.0


def _share(wanted: Sequence[Concept], held: frozenset[str]) -> float:
    return sum(1 for c in wanted if c.token in held) / len(wanted) if wanted else 1.0


def _system_fit(question: Question, hit: Hit) -> float:
    """1 when the hit is of a system that the question names, 0.5 when it names none, else 0."""
    if not question.systems:
        return 0.5
    return 1.0 if hit.passage.system in question.systems else 0.0


def _scope(question: Question, text: str) -> float:
    """0 when one speaks of CAR-T cells against senescent cells and the other does not, else 1."""
    lower = text.lower()
    against = any(word in lower for word in ("senolytic", "upar", "against senescent", "nkg2d"))
    return 1.0 if against == question.against_senescent_cells or "senesc" not in lower else 0.0
