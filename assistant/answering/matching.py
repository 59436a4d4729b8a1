"""How well one finding covers one question: the numbers behind ranking, refusal and near misses.

What decides answerability is whether one finding covers the concepts of the question together and holds
the kind of thing asked for, not how similar the words sound.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.answering import demands
from assistant.answering.asked import MOLECULE, NOTHING_WANTED, holds, holds_symbol, new_names, unit_fit
from assistant.answering.concepts import Concept, Held, Reader, coverage
from assistant.answering.question import Question, acting, against_senescent_cells, speaks_of_cars, systems_in
from assistant.answering.wording import plain

if TYPE_CHECKING:
    from assistant.evidence import Hit
    from assistant.retrieval.retriever import Retriever

_SYSTEM_WORDS: Final = {
    "patients": "patient patients clinical human trial",
    "mouse": "mouse mice murine vivo",
    "in-vitro": "vitro culture",
    "computation": "model computational simulation",
    "review": "review",
    "donors": "donor donors human volunteer",
}
_GOES_WITHOUT_SAYING: Final = frozenset(("CD19", "CAR-T cell", "T cell"))
"""Terms whose name answers no "which marker": the target of most CARs, and what everything is about."""
_RAREST: Final = 7.0
"""About the weight of a word that one passage in a thousand holds; brings weights near 0..1."""
_SENESCENT: Final = re.compile("senesc|upar|senolytic", re.I)
_STATES: Final = {
    "senescence": re.compile(r"senesc|\bag(?:e?ing|ed)\b|p16|CDKN2A|gal\b", re.I),
    "exhaustion": re.compile(r"exhaust|worn[- ]out", re.I),
    "anergy": re.compile(r"anerg", re.I),
}
"""Three states of a T cell that are not to be taken for one another."""
_SET_APART: Final = re.compile(r"\b(?:distinct|different|apart) from (?:[\w-]+ ){0,2}exhaust", re.I)
_OLD: Final = re.compile(
    r"\b(?:old(?:er)?|elderly) (?:mice|donors|people|patients|adults|CD[48]|T cells)|young and old", re.I
)
"""Age in a text that names no state: what is asked of aged cells may be told of old ones."""
WHOLE_PAPER: Final = 40
"""Passages of a paper that say what it is about: all of a digest, the first of a full text."""
_REASON: Final = re.compile(
    r"\b(?:because|due to|owing to|expla(?:in|na)\w*|mechanism|through|via|by \w+ing|driv\w+|caus\w+"
    r"|leads? to|led to|result\w* (?:from|in)|c[ao]mes? (?:from|of)|attribut\w+|traced|so that|needs?|needed"
    r"|depend\w*|which means)\b",
    re.I,
)
"""Words with which a finding gives a reason."""
_HEAD: Final = re.compile(
    r"\b(?:which|what) (?:kind of |type of )?"
    r"((?!(?:is|are|was|were|do|does|did|has|have|can|must|should|could|would|will|may|might|a|an|the)\b)"
    r"[\w/-]+(?: [\w/-]+)?)",
    re.I,
)
"""The words that "which" or "what" asks for, the first two at most."""
_BOTH: Final = "4-1BB CD28"
_NUMBER: Final = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*")
FEATURES: Final = (
    "dense", "dense_gap", "lexical", "score", "rank",
    "coverage", "said", "said_paper", "entities", "entities_paper",
    "holds", "unit", "numbers", "system_fit", "primary", "siblings", "scope", "state",
    "missing_entity", "missing_word", "car_fit", "names_wanted", "pairs", "head", "act",
    "reason", "host", "defines", "contrast", "own_result", "agent",
)  # fmt: skip
"""Names of the numbers in `Match.values`, in order."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is the same for all hits of one question."""

    pairs: tuple[tuple[Concept, Concept], ...]
    """Concepts that follow one another."""
    numbers: frozenset[str]
    states: frozenset[str]
    heads: frozenset[str]
    """Tokens of the concepts that "which" or "what" asks for."""
    best: float
    """Best cosine of all hits."""
    top: tuple[str, ...]
    """Papers of the first hits."""
    domain: bool
    """Whether CD28 or 4-1BB is named as the domain of a CAR."""
    host: bool
    """Whether the survival of mice or patients is asked for."""
    agent: frozenset[str]
    """Tokens of the concepts that act in the question: "rest" in "does rest reverse senescence?"."""


@dataclass(frozen=True, slots=True)
class Match:
    """One hit seen from one question."""

    hit: Hit
    values: tuple[float, ...]
    """See FEATURES."""
    covered: frozenset[str]
    """Tokens of the concepts found in the text, its title or its tags."""
    in_paper: frozenset[str]
    """Tokens of the concepts found there or in another passage of the paper."""

    def value(self, name: str) -> float:
        """One feature by name."""
        return self.values[_POSITION[name]]


