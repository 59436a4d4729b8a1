"""Comparisons are answered on the outcome compared, and a side that nothing tells is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import sides
from assistant.answering.concepts import Concept
from assistant.answering.engine import Engine
from assistant.answering.judge import Ranked
from assistant.evidence import Filters
from assistant.settings import load


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with Engine.open(load({"home": str(home)}, {})) as opened:
        yield opened


def looked(engine: Engine, question: str) -> tuple[list[Concept], list[Ranked]]:
    look = engine._looker.look(question, Filters())
    return list(look.concepts), list(look.ranked)


def test_a_comparison_is_not_answered_by_what_the_products_hold(engine: Engine) -> None:
    question = "Does axi-cel or tisa-cel persist longer?"
    concepts, _ = looked(engine, question)
    assert not sides.on_the_outcome(question, concepts, "Axi-cel products held more central-memory cells.")
    assert sides.on_the_outcome(question, concepts, "Axi-cel was detectable for two years.")
    assert engine.ask(question).kind == "refusal"


def test_a_domain_of_a_product_is_no_comparison(engine: Engine) -> None:
    question = "Why is the CD28 domain of liso-cel good for persistence?"
    concepts, _ = looked(engine, question)
    assert sides.compared(concepts) == []


def test_the_side_that_nothing_tells_is_named(engine: Engine) -> None:
    question = "liso-cel versus axi-cel: expansion"
    concepts, ranked = looked(engine, question)
    one = [r for r in ranked if r.match.hit.passage.id == "ogasawara2021-lisocel-kinetic-model#F4"]
    assert "axicabtagene ciloleucel" in sides.untold(question, concepts, one)
    assert "lisocabtagene" not in sides.untold(question, concepts, one)
    both = [*one, *(r for r in ranked if r.match.hit.passage.id == "natcommun2025-two-waves#F3")]
    assert sides.untold(question, concepts, both) == ""


def test_what_is_done_without_a_partner_is_told_by_a_finding_on_both(engine: Engine) -> None:
    answer = engine.ask("What does BATF over-expression do without IRF4?")
    assert answer.citations[0].passage == "seo2021-batf-irf4#F3"


def test_a_list_of_drugs_holds_findings_that_name_one(engine: Engine) -> None:
    answer = engine.ask("Which drugs reverse T-cell senescence?")
    cited = {c.passage for c in answer.citations}
    assert "gonzalezosuna2025-p38-cd4#F2" in cited
    assert "amor2020-senolytic-upar#F3" not in cited


def test_blocking_a_ligand_is_no_adding_of_it(engine: Engine) -> None:
    assert engine.ask("Does adding E-cadherin lower proliferation of KLRG1+ T cells?").kind == "refusal"
