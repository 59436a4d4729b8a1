"""Gain and loss of function of a target, read alike in questions and findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answering.engine import Engine
from assistant.answering.manipulation import acts_in
from assistant.evidence import Answer
from assistant.retrieval.lexicon import Lexicon


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.shipped()


@pytest.fixture(scope="module")
def ask(home: Path) -> Callable[..., Answer]:
    from assistant.settings import load

    return Engine.open(load({"home": str(home)}, environment={})).ask


def tokens(lexicon: Lexicon, text: str) -> list[str]:
    return [act.token for act in acts_in(text, lexicon)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PD-1 blockade restored killing.", ["-=pd1"]),
        ("Pembrolizumab restored killing.", ["-=pd1"]),
        ("Anti-PD-1 was given.", ["-=pd1"]),
        ("We knocked out FOXO1.", ["-=foxo1"]),
        ("FOXO1 was knocked out.", ["-=foxo1"]),
        ("FOXO1-deficient cells failed.", ["-=foxo1"]),
        ("Over-expressing FOXO1 helped.", ["+=foxo1"]),
        ("FOXO1 overexpression helped.", ["+=foxo1"]),
        ("Loss of CD27 and CD28 was seen.", ["-=cd28", "-=cd27"]),
        ("IL-15 CAR T cells survived.", ["+=il15"]),
        ("huCART19-IL18 gave responses.", ["+=il18"]),
        ("RASA2-null cells and PTPN2 loss helped.", ["-=rasa2", "-=ptpn2"]),
    ],
)
def test_an_act_is_read_with_its_target(lexicon: Lexicon, text: str, found: list[str]) -> None:
    assert tokens(lexicon, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "PD-1-expressing cells become senescent.",
        "They lose activity the way 4-1BB cells do.",
        "A CDK inhibitor transcript rose.",
        "Do CD28 cells secrete more IL-6?",
        "Anti-CD19 CAR T cells were infused.",
        "Anti-CD3/CD28 beads were used.",
    ],
)
def test_a_target_that_nothing_is_done_to_is_no_act(lexicon: Lexicon, text: str) -> None:
    assert tokens(lexicon, text) == []


def test_gain_and_loss_are_opposites_and_offsets_give_the_words(lexicon: Lexicon) -> None:
    text = "After FOXO1 overexpression and after FOXO1 loss."
    gain, loss = acts_in(text, lexicon)
    assert (gain.opposite, loss.opposite) == (loss.token, gain.token)
    assert text[gain.start : gain.end] == gain.words == "FOXO1 overexpression"


def test_a_gain_is_not_answered_first_with_the_loss(ask: Callable[..., Answer]) -> None:
    answer = ask("Does FOXO1 overexpression help CAR-T cells?")
    assert "over-express" in answer.sentences[0].text.lower()
    knocked = ask("What happens if FOXO1 is knocked out in CAR-T cells?")
    assert knocked.citations[0].passage == "doan2024-foxo1-memory#F1"


def test_another_inhibitor_does_not_lead_for_the_blockade_asked_for(ask: Callable[..., Answer]) -> None:
    answer = ask("Does PD-1 blockade reverse T cell senescence?")
    assert answer.kind == "refusal" or "p38" not in answer.sentences[0].text


def test_the_two_halves_of_a_comparison_are_paired(ask: Callable[..., Answer]) -> None:
    answer = ask("Which domain relies on oxidative phosphorylation and which on glycolysis?")
    assert {"kawalekar2016-metabolism-memory#F1", "kawalekar2016-metabolism-memory#F2"} <= {
        citation.passage for citation in answer.citations
    }
