"""The judge's fits are exact and repeatable, and the shipped weights do what the scoreboard says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.judge import QUESTION_FEATURES, Judge
from assistant.evaluation.calibration import Example, examples, fit, outcome, report
from assistant.evaluation.fitting import auc, folds, listwise, logistic
from assistant.evaluation.reliability import bins, calibration_error, svg, table
from assistant.retrieval.retriever import Retriever
from ingest.pipeline import ensure

QUESTIONS = Path(__file__).parent / "questions-dev.yaml"


@pytest.fixture(scope="module")
def given(home: Path) -> Iterator[list[Example]]:
    index = ensure(home)
    yield examples(Retriever.open(index), [QUESTIONS])
    index.catalog.close()


def test_the_logistic_fit_recovers_the_odds_of_a_table() -> None:
    # 30 of 40 with the feature and 10 of 40 without: log odds +-log 3, so a weight of 2 log 3.
    feature = np.repeat([1.0, 0.0], 40)[:, None]
    outcome_ = np.array(([True] * 30 + [False] * 10) + ([True] * 10 + [False] * 30))
    weights, bias = logistic(feature, outcome_, strength=1e9)
    assert weights[0] == pytest.approx(2 * np.log(3), abs=1e-4)
    assert bias == pytest.approx(-np.log(3), abs=1e-4)


def test_a_case_that_counts_twice_is_the_same_as_two_cases() -> None:
    feature = np.array([[0.0], [1.0], [2.0], [1.0]])
    flags = np.array([False, True, True, False])
    twice = logistic(np.vstack([feature, feature]), np.tile(flags, 2), strength=1e9)
    counted = logistic(feature, flags, strength=1e9, counts=np.full(4, 2.0))
    assert twice[0] == pytest.approx(counted[0]) and twice[1] == pytest.approx(counted[1])


def test_the_listwise_fit_finds_the_feature_that_leads() -> None:
    random = np.random.default_rng(0)
    lists = []
    for _ in range(60):
        features = random.normal(size=(8, 3))
        lists.append((features, np.arange(8) == int(features[:, 1].argmax())))
    weights = listwise(lists, strength=1.0)
    assert weights[1] > 5 * max(abs(weights[0]), abs(weights[2]))


def test_folds_hold_every_case_once_and_repeat() -> None:
    parts = folds(23, 5, seed=3)
    assert sorted(i for part in parts for i in part) == list(range(23))
    assert parts == folds(23, 5, seed=3) != folds(23, 5, seed=4)


def test_the_area_under_the_curve_counts_pairs() -> None:
    assert auc([True, False, True, False], [0.9, 0.1, 0.4, 0.6]) == 0.75
    assert auc([True, False], [0.5, 0.5]) == auc([True], [0.1]) == 0.5


def test_a_forecast_that_keeps_its_word_has_no_error() -> None:
    honest = bins([0.25] * 4 + [0.75] * 4, [True] + [False] * 3 + [True] * 3 + [False])
    assert calibration_error(honest) == 0
    boastful = bins([0.95] * 4, [True, False, False, False])
    assert calibration_error(boastful) == pytest.approx(0.7)
    assert "| 0.9-1.0 | 4 | 0.95 | 0.25 |" in table(boastful)
    assert svg(boastful, "a < b").count("<circle") == 1


def test_a_fit_is_the_same_every_time(given: list[Example]) -> None:
    few = given[::3]
    assert fit(few) == fit(few)


def test_a_stripped_question_keeps_no_finding_of_its_papers(given: list[Example]) -> None:
    example = next(e for e in given if e.id == "a1-dev-11")
    stripped = example.stripped()
    assert any(example.right) and not any(stripped.right) and not stripped.answerable
    assert {m.hit.paper.id for m in stripped.matches}.isdisjoint(example.papers)


def test_the_shipped_weights_reach_the_scoreboard(given: list[Example]) -> None:
    # Bounds a little below what cross-validation gave, so that a change of retrieval that makes the
    # weights stale is noticed; the figures themselves come from the calibration script.
    judge = Judge.shipped()
    outcomes = [outcome(judge, example) for example in given]
    can = [o for o in outcomes if o.answerable]
    cannot = [o for o in outcomes if not o.answerable]
    assert sum(o.place == 1 for o in can) >= 0.72 * len(can), report(outcomes)
    assert sum(0 < o.place <= 5 for o in can) >= 0.94 * len(can), report(outcomes)
    assert sum(o.answered for o in can) >= 0.92 * len(can), report(outcomes)
    assert sum(not o.answered for o in cannot) >= 0.83 * len(cannot), report(outcomes)


def test_the_shipped_probabilities_are_calibrated(home: Path) -> None:
    # On questions of which every third has no answer; on a set with few such ones they say too little.
    index = ensure(home)
    held = examples(Retriever.open(index), [QUESTIONS.with_name("written-short-held.yaml")])
    index.catalog.close()
    outcomes = [outcome(Judge.shipped(), example) for example in held]
    found = bins([o.probability for o in outcomes], [o.answerable for o in outcomes], 5)
    assert calibration_error(found) < 0.12


def test_more_of_what_was_asked_for_never_speaks_against_an_answer() -> None:
    unread, read = Judge.shipped().unread.weights, Judge.shipped().question.weights
    raising = ("complete_odds", "complete_said", "dense_best", "paper_best")
    assert all(unread[name] > 0 for name in raising), unread
    assert set(raising) < set(QUESTION_FEATURES)
    assert all(read[name] > 0 for name in ("complete_p", "complete_said", "margin_best", "share_best")), read
