"""The development questions are fair to ask: well formed, unrepeated, and answered by what they list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.eval import shipped
from tests.eval.reference_rules import question_problems, repeated

FOLDER = Path(__file__).parent
FILES = (
    "questions-dev.yaml",
    "questions-more.yaml",
    "questions-short.yaml",
    "questions-fresh.yaml",
    "questions-third.yaml",
)


def questions(name: str) -> list[dict[str, Any]]:
    loaded = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    assert isinstance(loaded, list)
    return loaded


@pytest.mark.parametrize("name", FILES)
def test_every_question_is_well_formed_and_resolves(name: str) -> None:
    findings = shipped.findings()
    assert [f"{q['id']}: {text}" for q in questions(name) for text in question_problems(q, findings)] == []


def test_no_question_is_asked_twice_in_any_file() -> None:
    everything = [question for name in FILES for question in questions(name)]
    assert list(repeated([question["id"] for question in everything], "id")) == []
    assert list(repeated([question["question"] for question in everything], "question")) == []


def test_enough_questions_stand_beside_the_first_ones() -> None:
    more = questions("questions-more.yaml")
    assert len(more) >= 150
    assert len([question for question in more if not question["answerable"]]) >= 40


def test_the_further_questions_reach_over_the_corpus() -> None:
    assert len({paper for question in questions("questions-more.yaml") for paper in question["papers"]}) >= 85


SOUND: dict[str, Any] = {
    "id": "x-1",
    "question": "Does p16 rise?",
    "answerable": True,
    "papers": ["doe2020-ageing"],
    "findings": ["doe2020-ageing#F1"],
    "must_include": ["p16", ["rose", "went up"]],
    "must_not": ["p16 fell"],
    "kind": "direct",
}
REFUSED: dict[str, Any] = {
    "id": "x-2",
    "question": "Who won?",
    "answerable": False,
    "papers": [],
    "must_include": [],
    "kind": "unanswerable",
}
STATEMENTS = {
    "doe2020-ageing#F1": "p16 rose in CAR-T cells.",
    "doe2020-ageing#F2": "CAR-T cells slowed down.",
}


@pytest.mark.parametrize(
    ("sound", "change"),
    [
        (SOUND, {"kind": "unanswerable"}),
        (SOUND, {"kind": "riddle"}),
        (SOUND, {"answerable": "yes"}),
        (SOUND, {"findings": []}),
        (SOUND, {"must_include": []}),
        (SOUND, {"findings": ["doe2020-ageing#F9"]}),
        (SOUND, {"findings": ["doe2020-ageing#F2"]}),
        (SOUND, {"papers": ["roe2020-ageing"]}),
        (SOUND, {"must_include": ["p21"]}),
        (SOUND, {"must_include": [["fell", "sank"]]}),
        (SOUND, {"must_not": ["P16 rose"]}),
        (SOUND, {"note": "new"}),
        (REFUSED, {"kind": "trap"}),
        (REFUSED, {"papers": ["doe2020-ageing"]}),
        (REFUSED, {"findings": ["doe2020-ageing#F1"]}),
        (REFUSED, {"must_include": ["p16"]}),
    ],
    ids=str,
)
def test_a_broken_question_is_noticed(sound: dict[str, Any], change: dict[str, Any]) -> None:
    assert list(question_problems(sound, STATEMENTS)) == []
    assert list(question_problems(sound | change, STATEMENTS))


def test_a_question_without_an_identifier_is_noticed() -> None:
    assert list(question_problems({key: SOUND[key] for key in SOUND if key != "id"}, STATEMENTS))
