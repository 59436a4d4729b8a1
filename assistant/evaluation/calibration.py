"""Fits the judge's weights on labelled questions and reports, by nested cross-validation, what they do.

    python -m assistant.evaluation.calibration [--write] [--details] [--svg FILE] [--home DIR] [FILE ...]

Nested means: a question is judged by weights and by a threshold that never saw it. In each outer fold
the rest is split again, so that the second model learns from rankings of questions that the first had not
seen either, and the threshold is set there. What ships is the same fit on all questions.

Unanswerable questions are few, and each says as much about how such questions are worded as about what
the corpus lacks. Answerable ones therefore enter a second time, without the papers that answer them and
with a small weight, as near misses in the very same words.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.answering import judge as judging
from assistant.answering.concepts import Concept
from assistant.answering.engine import Engine
from assistant.answering.judge import (
    POOL,
    QUESTION_FEATURES,
    READ_FEATURES,
    READ_QUESTION_FEATURES,
    Judge,
    Linear,
    Ranked,
    summary,
)
from assistant.answering.matching import FEATURES, Match, Matcher
from assistant.answering.question import Question, understand
from assistant.answering.wordwise import Reading, Wordwise
from assistant.evaluation.answers import Board, evaluate, read_questions
from assistant.evaluation.fitting import auc, folds, listwise, logistic
from assistant.evaluation.reliability import bins, calibration_error, svg, table

if TYPE_CHECKING:
    from assistant.retrieval.retriever import Retriever

QUESTION_FILES: Final = (
    "tests/eval/questions-dev.yaml",
    "tests/eval/questions-more.yaml",
    "tests/eval/questions-short.yaml",
    "tests/eval/written-held.yaml",
    "tests/eval/written-short-held.yaml",
    "tests/eval/off-topic.yaml",
)
FINDING_STRENGTH: Final = 0.3
READING_STRENGTH: Final = 1.0
QUESTION_STRENGTH: Final = 1.0
"""Inverse penalties; a factor of three either way changes no figure by more than its noise."""
STRIPPED_COUNT: Final = 0.1
"""What a question without its papers counts; another paper still answers some of them."""
WRITTEN_COUNT: Final = 0.5
"""What a written question counts: half of them are put in words as far from the finding as can be."""
REFUSED_AT_MOST: Final = 0.04
"""Share of the answerable questions that the threshold may cost, on the questions it is set with."""
OUTER: Final = 8
INNER: Final = 6
SEED: Final = 0

UNREAD: Final = Reading(0.0, {}, {})


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled question as the judge sees it."""

    id: str
    source: str
    """Name of the question file."""
    answerable: bool
    question: Question
    concepts: tuple[Concept, ...]
    matches: tuple[Match, ...]
    right: tuple[bool, ...]
    """For each match, whether it is one of the listed findings."""
    papers: frozenset[str] = frozenset()
    """Papers listed as answering."""
    reading: Reading = UNREAD
    """How the findings among the matches read word by word."""

    def stripped(self) -> Example:
        """The same question with the papers that answer it taken away."""
        left = tuple(m for m in self.matches if m.hit.paper.id not in self.papers)
        return replace(self, answerable=False, matches=left, right=(False,) * len(left))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a question fared with weights that never saw it."""

    id: str
    source: str
    answerable: bool
    probability: float
    threshold: float
    place: int
    """Place of the first right finding from 1; 0 when none was among the judged."""

    @property
    def answered(self) -> bool:
        """Whether it would have been answered."""
        return self.probability >= self.threshold


def examples(retriever: Retriever, files: Sequence[Path]) -> list[Example]:
    """Every question of the files, searched and matched; questions of unfiltered chat, no history."""
    import yaml

    matcher = Matcher(retriever)
    reader = Wordwise.of(retriever)
    found = []
    for path in files:
        for item in yaml.safe_load(path.read_text("utf-8")):
            question = understand(item["question"])
            retrieval = retriever.search(question.text, k=POOL)
            concepts = matcher.reader.concepts(retrieval.query)
            matches = tuple(
                m for m in matcher.match(question, concepts, retrieval.hits) if m.hit.passage.kind != "claim"
            )
            gold = frozenset(item.get("findings", ()))
            papers = frozenset(item.get("papers", (f.partition("#")[0] for f in gold)))
            right = tuple(m.hit.passage.id in gold for m in matches)
            answerable = bool(item["answerable"])
            hits = [m.hit for m in matches if m.hit.passage.kind == "finding"]
            reading = reader.read(question.text, hits) if reader is not None and hits else UNREAD
            found.append(
                Example(
                    item["id"], path.stem, answerable, question, concepts, matches, right, papers, reading
                )
            )
    return found


def fit_finding(given: Sequence[Example]) -> dict[str, float]:
    """Weights of the first model, with the bias that turns scores into probabilities.

    Written questions are left out: put in words as far from the finding as can be, they would teach it to
    think little of the very words that it weighs.
    """
    import numpy as np

    given = [e for e in given if _of_readers(e)]

    lists = [
        (np.array([m.values for m in e.matches]), np.array(e.right))
        for e in given
        if e.answerable and e.matches
    ]
    weights = listwise(lists, strength=FINDING_STRENGTH)
    everything = [
        (np.array([m.values for m in e.matches]) @ weights, np.array(e.right)) for e in given if e.matches
    ]
    scores = np.concatenate([s for s, _ in everything])[:, None]
    factor, bias = logistic(scores, np.concatenate([r for _, r in everything]), strength=1e6)
    return {**dict(zip(FEATURES, (weights * factor[0]).tolist(), strict=True)), "bias": bias}


def fit_reading(rankings: Sequence[tuple[Example, Sequence[Ranked]]]) -> dict[str, float]:
    """Weights of the second model, with the bias that turns scores into probabilities."""
    import numpy as np

    lists = []
    for example, ranked in rankings:
        right = {
            m.hit.passage.id for m, is_right in zip(example.matches, example.right, strict=True) if is_right
        }
        read = [r for r in ranked if r.read]
        if example.answerable and read:
            is_gold = np.array([r.match.hit.passage.id in right for r in read])
            lists.append((np.array([r.read for r in read]), is_gold))
    weights = listwise(lists, strength=READING_STRENGTH)
    scores = np.concatenate([features for features, _ in lists]) @ weights
    factor, bias = logistic(scores[:, None], np.concatenate([right for _, right in lists]), strength=1e6)
    return {**dict(zip(READ_FEATURES, (weights * factor[0]).tolist(), strict=True)), "bias": bias}


def fit_question(cases: Sequence[_Case], names: Sequence[str]) -> dict[str, float]:
    """Weights of the model that decides, on the features `names`."""
    import numpy as np

    weights, bias = logistic(
        np.array([c.summary for c in cases]),
        np.array([c.answerable for c in cases]),
        strength=QUESTION_STRENGTH,
        counts=np.array([c.count for c in cases]),
    )
    return {**dict(zip(names, weights.tolist(), strict=True)), "bias": bias}


@dataclass(frozen=True, slots=True)
class _Case:
    """One line of the last model's data: a question, whole or stripped of its papers."""

    example: int
    summary: tuple[float, ...]
    answerable: bool
    count: float