_POSITION: Final = {name: i for i, name in enumerate(FEATURES)}


class Matcher:
    """Measures hits against questions; keeps what papers hold as a whole."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._lexicon = retriever.lexicon
        self.reader = Reader(retriever)
        self._papers: dict[str, Held] = {}
        self._told: dict[str, frozenset[str]] = {}

    def match(self, question: Question, found: tuple[Concept, ...], hits: Sequence[Hit]) -> list[Match]:
        """Every hit with its features, in the order of `hits`."""
        best = max((hit.dense for hit in hits), default=0.0)
        top = tuple(hit.paper.id for hit in hits[:5])
        asked = _Asked(
            tuple(zip(found, found[1:], strict=False)),
            frozenset(_NUMBER.findall(question.text)),
            _named(question.text),
            self._heads(question, found),
            best,
            top,
            question.about_cars
            and demands.as_domain(question.text) == question.text
            and bool(demands.domains(question.text)),
            demands.asks_host_survival(question.text),
            self._agent(question, found),
        )
        return [self._match(question, found, asked, hit) for hit in hits]

    def _paper(self, hit: Hit) -> Held:
        """What all passages of the paper hold together, with its authors, journal and year."""
        known = self._papers.get(hit.paper.id)
        if known is None:
            paper = hit.paper
            known = self.reader.held(f"{paper.title} {' '.join(paper.authors)} {paper.journal} {paper.year}")
            # A digest has some six findings; of a full text the first passages say what it is about.
            for text in self._retriever.texts_of(paper.id, WHOLE_PAPER):
                known = known | self.reader.held(text)
            self._papers[hit.paper.id] = known
        return known

    def _match(
        self,
        question: Question,
        found: tuple[Concept, ...],
        asked: _Asked,
        hit: Hit,
    ) -> Match:
        narrow = self.reader.held(demands.as_domain(hit.text) if asked.domain else hit.text)
        costim = _BOTH if hit.passage.costim == "both" else hit.passage.costim
        tags = f"{_SYSTEM_WORDS.get(hit.passage.system, '')} {costim} {hit.passage.target}"
        title = "" if hit.passage.kind == "claim" else hit.paper.title
        wide = narrow | self.reader.held(tags) | self.reader.held(title)
        paper = wide if hit.passage.kind == "claim" else wide | self._paper(hit)
        covered = frozenset(c.token for c in found if c.said(wide))
        in_paper = frozenset(c.token for c in found if c.said(paper))
        entities = [c for c in found if c.entity]
        words = [c for c in found if not c.entity]
        values = (
            hit.dense,
            hit.dense - asked.best,
            hit.lexical,
            hit.score,
            1 / (1 + hit.rank),
            coverage(found, frozenset(c.token for c in found if c.named(narrow))),
            coverage(found, covered),
            coverage(found, in_paper),
            coverage(entities, covered, nothing=1.0),
            coverage(entities, in_paper, nothing=1.0),
            holds(question.asked, hit.text),
            unit_fit(question.text, hit.text),
            _numbers(asked.numbers, f"{hit.text} {title}"),
            _system_fit(question, hit),
            1.0 if hit.paper.evidence == "primary" else 0.0,
            math.log1p(asked.top.count(hit.paper.id)),
            _scope(question, f"{title} {hit.text}"),
            _state(asked.states, self._stated(hit, title)),
            max((c.weight for c in entities if c.token not in covered), default=0.0) / _RAREST,
            max((c.weight for c in words if c.token not in covered), default=0.0) / _RAREST,
            1.0 if not question.about_cars or speaks_of_cars(f"{hit.text} {title}") else 0.0,
            self._names_wanted(question, found, hit, covered),
            _pairs(asked.pairs, covered),
            coverage([c for c in found if c.token in asked.heads], covered, nothing=1.0),
            _act_fit([c.token for c in found if c.kind == "act"], narrow, wide),
            1.0 if question.shape != "why" or _REASON.search(hit.text) else 0.0,
            1.0 if not asked.host or demands.tells_host_survival(hit.text) else 0.0,
            1.0 if question.shape != "definition" or demands.defines(hit.text) else 0.0,
            1.0 if question.shape != "comparative" or demands.contrasts(hit.text) else 0.0,
            _own_result(hit),
            coverage([c for c in found if c.token in asked.agent], covered, nothing=1.0),
        )
        return Match(hit, values, covered, in_paper)

    def _stated(self, hit: Hit, title: str) -> frozenset[str]:
        """The states that a passage names, else its title, else its whole paper.

        A paper that calls its state distinct from exhaustion speaks of "another" where it names none.
        """
        if hit.passage.kind != "finding":
            return _states(hit.text) or _states(title)
        own = _states(hit.text) or _states(title)
        if own:
            return own
        known = self._told.get(hit.paper.id)
        if known is None:
            texts = self._retriever.texts_of(hit.paper.id, WHOLE_PAPER)
            known = _states(" ".join(texts))
            if any(_SET_APART.search(text) for text in texts):
                known = frozenset(("another",))
            self._told[hit.paper.id] = known
        return known

    def _heads(self, question: Question, found: tuple[Concept, ...]) -> frozenset[str]:
        """Tokens of the concepts next to "which" or "what"; none when a kind of name is wanted there."""
        if question.wanted != NOTHING_WANTED:
            return frozenset()
        near = {t for m in _HEAD.finditer(question.text) for t in self.reader.held(m.group(1)).tokens}
        return frozenset(
            c.token for c in found if c.token in near and not all(t in plain() for t in c.token.split())
        )

    def _agent(self, question: Question, found: tuple[Concept, ...]) -> frozenset[str]:
        """Tokens of the concepts in the noun phrase that acts in the question; none when it shows none."""
        held = self.reader.held(acting(question.text)).tokens
        return frozenset(c.token for c in found if c.token in held or any(f <= held for f in c.forms))

    def _names_wanted(
        self, question: Question, found: tuple[Concept, ...], hit: Hit, covered: frozenset[str]
    ) -> float:
        """1 when the text names something of the wanted kind that the question does not name itself.

        The glossary has the names of the shipped findings; full text is on molecules that it never met. There
        what is written like one will do, where the passage covers the rest of the question.
        """
        wanted, text = question.wanted, hit.text
        if wanted == NOTHING_WANTED:
            return 1.0
        if wanted.pattern:
            return 1.0 if new_names(wanted, question.text, text) else 0.0
        given = {c.label for c in found if c.entity} | _GOES_WITHOUT_SAYING
        named = (e for e in self._lexicon.entities_in(text) if e.kind in wanted.kinds)
        met = any(e.term not in given for e in named)
        own = (
            hit.passage.kind == "text"
            and holds_symbol(wanted, question.text, text)
            and all(c.token in covered or re.fullmatch(MOLECULE, c.label, re.I) for c in found)
        )
        return 1.0 if met or own else 0.0


def _act_fit(acts: Sequence[str], narrow: Held, wide: Held) -> float:
    """How far a finding meets the manipulations asked for: 1 the same, 0.4 the opposite, 0 none."""

    def one(act: str) -> float:
        if act in narrow.tokens:
            return 1.0
        opposite = ("-" if act[0] == "+" else "+") + act[1:]
        if opposite in narrow.tokens:
            return 0.4  # whatever the title does
        return 0.6 if act in wide.tokens else 0.4 if opposite in wide.tokens else 0.0

    return sum(map(one, acts)) / len(acts) if acts else 1.0


def _own_result(hit: Hit) -> float:
    """See `demands.own_result`; what a paper with data says as a review does is its background."""
    background = hit.passage.system == "review" and hit.paper.evidence == "primary"
    return min(0.5 if background else 1.0, demands.own_result(hit.text))


def _numbers(wanted: frozenset[str], text: str) -> float:
    """Share of the question's free-standing numbers that the text holds; 1 when it has none."""
    return len(wanted.intersection(_NUMBER.findall(text))) / len(wanted) if wanted else 1.0


