"""Which finding leads, in which order evidence comes, and whether the corpus answers at all.

Three small logistic models with published weights (weights.json, from `assistant.evaluation.calibration`).
The first gives every finding the probability that it is a right answer, from the numbers in
`matching.FEATURES`. The second orders the first findings anew by how they read word by word (`wordwise`).
The third looks at the ranked list as a whole, because a near miss differs from an answer less by how similar
the words sound than by what the best finding leaves uncovered. Full text is not read word by word, nor is
anything under another embedder: there the first model ranks alone, and a twin of the third decides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from assistant.answering.concepts import Concept
from assistant.answering.matching import FEATURES, Match, systems_of
from assistant.answering.question import Question
from assistant.answering.wordwise import Reading

POOL: Final = 60
"""Hits to judge: the weights were fitted on this many, and all development questions have a right finding
among them."""
QUESTION_FEATURES: Final = (
    "complete_p", "complete_odds", "complete_said", "spread", "dense_best", "paper_best",
    "entities_paper_best", "missing_entity_paper", "concepts", "asked", "pairs_best", "unnamed",
)  # fmt: skip
"""Names of the numbers that `summary` gives, in order."""
READ: Final = 16
"""Findings read word by word: nearly always the right one is among them, and each costs milliseconds."""
_POINTS: Final = ("names_wanted", "act", "state", "agent", "holds")
"""Features that count again beside how a finding reads: "which domain ..." is not answered by a gene."""
READ_FEATURES: Final = ("log_odds", "margin", "gap", "least", "share", *_POINTS)
"""Names of the numbers by which a finding that was read is ranked, in order."""
READ_QUESTION_FEATURES: Final = (*QUESTION_FEATURES, "margin_best", "share_best")
"""Names of the numbers that `summary` gives when the first finding was read, in order."""
_DEMANDS: Final = ("holds", "unit", "names_wanted", "head", "car_fit", "scope", "state", "act")
"""Features of a finding that must be 1 for it to be of the kind asked for."""
_LITTLE: Final = 0.5
"""A first finding that covers less of the question than this gives way to one that covers `_NEARLY_ALL`,
when that is `_LIKELY` as probable and among the first `_LEADERS`."""
_NEARLY_ALL: Final = 0.95
_LIKELY: Final = 0.6
_LEADERS: Final = 8
_RARE: Final = ("scope", "host")
_RARE_LEFT: Final = 0.3
"""Left of a probability when a finding misses one of these: only one of finding and question is about CAR-T
cells against senescent cells, or the survival of mice is asked for and that of cells told. Too few labelled
questions are of these kinds for the fit to learn it."""
_ANY_SYSTEM: Final = ("review", "computation")
"""Systems that speak of others: a review of mice, a model fitted to patients."""
_LEFT: Final = 0.2
"""What remains of a finding that misses a demand; the demands are read from words, so never 0."""
_LEAST: Final = 0.001
"""Probabilities nearer to 0 than this are all alike."""
_FEW: Final = 4
"""A definition is asked for in one word; it is no less of a question for that."""
_WIDE: Final = 15
"""How many findings count for how widely the evidence is spread."""


_PLAIN_P: Final = 0.5
_PLAIN_COVERAGE: Final = 0.75
_ALONE_P: Final = 0.25
_ALONE: Final = 2.0
_PLAIN_COMPLETE: Final = 0.9
"""See `Judge.plainly`."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A finding with the probability that it is a right answer to the question."""

    match: Match
    p: float
    read: tuple[float, ...] = ()
    """How it reads, see READ_FEATURES; nothing when it was not read."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic model: weights by feature name, on features as they are."""

    weights: Mapping[str, float]
    bias: float

    def score(self, names: Sequence[str], values: Sequence[float]) -> float:
        """Log odds."""
        return self.bias + sum(self.weights.get(n, 0.0) * v for n, v in zip(names, values, strict=True))

    def p(self, names: Sequence[str], values: Sequence[float]) -> float:
        """Probability, 0..1."""
        return sigmoid(self.score(names, values))


