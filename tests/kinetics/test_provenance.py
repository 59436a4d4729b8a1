"""Which questions ask for the source of a number of the model, and which belong to the literature."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from assistant.kinetics.provenance import asked, half_life, values


@pytest.mark.parametrize(
    ("text", "parameters", "design", "premise"),
    [
        ("why is kS higher in 4-1BB?", ("kS",), "bbz", "higher"),
        ("Why is kX lower in CD28 CAR-T cells?", ("kX",), "28z", "lower"),
        ("where does the killing rate come from?", ("k",), "", ""),
        ("what is the half-life of effector cells based on?", ("dE",), "", ""),
        ("What is A50?", ("A50",), "", ""),
        ("what does parameter k mean", ("k",), "", ""),
        ("Where does the value of a50 come from in tisa-cel?", ("a50",), "tisa-cel-like", ""),
        ("what is the half-life of senescent cells in the model?", ("dS",), "", ""),
        ("on what is the carrying capacity based?", ("KC",), "", ""),
        ("what's the source of the antigen density?", ("aH",), "", ""),
    ],
)
def test_questions_about_numbers_are_recognised(
    text: str, parameters: tuple[str, ...], design: str, premise: str
) -> None:
    found = asked(text)
    assert found is not None and (found.parameters, found.design, found.premise) == (
        parameters,
        design,
        premise,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why are CD28 CAR-T cells more exhausted?",
        "where do senescent CAR-T cells come from?",
        "What is the half-life of tisagenlecleucel?",
        "What is the killing mechanism based on?",
        "Why does 4-1BB drive senescence?",
        "what if kS is 0.4 in 4-1BB",
        "set kX to 0.3",
        "How was the dose chosen in ELIANA?",
        "why " * 300,
    ],
)
def test_other_questions_are_left_to_the_literature(text: str) -> None:
    assert asked(text) is None


def test_no_labelled_question_is_taken_away_from_the_literature() -> None:
    folder = Path(__file__).parent.parent / "eval"
    for name in ("questions-dev.yaml", "questions-more.yaml"):
        data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        items = data if isinstance(data, list) else data["questions"]
        assert [i["question"] for i in items if asked(i["question"])] == [], name


def test_a_death_rate_is_a_half_life_and_a_division_rate_is_not() -> None:
    effector = values("dE")["CD28"]
    assert half_life(effector) == pytest.approx(math.log(2.0) / effector.value)
    assert half_life(values("rho")["CD28"]) is None
    assert set(values("k")) == {""} and set(values("kS")) == {"4-1BB", "CD28"}
