"""Questions on a false premise: the corpus corrects it first, or it is refused; true ones are let be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.answering.engine import Engine
from assistant.settings import load

FILE = Path(__file__).parent / "premises-dev.yaml"
QUESTIONS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with Engine.open(load({"home": str(home)}, {})) as opened:
        yield opened


@pytest.mark.parametrize("question", [q for q in QUESTIONS if not q.get("open")], ids=lambda q: q["id"])
def test_a_false_premise_is_corrected_and_a_true_one_let_be(engine: Engine, question: dict[str, Any]) -> None:
    answer = engine.ask(question["ask"])
    corrected = answer.answer.startswith("*The question takes for granted")
    if question.get("held"):
        assert answer.kind == "answer"
        assert not corrected
    elif answer.kind == "answer":
        assert corrected
        assert answer.citations[0].passage in question["right"]
