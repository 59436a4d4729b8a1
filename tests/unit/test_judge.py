"""The judge puts answers first and refuses what the corpus does not hold, by published weights."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.judge import (
    POOL,
    QUESTION_FEATURES,
    READ,
    READ_FEATURES,
    READ_QUESTION_FEATURES,
    Judge,
    Ranked,
    completeness,
    sigmoid,
    summary,
)
from assistant.answering.matching import FEATURES, Match, Matcher
from assistant.answering.question import understand
from assistant.answering.wordwise import Reading, Wordwise
from assistant.retrieval.retriever import Retriever
from ingest.pipeline import ensure


@pytest.fixture(scope="module")
def retriever(home: Path) -> Iterator[Retriever]:
    index = ensure(home)
    yield Retriever.open(index)
    index.catalog.close()


@pytest.fixture(scope="module")
def matcher(retriever: Retriever) -> Matcher:
    return Matcher(retriever)


def judged(retriever: Retriever, matcher: Matcher, text: str) -> tuple[list[Ranked], float]:
    question, judge = understand(text), Judge.shipped()
    retrieval = retriever.search(question.text, k=POOL)
    concepts = matcher.reader.concepts(retrieval.query)
    ranked = judge.rank(question, matcher.match(question, concepts, retrieval.hits))
    reader = Wordwise.of(retriever)
    assert reader is not None
    ranked = judge.reread(ranked, reader.read(question.text, [r.match.hit for r in ranked[:READ]]))
    return ranked, judge.answerable(question, concepts, ranked)


def test_the_shipped_weights_name_every_feature_and_no_other() -> None:
    judge = Judge.shipped()
    assert set(judge.finding.weights) == set(FEATURES)
    assert set(judge.reading.weights) == set(READ_FEATURES)
    assert set(judge.question.weights) == set(READ_QUESTION_FEATURES)
    assert set(judge.unread.weights) == set(QUESTION_FEATURES)
    assert 0 < judge.threshold < 1 and 0 < judge.unread_threshold < 1


def test_findings_come_by_falling_probability_without_claims(retriever: Retriever, matcher: Matcher) -> None:
    ranked, _ = judged(retriever, matcher, "Does senescence differ between 4-1BB and CD28 CAR-T cells?")
    assert all(a.p >= b.p for a, b in zip(ranked, ranked[1:], strict=False))
    assert all(r.match.hit.passage.kind != "claim" for r in ranked)


def test_equal_findings_keep_the_order_of_the_search(retriever: Retriever, matcher: Matcher) -> None:
    question = understand("Does p16 rise?")
    retrieval = retriever.search(question.text, k=5)
    first = matcher.match(question, matcher.reader.concepts(retrieval.query), retrieval.hits)[0]
    later = replace(first, hit=replace(first.hit, rank=9))
    ranked = Judge.shipped().rank(question, [later, first])
    assert [r.match.hit.rank for r in ranked] == [first.hit.rank, 9]


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        (
            "Which costimulatory domain makes CAR-T cells prone to senescence under repeated activation?",
            True,
        ),
        ("By what two ways besides stimulation did the Mayo group make CAR-T cells senescent?", True),
        ("What is the mean half-life of the cilta-cel transgene?", True),
        ("How many gray of radiation made the CAR-T cells senescent in the Mayo study?", False),
        ("Which senolytic drug cleared senescent BBζ CAR-T cells in mice?", False),
        ("What was the price of Kymriah in US dollars?", False),
        ("Who won the football World Cup in 2018?", False),
        ("Does aspirin prevent stroke in diabetes?", False),
    ],
)
def test_what_the_corpus_holds_is_answered_and_the_rest_refused(
    retriever: Retriever, matcher: Matcher, question: str, answered: bool
) -> None:
    _, probability = judged(retriever, matcher, question)
    assert (probability >= Judge.shipped().threshold) is answered, probability


def test_a_question_on_senescence_is_not_led_by_exhaustion(retriever: Retriever, matcher: Matcher) -> None:
    ranked, _ = judged(retriever, matcher, "Does rest between activations prevent senescence of CAR-T cells?")
    assert ranked[0].match.value("state") == 1.0


def test_nothing_found_is_not_answerable() -> None:
    assert Judge.shipped().answerable(understand("Does p16 rise?"), (), []) == 0.0


def test_a_missed_demand_makes_a_finding_less_complete(retriever: Retriever, matcher: Matcher) -> None:
    ranked, _ = judged(retriever, matcher, "How many gray made the CAR-T cells senescent?")
    question = understand("How many gray made the CAR-T cells senescent?")
    match = ranked[0].match
    assert match.value("holds") == 0.0
    assert completeness(question, match) < completeness(question, _with(match, "holds", 1.0)) <= 1.0


def test_the_summary_has_a_number_for_each_name(retriever: Retriever, matcher: Matcher) -> None:
    ranked, _ = judged(retriever, matcher, "Does p16 rise?")
    question = understand("Does p16 rise?")
    unread = replace(ranked[0], read=())
    assert len(summary(question, (), [unread])) == len(QUESTION_FEATURES)
    read = replace(ranked[0], read=(0.0,) * len(READ_FEATURES))
    assert len(summary(question, (), [read])) == len(READ_QUESTION_FEATURES)


def test_what_reads_better_leads_and_what_was_not_read_keeps_its_probability(
    retriever: Retriever, matcher: Matcher
) -> None:
    text, judge = "Does IL-15 lower p16 and exhaustion of CD28 CAR-T cells in mice?", Judge.shipped()
    question = understand(text)
    retrieval = retriever.search(question.text, k=4, claims=False)
    concepts = matcher.reader.concepts(retrieval.query)
    # One finding four times over, so that nothing but the reading tells them apart.
    (match, *_) = matcher.match(question, concepts, retrieval.hits)
    hits = [m.hit for m in matcher.match(question, concepts, retrieval.hits)]
    alike = [Ranked(replace(match, hit=hit), 0.5) for hit in hits]
    names = [hit.passage.id for hit in hits]
    reading = Reading(10.0, {names[0]: 6.0, names[2]: 12.0}, {names[0]: 0.2, names[2]: 0.8})
    again = judge.reread(alike, reading)
    place = {r.match.hit.passage.id: r for r in again}
    assert place[names[2]].p > 1.5 * place[names[0]].p and place[names[2]].read[1] == 2.0
    assert [place[names[i]].p for i in (1, 3)] == [0.5, 0.5] and not place[names[1]].read
    assert judge.reread(alike, Reading(10.0, {}, {})) == alike


@pytest.mark.parametrize(("x", "p"), [(0.0, 0.5), (800.0, 1.0), (-800.0, 0.0)])
def test_the_logistic_function_never_overflows(x: float, p: float) -> None:
    assert sigmoid(x) == pytest.approx(p)
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1)


def test_importing_the_judge_loads_no_stemmer_and_no_model() -> None:
    code = "import sys, assistant.answering.judge; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy: Sequence[str] = ("snowballstemmer", "scipy", "onnxruntime", "torch", "sklearn")
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _with(match: Match, name: str, value: float) -> Match:
    values = list(match.values)
    values[FEATURES.index(name)] = value
    return replace(match, values=tuple(values))
