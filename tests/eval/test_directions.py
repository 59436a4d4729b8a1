"""Questions whose wrong answer would mislead an experiment: the finding that leads, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.engine import Engine
from assistant.settings import load


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with Engine.open(load({"home": str(home)}, {})) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        (
            "Is senescence of CAR-T cells reversible?",
            {"dimitri2011-reversible-senescence", "henson2014-p38-autophagy"},
        ),
        ("does rest reverse it?", {"can2025-costim-senescence"}),
        ("Do 4-1BB cells persist longer than CD28 cells in patients?", {"guedan2020-cd28-residue"}),
        (
            "Does CD28 costimulation prevent exhaustion?",
            {"long2015-tonic-exhaustion", "boucher2021-cd28-mutants"},
        ),
    ],
)
def test_the_finding_that_answers_leads(engine: Engine, question: str, leads: set[str]) -> None:
    answer = engine.ask(question)
    assert answer.kind == "answer"
    first = next(s for s in answer.sentences if s.role == "lead")
    assert {c.paper for c in answer.citations if c.n in first.citations} <= leads


@pytest.mark.parametrize(
    "question",
    ["Is senescence of CAR-T cells reversible?", "What drives senescence of CAR-T cells?"],
)
def test_their_own_senescence_is_not_answered_with_cells_sent_against_senescent_ones(
    engine: Engine, question: str
) -> None:
    lead = next(s for s in engine.ask(question).sentences if s.role == "lead")
    assert "uPAR" not in lead.text
    assert "senolytic" not in lead.text.lower()


@pytest.mark.parametrize(
    "question",
    [
        "Does PD-1 blockade reverse T cell senescence?",
        "Does dietary zinc change CAR-T cell senescence?",
        "What was overall survival in ZUMA-7 patients aged 65 or more?",  # event-free survival is there
        "What is the response rate of ide-cel in lupus?",  # myeloma is there
        "What response rate does satri-cel reach in pancreatic cancer?",  # gastric cancer is there
        "What is the 5-year overall survival with liso-cel in follicular lymphoma?",  # LBCL is there
    ],
)
def test_what_no_finding_says_is_refused(engine: Engine, question: str) -> None:
    assert engine.ask(question).kind == "refusal"


@pytest.mark.parametrize(
    "question",
    [
        "does rest reverse senescence?",
        "Can rest reverse senescence of 4-1BB CAR-T cells?",
        "Does weekly rest make CAR-T cells senescent or does it restore them?",
        "Do pauses undo it?",
    ],
)
def test_that_rest_was_shown_for_exhaustion_alone_stands_beside_every_answer_on_rest(
    engine: Engine, question: str
) -> None:
    answer = engine.ask(question)
    claims = [conflict.claim for conflict in answer.conflicts]
    assert "rest-reverses-exhaustion-not-senescence" in claims or answer.kind == "refusal"


def test_a_guessed_reading_is_the_first_line_of_the_answer(engine: Engine) -> None:
    before = engine.ask("What does transient rest do to exhausted CAR-T cells?")
    assert "Read as" not in before.answer
    follow = engine.ask("does it also reverse senescence?", history=[before])
    assert follow.answer.startswith("*Read as: does transient rest also reverse senescence?*\n\n")


def test_what_a_question_takes_for_granted_is_not_passed_on_in_silence(engine: Engine) -> None:
    answer = engine.ask("Since TET2 loss shortens CAR-T survival, why is it used?")
    assert "takes for granted that TET2 loss shortens" in answer.answer
    assert [conflict.claim for conflict in answer.conflicts][0] == "tet2-loss"


@pytest.mark.parametrize(
    "question",
    [
        "Which declines more slowly in the late phase, liso-cel or tisa-cel, and with what half-lives?",
        "What is the half-life of tisagenlecleucel in children with B-ALL?",
    ],
)
def test_a_claim_that_only_shares_words_with_the_question_is_not_shown(engine: Engine, question: str) -> None:
    assert engine.ask(question).conflicts == ()