def fit(given: Sequence[Example], seed: int = SEED) -> dict[str, Any]:
    """The content of weights.json: the models and both thresholds, from these examples."""
    rankings: dict[int, list[tuple[Example, list[Ranked], float]]] = {}
    for part in folds(len(given), INNER, seed + 1):
        inside = set(part)
        ranker = _ranker(fit_finding([e for i, e in enumerate(given) if i not in inside]))
        for i in part:
            rankings[i] = [
                (e, ranker.rank(e.question, e.matches), count) for e, count in _whole_and_stripped(given[i])
            ]
    first = _ranker({"bias": 0.0})
    reading = fit_reading(
        [(e, first.reread(r, e.reading)) for own in rankings.values() for e, r, _ in own[:1]]
    )
    reader = replace(first, reading=_linear(reading))
    unread = [
        _case(i, e, r, count) for i, own in rankings.items() for e, r, count in own if r and _of_readers(e)
    ]
    read = [
        _case(i, e, again, count)
        for i, own in rankings.items()
        for e, r, count in own
        if (again := reader.reread(r, e.reading)) and again[0].read
    ]
    question, threshold = _decided(read, READ_QUESTION_FEATURES, len(given), seed)
    unread_question, unread_threshold = _decided(unread, QUESTION_FEATURES, len(given), seed)
    return {
        "finding": fit_finding(given),
        "reading": reading,
        "question": question,
        "unread": unread_question,
        "threshold": {"answer": threshold, "unread": unread_threshold},
    }