@dataclass(frozen=True, slots=True)
class Judge:
    """The fitted models and the threshold of refusal."""

    finding: Linear
    reading: Linear
    question: Linear
    threshold: float
    """Answer at or above this probability when the first finding was read word by word."""
    unread: Linear
    """The model of the question when the first finding was not read."""
    unread_threshold: float

    @classmethod
    def shipped(cls) -> Judge:
        """The judge with the weights that ship."""
        return cls.of(json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8")))

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, float]]) -> Judge:
        """The judge of a weights file's content."""
        parts = {name: dict(part) for name, part in data.items() if name != "threshold"}
        linear = {name: Linear(part, part.pop("bias")) for name, part in parts.items()}
        threshold = data["threshold"]
        return cls(**linear, threshold=threshold["answer"], unread_threshold=threshold["unread"])

    def rank(self, question: Question, matches: Sequence[Match]) -> list[Ranked]:
        """Findings and passages by falling probability; claims of the ledger are left out."""
        scored = [
            Ranked(
                m,
                self.finding.p(FEATURES, m.values)
                * math.prod(_RARE_LEFT + (1 - _RARE_LEFT) * m.value(name) for name in _RARE),
            )
            for m in matches
            if m.hit.passage.kind != "claim"
        ]
        return _led(sorted(scored, key=lambda r: (-r.p, r.match.hit.rank)))

    def reread(self, ranked: Sequence[Ranked], reading: Reading) -> list[Ranked]:
        """The ranking with those of the first READ that were read put in a new order.

        What was not read keeps its probability and its place among its like.
        """
        first = [r for r in ranked[:READ] if r.match.hit.passage.id in reading.scores]
        if not first:
            return list(ranked)
        scores = [reading.scores[r.match.hit.passage.id] for r in first]
        top = max(scores)
        high = max(top, reading.nothing)
        whole = sum(math.exp(score - high) for score in scores) + math.exp(reading.nothing - high)
        new = []
        for one, score in zip(first, scores, strict=True):
            least = reading.least[one.match.hit.passage.id]
            share = math.exp(score - high) / whole
            points = (one.match.value(name) for name in _POINTS)
            read = (_log_odds(one.p), score - reading.nothing, score - top, least, share, *points)
            new.append(Ranked(one.match, self.reading.p(READ_FEATURES, read), read))
        taken = {id(r.match) for r in first}
        rest = [r for r in ranked if id(r.match) not in taken]
        return _led(sorted([*new, *rest], key=lambda r: (-r.p, r.match.hit.rank)))

    def plainly(self, question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> bool:
        """Whether the first finding says it all: every word known, nearly all covered, nothing unmet.

        The fitted model distrusts short questions, because few labelled ones are short; this lets
        "How does tonic signalling lead to exhaustion?" through. Over 369 labelled questions, by
        nested cross-validation, the rules beside the models (this one, `conflicts.settles`, `gates`) together
        refuse three answerable questions fewer than the models alone, and as many unanswerable ones.
        """
        if not ranked or not concepts or not all(concept.known for concept in concepts):
            return False
        best = ranked[0]
        if completeness(question, best.match) < _PLAIN_COMPLETE:
            return False
        if best.p >= _PLAIN_P and best.match.value("coverage") >= _PLAIN_COVERAGE:
            return True
        # One finding alone says it all, in whatever words: nothing else comes near.
        entities = sum(concept.entity for concept in concepts)
        whole = best.match.value("said") >= _NEARLY_ALL and entities > 0 and len(concepts) > 1
        others = [r.p for r in ranked[1:] if r.match.value("said") >= _NEARLY_ALL]
        return whole and best.p >= _ALONE_P and best.p >= _ALONE * max(others, default=0.0)

    def answerable(self, question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> float:
        """Calibrated probability, 0..1, that the corpus answers the question."""
        if not ranked:
            return 0.0
        values = summary(question, concepts, ranked)
        if ranked[0].read:
            return self.question.p(READ_QUESTION_FEATURES, values)
        return self.unread.p(QUESTION_FEATURES, values)

    def bar(self, ranked: Sequence[Ranked]) -> float:
        """The threshold for a ranking."""
        return self.threshold if ranked and ranked[0].read else self.unread_threshold


def _led(ranked: list[Ranked]) -> list[Ranked]:
    """The ranking, led by a finding that says what is asked where the first one says little of it.

    "Is senescence reversible?" is not answered by a finding that a signature did "the reverse" elsewhere.
    """
    if not ranked or ranked[0].match.value("coverage") >= _LITTLE:
        return ranked
    for at, other in enumerate(ranked[1:_LEADERS], 1):
        whole = all(other.match.value(name) == 1.0 for name in ("scope", "state", "act", "holds"))
        if whole and other.match.value("coverage") >= _NEARLY_ALL and other.p >= _LIKELY * ranked[0].p:
            return [other, *ranked[:at], *ranked[at + 1 :]]
    return ranked


def summary(question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> tuple[float, ...]:
    """A ranked list in numbers: (READ_)QUESTION_FEATURES. `ranked` must not be empty."""
    best = ranked[0].match
    five = [(r, completeness(question, r.match)) for r in ranked[:5]]
    complete = max(r.p * whole for r, whole in five)
    uncovered = [c.weight for c in concepts if c.entity and c.token not in best.in_paper]
    unnamed = [c.weight for c in concepts if (c.entity or c.kind == "act") and c.token not in best.covered]
    read = (ranked[0].read[1], ranked[0].read[4]) if ranked[0].read else ()
    return (
        complete,
        _log_odds(complete),
        max(r.match.value("said") * whole for r, whole in five),
        sum(r.p for r in ranked[:_WIDE]),
        best.value("dense"),
        best.value("said_paper"),
        best.value("entities_paper"),
        max(uncovered, default=0.0),
        math.log1p(max(len(concepts), _FEW if question.shape == "definition" else 0)),
        float(len(question.asked)),
        max(r.match.value("pairs") for r, _ in five),
        max(unnamed, default=0.0),
        *read,
    )


def completeness(question: Question, match: Match) -> float:
    """1 when the finding is of the kind asked for, less by a factor for each demand that it misses."""
    whole = 1.0
    for name in _DEMANDS:
        whole *= _LEFT + (1 - _LEFT) * match.value(name)
    if question.systems and not {*question.systems, *_ANY_SYSTEM}.intersection(systems_of(match.hit)):
        whole *= (1 + _LEFT) / 2
    return whole


def _log_odds(p: float) -> float:
    kept = min(max(p, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
