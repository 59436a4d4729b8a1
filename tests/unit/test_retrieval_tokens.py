"""Both sides of a search see the same words whatever the notation."""

from __future__ import annotations

import pytest

from assistant.retrieval.tokens import fold, stem, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TGF-β", "tgf-beta"), ("TGFβ", "TGFbeta"), ("IL‐15", "IL-15"), ("10⁶ cells", "106 cells"),
        ("naïve", "naive"), ("tumour", "tumors"), ("leukaemia", "leukemia"), ("signalling", "signaling"),
        ("ageing", "aging"), ("haematopoiesis", "hematopoiesis"), ("immunisation", "immunization"),
        ("optimised", "optimize"), ("fibres", "fiber"), ("analysed", "analyzing"), ("oedema", "edema"),
        ("diarrhoea", "diarrhea"), ("behaviour", "behavior"), ("centres", "center"), ("grey", "gray"),
        ("programmed", "programed"), ("sulphate", "sulfate"), ("oestrogen", "estrogen"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"), [("killing", "kiln"), ("four", "for"), ("hour", "horn"), ("rising", "risk")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


def test_a_compound_counts_as_its_parts_and_joined() -> None:
    assert tokens("IL-15") == ["il", "15", "il15"]
    assert "41bb" in tokens("4-1BB")
    assert "41bb" in tokens("41BB")


def test_long_words_with_a_hyphen_are_not_joined() -> None:
    assert tokens("antigen-independent") == [stem("antigen"), stem("independent")]


def test_questions_words_say_nothing() -> None:
    assert tokens("What is it that they do, and why?") == []