def _decided(
    cases: Sequence[_Case], names: Sequence[str], count: int, seed: int
) -> tuple[dict[str, float], float]:
    """The model that decides, and its threshold, set with weights that did not see the question."""
    held_out: list[float] = []
    for part in folds(count, INNER, seed + 2):
        inside = set(part)
        linear = _linear(fit_question([c for c in cases if c.example not in inside], names))
        held_out.extend(linear.p(names, c.summary) for c in cases if c.example in inside and c.answerable)
    return fit_question(cases, names), sorted(held_out)[int(REFUSED_AT_MOST * len(held_out))]


def _of_readers(example: Example) -> bool:
    """Whether a question was asked by a reader, and neither written for training nor off the topic."""
    return example.source.startswith("questions")


def _whole_and_stripped(example: Example) -> list[tuple[Example, float]]:
    count = WRITTEN_COUNT if example.source.startswith("written") else 1.0
    stripped = [(example.stripped(), count * STRIPPED_COUNT)] if example.answerable else []
    return [(example, count), *stripped]


def _case(number: int, example: Example, ranked: Sequence[Ranked], count: float) -> _Case:
    return _Case(number, summary(example.question, example.concepts, ranked), example.answerable, count)


def nested_judges(given: Sequence[Example], seed: int = SEED) -> list[Judge]:
    """For every question a judge fitted on the other folds, in the order of `given`."""
    judges: dict[int, Judge] = {}
    for number, part in enumerate(folds(len(given), OUTER, seed)):
        inside = set(part)
        judge = Judge.of(fit([e for i, e in enumerate(given) if i not in inside], seed + 10 * number))
        judges.update(dict.fromkeys(part, judge))
    return [judges[i] for i in range(len(given))]


def nested(given: Sequence[Example], seed: int = SEED) -> list[Outcome]:
    """Every question judged by a fit on the other folds, in the order of `given`."""
    return [outcome(judge, example) for judge, example in zip(nested_judges(given, seed), given, strict=True)]


def answered(engine: Engine, judges: Sequence[Judge], files: Sequence[Path]) -> Board:
    """Whole answers to all questions of the files, each by an engine whose judge never saw the question."""
    labelled = [question for path in files for question in read_questions(path)]
    asked = {id(judge): engine.judged_by(judge) for judge in judges}
    board = Board()
    for question, judge in zip(labelled, judges, strict=True):
        board.verdicts.extend(evaluate(asked[id(judge)], [question]).verdicts)
    return board


def outcome(judge: Judge, example: Example) -> Outcome:
    """One question under one judge."""
    ranked = judge.rank(example.question, example.matches)
    ranked = judge.reread(ranked, example.reading)
    gold = {m.hit.passage.id for m, right in zip(example.matches, example.right, strict=True) if right}
    place = next((i for i, r in enumerate(ranked, 1) if r.match.hit.passage.id in gold), 0)
    p = judge.answerable(example.question, example.concepts, ranked)
    return Outcome(example.id, example.source, example.answerable, p, judge.bar(ranked), place)