def _pairs(pairs: Sequence[tuple[Concept, Concept]], covered: frozenset[str]) -> float:
    """Share of neighbouring concepts that are covered together."""
    return (
        sum(1 for a, b in pairs if a.token in covered and b.token in covered) / len(pairs) if pairs else 0.0
    )


def _system_fit(question: Question, hit: Hit) -> float:
    """1 when the hit is of a system that the question names, 0.5 when it names none, else 0."""
    if not question.systems:
        return 0.5
    return 1.0 if set(systems_of(hit)) & set(question.systems) else 0.0


def systems_of(hit: Hit) -> tuple[str, ...]:
    """The model systems of a hit: its tag, or what the words of an untagged passage name."""
    known = hit.passage.system
    return (known,) if known != "n/a" else systems_in(f"{hit.text} {hit.paper.title}")


def _scope(question: Question, text: str) -> float:
    """0 when only one of the two is about CAR-T cells against senescent cells, and senescence is at issue."""
    against = against_senescent_cells(text)
    return 1.0 if against == question.against_senescent_cells or not _SENESCENT.search(text) else 0.0


def _state(wanted: frozenset[str], given: frozenset[str]) -> float:
    """1 when a state that the question names is given, 0.5 when none is, 0 for only another."""
    if not wanted or wanted & given:
        return 1.0
    return 0.0 if given else 0.5


def _named(text: str) -> frozenset[str]:
    return frozenset(name for name, stem in _STATES.items() if stem.search(text))


def _states(text: str) -> frozenset[str]:
    given = _named(text)
    return frozenset(("senescence",)) if not given and _OLD.search(text) else given
