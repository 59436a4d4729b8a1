"""Questions on a false premise: the corpus corrects it first, or it is refused; true ones are let be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.answering.engine import Engine
from assistant.settings import load

FOLDER = Path(__file__).parent
QUESTIONS: list[dict[str, Any]] = [
    question
    for name in ("premises-dev.yaml", "premises-second.yaml")
    for question in yaml.safe_load((FOLDER / name).read_text("utf-8"))
]


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with Engine.open(load({"home": str(home)}, {})) as opened:
        yield opened


@pytest.mark.parametrize("question", [q for q in QUESTIONS if not q.get("open")], ids=lambda q: q["id"])
def test_a_false_premise_is_corrected_and_a_true_one_let_be(engine: Engine, question: dict[str, Any]) -> None:
    answer = engine.ask(question["ask"])
    corrected = answer.answer.startswith("*The question takes for granted")
    if question.get("held"):
        assert answer.kind == "answer" or question.get("refused")
        assert not corrected
    elif answer.kind == "answer":
        assert corrected
        assert answer.citations[0].passage in question["right"]


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("does T cell senescence always need short telomeres?", "dimitri2011-reversible-senescence#F2"),
        ("do all senescent T cells have short telomeres?", "dimitri2011-reversible-senescence#F2"),
        ("is T cell senescence always irreversible?", "dimitri2011-reversible-senescence#F3"),
        ("do senescent T cells never kill?", "pereira2020-sestrin-nkg2d#F3"),
        ("Does senescence always impair CAR-T cells?", "can2025-costim-senescence#F4"),
    ],
)
def test_what_is_asked_of_all_or_always_is_led_by_an_exception(
    engine: Engine, question: str, lead: str
) -> None:
    answer = engine.ask(question)
    assert answer.citations[0].passage == lead
    assert not answer.answer.startswith("*The question takes")


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("why does tisa-cel use CD28?", "jtm2023-construct-differences#F7"),
        ("why was CD28 chosen for tisa-cel?", "jtm2023-construct-differences#F7"),
        ("why was CD28 costimulation chosen for liso-cel?", "jtm2023-construct-differences#F2"),
    ],
)
def test_a_product_taken_for_one_of_the_other_domain_is_corrected(
    engine: Engine, question: str, lead: str
) -> None:
    answer = engine.ask(question)
    assert answer.answer.startswith("*The question takes for granted")
    assert answer.citations[0].passage == lead


def test_only_the_correction_stands_where_the_rest_has_no_answer(engine: Engine) -> None:
    answer = engine.ask("Since brexu-cel is a 4-1BB product, how many grams does it weigh?")
    assert answer.citations[0].passage == "jtm2023-construct-differences#F6"
    assert len(answer.sentences) <= 2


@pytest.mark.parametrize(
    "question",
    [
        "why is the CD28 domain of axi-cel good?",
        "why does tisa-cel use 4-1BB?",
        "how does IL-7 and IL-15 culture improve CD19 CAR T antitumour activity compared with IL-2?",
        "How does moderate reduction of CD19 CAR affinity change killing at low density?",
        "Why do IL-15-cultured CAR T cells stay less differentiated; is mTORC1 involved?",
    ],
)
def test_a_question_without_a_false_premise_has_no_line(engine: Engine, question: str) -> None:
    assert not engine.ask(question).answer.startswith("*The question takes")
