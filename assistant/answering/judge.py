"""Which finding leads, in which order evidence comes, and whether the corpus answers at all.

Two small logistic models with published weights (weights.json, fitted by `assistant.evaluation.calibration`).
The first gives every finding the probability that it is a right answer, from the numbers in
`matching.FEATURES`. The second looks at the ranked list as a whole, because a near miss differs from an
answer less by how similar the words sound than by what the best finding leaves uncovered.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from assistant.answering.matching import FEATURES, Concept, Match
from assistant.answering.question import Question

QUESTION_FEATURES: Final = (
    "best", "second", "five", "dense_max", "coverage_best", "narrow_best", "coverage_max", "entities_best",
    "holds_best", "coverage_holds", "unknown", "concepts", "asked", "dense_best", "narrow_entities", "union",
    "missing_entity_best", "missing_word_best", "car_fit_best", "names_wanted_best", "scope_best",
)  # fmt: skip
"""Names of the numbers that `summary` gives, in order."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A finding with the probability that it is a right answer to the question."""

    match: Match
    p: float


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
    question: Linear
    threshold: float
    """Answer at or above this probability."""

    @classmethod
    def shipped(cls) -> Judge:
        """The judge with the weights that ship."""
        return cls.of(json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8")))

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, float]]) -> Judge:
        """The judge of a weights file's content."""
        finding, question = dict(data["finding"]), dict(data["question"])
        return cls(
            Linear(finding, finding.pop("bias")),
            Linear(question, question.pop("bias")),
            data["threshold"]["answer"],
        )

    def rank(self, question: Question, matches: Sequence[Match]) -> list[Ranked]:
        """Findings and passages by falling probability; claims of the ledger are left out."""
        scored = [
            Ranked(m, self.finding.p(FEATURES, m.values)) for m in matches if m.hit.passage.kind != "claim"
        ]
        return sorted(scored, key=lambda r: (-r.p, r.match.hit.rank))

    def answerable(self, question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> float:
        """Calibrated probability, 0..1, that the corpus answers the question."""
        if not ranked:
            return 0.0
        return self.question.p(QUESTION_FEATURES, summary(question, concepts, ranked))


def summary(
    question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked]
) -> tuple[float, ...]:
    """A ranked list in numbers; see QUESTION_FEATURES. `ranked` must not be empty."""
    best = ranked[0].match
    five = ranked[:5]
    weight = sum(c.weight for c in concepts) or 1.0
    united = frozenset[str]().union(*(r.match.covered for r in ranked[:3]))
    v = best.value
    return (
        ranked[0].p,
        ranked[1].p if len(ranked) > 1 else 0.0,
        sum(r.p for r in five),
        max(r.match.value("dense") for r in ranked),
        v("said"),
        v("coverage"),
        max(r.match.value("said") for r in ranked),
        v("entities"),
        v("holds"),
        max(r.match.value("said") * r.match.value("holds") for r in five),
        sum(c.weight for c in concepts if not c.known) / weight,
        math.log1p(len(concepts)),
        float(len(question.asked)),
        v("dense"),
        max(r.match.value("coverage") * r.match.value("entities") for r in ranked),
        sum(c.weight for c in concepts if c.token in united) / weight,
        v("missing_entity"),
        v("missing_word"),
        v("car_fit"),
        v("names_wanted"),
        v("scope"),
    )


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
