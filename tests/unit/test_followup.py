"""Follow-ups are completed from the turn before by rule; a question that stands alone is left alone."""

from __future__ import annotations

import pytest

from assistant.answering.followup import dangling, resolve
from assistant.evidence import Answer, Filters, Run, Searched
from assistant.retrieval.lexicon import Lexicon

LEXICON = Lexicon.shipped()
BEFORE = "Does 4-1BB make CAR-T cells more prone to senescence?"


def turn(question: str) -> Answer:
    return Answer(
        "answer", question, "extractive", "", (), (), (), 1.0, Searched(0, 0, ()), Run("", ""), resolved=""
    )


def follow(question: str, before: str = BEFORE) -> tuple[str, Filters, bool]:
    resolved = resolve(question, [turn(before)], Filters(), LEXICON)
    return resolved.text, resolved.filters, resolved.followed


@pytest.mark.parametrize("question", ["and CD28?", "What about CD28?", "CD28?", "but CD28?"])
def test_a_named_domain_takes_the_place_of_the_one_before(question: str) -> None:
    text, _, followed = follow(question)
    assert followed
    assert text == "Does CD28 make CAR-T cells more prone to senescence?"


@pytest.mark.parametrize(
    ("question", "system"),
    [
        ("in patients?", "patients"),
        ("show me the mouse data", "mouse"),
        ("only in vitro", "in-vitro"),
        ("What about in mice?", "mouse"),
        ("and in humans?", "patients"),
    ],
)
def test_a_system_becomes_a_filter_on_the_question_before(question: str, system: str) -> None:
    text, filters, followed = follow(question)
    assert (text, filters.systems, followed) == (BEFORE, (system,), True)


@pytest.mark.parametrize("question", ["why?", "Why is that?", "how come?"])
def test_why_asks_for_the_mechanism_of_the_question_before(question: str) -> None:
    text, _, followed = follow(question)
    assert followed
    assert text.startswith("What mechanism explains this: does 4-1BB make")


def test_a_pronoun_is_given_its_subject() -> None:
    text, _, followed = follow(
        "Is it reversible by rest?", "What does p38 inhibition do to senescent T cells?"
    )
    assert followed
    assert "p38" in text


@pytest.mark.parametrize(
    "question",
    [
        "Which products persist longest in patients with lymphoma?",
        "What is the half-life of tisagenlecleucel in children with B-ALL?",
        "Does dasatinib rest reverse exhaustion of CAR-T cells?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert follow(question) == (question, Filters(), False)


def test_without_a_turn_before_nothing_is_resolved() -> None:
    assert resolve("and CD28?", [], Filters(), LEXICON).followed is False


def test_the_chain_goes_on_from_the_resolved_question() -> None:
    earlier = Answer(
        "answer", "and CD28?", "extractive", "", (), (), (), 1.0, Searched(0, 0, ()), Run("", ""),
        resolved="Does CD28 make CAR-T cells more prone to senescence?",
    )  # fmt: skip
    resolved = resolve("in patients?", [turn(BEFORE), earlier], Filters(), LEXICON)
    assert resolved.text == "Does CD28 make CAR-T cells more prone to senescence?"
    assert resolved.filters.systems == ("patients",)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("does rest reverse it?", "does rest reverse senescence of CAR-T cells?"),
        ("What causes it?", "What causes senescence of CAR-T cells?"),
    ],
)
def test_a_first_question_about_it_is_about_senescence_and_says_so(question: str, text: str) -> None:
    resolved = resolve(question, [], Filters(), LEXICON)
    assert (resolved.text, resolved.followed) == (text, True)
    assert "name exhaustion if you mean that" in dangling(question, resolved.followed)[0]


@pytest.mark.parametrize(
    "question", ["Is it true that p16 rises?", "Does exhaustion need it?", "Is it known how p21 works?"]
)
def test_an_it_that_stands_for_nothing_or_has_its_state_beside_it_is_left_alone(question: str) -> None:
    assert resolve(question, [], Filters(), LEXICON).text == question