def report(outcomes: Sequence[Outcome]) -> str:
    """Figures per question file and over all, then the reliability table, as Markdown."""
    lines = [
        "| questions | answerable | gold first | in top 3 | in top 5 | AUC"
        " | unanswerable refused | answerable refused |",
        "|---|---|---|---|---|---|---|---|",
    ]
    sources = sorted({o.source for o in outcomes})
    for name in (*sources, "all"):
        own = [o for o in outcomes if name in (o.source, "all")]
        can = [o for o in own if o.answerable]
        cannot = [o for o in own if not o.answerable]
        top = [_share(0 < o.place <= k for o in can) for k in (1, 3, 5)]
        area = auc([o.answerable for o in own], [o.probability for o in own])
        refused, lost = _refused(cannot), _refused(can)
        shares = " | ".join(f"{share:.1%}" for share in top)
        lines.append(f"| {name} ({len(own)}) | {len(can)} | {shares} | {area:.3f} | {refused} | {lost} |")
    found = bins([o.probability for o in outcomes], [o.answerable for o in outcomes])
    return "\n".join(
        [*lines, "", table(found), "", f"Expected calibration error {calibration_error(found):.3f}."]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation.calibration", description=__doc__)
    parser.add_argument("questions", nargs="*", type=Path, default=[Path(f) for f in QUESTION_FILES])
    parser.add_argument("--home", type=Path, help="home folder with the index (default: the user's)")
    parser.add_argument("--write", action="store_true", help="store the weights in the package")
    parser.add_argument("--details", action="store_true", help="list the questions answered wrongly")
    parser.add_argument("--svg", type=Path, help="write the reliability plot to this file")
    chosen = parser.parse_args(arguments)
    begin = time.perf_counter()
    engine = _engine(chosen.home)
    given = examples(engine.retriever, chosen.questions)
    each = 1000 * (time.perf_counter() - begin) / max(len(given), 1)
    sys.stderr.write(f"{len(given)} questions searched and matched, {each:.0f} ms each\n")
    judges = nested_judges(given)
    outcomes = [outcome(judge, example) for judge, example in zip(judges, given, strict=True)]
    sys.stdout.write(report(outcomes) + "\n")
    board = answered(engine, judges, chosen.questions)
    sys.stdout.write(f"\nWhole answers by the same folds:\n\n{board.table(details=chosen.details)}\n")
    if chosen.svg:
        found = bins([o.probability for o in outcomes], [o.answerable for o in outcomes])
        chosen.svg.write_text(svg(found, "Answerability: said and seen"), encoding="utf-8")
    if chosen.write:
        path = Path(judging.__file__).with_name("weights.json")
        path.write_text(json.dumps(_rounded(fit(given)), indent=1) + "\n", encoding="utf-8")
        sys.stderr.write(f"{path} written\n")
    return 0


def _engine(home: Path | None) -> Engine:
    from assistant.settings import load

    return Engine.open(load({"home": str(home)} if home else {}))


def _ranker(finding: dict[str, float]) -> Judge:
    nothing = Linear({}, 0.0)
    return Judge(_linear(finding), nothing, nothing, 0.5, nothing, 0.5)


def _linear(weights: dict[str, float]) -> Linear:
    return Linear({k: v for k, v in weights.items() if k != "bias"}, weights["bias"])


def _refused(outcomes: Sequence[Outcome]) -> str:
    count = sum(not o.answered for o in outcomes)
    return f"{count} of {len(outcomes)} ({_share(not o.answered for o in outcomes):.1%})"


def _share(flags: Any) -> float:
    kept = list(flags)
    return sum(kept) / len(kept) if kept else 0.0


def _rounded(weights: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    # Six digits: enough that no ranking of the development questions changes, short enough to read.
    return {part: {name: round(value, 6) for name, value in own.items()} for part, own in weights.items()}


if __name__ == "__main__":
    raise SystemExit(main())
