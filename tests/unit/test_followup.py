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


REST = "What does transient rest do to exhausted CAR-T cells?"
TREGS = "How do Tregs make T cells senescent?"
WHY = f"What mechanism explains this: does{BEFORE[4:]}"


@pytest.mark.parametrize(
    ("before", "question", "text"),
    [
        (REST, "does it also reverse senescence?", "does transient rest also reverse senescence?"),
        ("Can weekly pauses restore exhausted cells?", "do they cure senescence?", "do weekly pauses cure"),
        ("Is KLRG1 a marker of T-cell senescence?", "what about p38 instead?", "Is p38 a marker of"),
        (WHY, "in patients?", BEFORE),
        (BEFORE, "and does it last?", "and does 4-1BB last?"),
    ],
)
def test_who_acted_before_takes_the_place_of_the_pronoun(before: str, question: str, text: str) -> None:
    assert follow(question, before)[0].startswith(text)


def test_a_state_of_the_question_before_does_not_stand_for_the_one_who_acts() -> None:
    assert "exhaust" not in follow("does it also reverse senescence?", REST)[0]


def test_a_question_on_what_that_is_keeps_its_own_sentence() -> None:
    text, _, followed = follow("is that anergy?", TREGS)
    assert followed
    assert text.startswith("is that anergy (")
    assert "Tregs" in text


@pytest.mark.parametrize(
    "question", ["how many doses were needed?", "how long were the telomeres?", "who says this?"]
)
def test_a_question_that_leaves_its_subject_out_is_given_it(question: str) -> None:
    text, _, followed = follow(question)
    assert followed
    assert text.startswith(question[:-1])
    assert "4-1BB" in text


def test_cells_themselves_are_the_cells_that_were_sent() -> None:
    text, _, _ = follow("did they become senescent themselves?", "Do uPAR CAR-T cells clear senescent cells?")
    assert text.startswith("did the CAR-T cells become senescent themselves")


def test_the_subject_is_given_as_the_whole_phrase() -> None:
    text, _, _ = follow("Is it reversible by rest?", "What does p38 inhibition do to senescent T cells?")
    assert "p38 inhibition" in text


@pytest.mark.parametrize("question", ["thanks", "only the abstract?", "tell me more"])
def test_talk_and_a_question_on_how_a_paper_was_read_are_not_answered_alone(question: str) -> None:
    assert not resolve(question, [turn(BEFORE)], Filters(), LEXICON).understood


def test_a_tied_fragment_with_nothing_before_it_is_not_understood() -> None:
    assert not resolve("and in mice?", [], Filters(), LEXICON).understood
    assert resolve("side effects of ide-cel?", [], Filters(), LEXICON).understood


@pytest.mark.parametrize(
    ("before", "question", "text"),
    [
        ("Do senolytic CAR T cells work?", "any side effects?", "any side effects (senolytic CAR T cells)?"),
        (
            "How long do responses last after ide-cel?",
            "how often does CRS happen?",
            "how often does CRS happen (ide-cel)?",
        ),
        ("Does irradiation harm 28z CAR-T cells?", "and MYC?", "Does MYC harm 28z CAR-T cells?"),
        ("Does c-Jun lower p21?", "and p16?", "Does c-Jun lower p16?"),
        (
            "Which CAR-T cells become senescent?",
            "and what about exhaustion?",
            "Which CAR-T cells become exhausted?",
        ),
        (
            "how short (shorter culture)?",
            "is that because of less senescence?",
            "is that because of less senescence (shorter culture)?",
        ),
    ],
)
def test_a_turn_without_a_subject_of_its_own_is_given_one(before: str, question: str, text: str) -> None:
    assert follow(question, before)[0] == text


@pytest.mark.parametrize(
    ("question", "before", "read"),
    [
        ("same for CD28?", BEFORE, "Does CD28 make CAR-T cells more prone to senescence?"),
        (
            "is that also true for exhaustion?",
            BEFORE,
            "Does 4-1BB make CAR-T cells more prone to exhaustion?",
        ),
        (
            "than ICOS?",
            "Do 4-1BB CARs persist longer than CD28 CARs?",
            "Do 4-1BB CARs persist longer than ICOS CARs?",
        ),
        (
            "and knocking it out?",
            "What does FOXO1 over-expression do to CAR-T cells?",
            "What does knocking out FOXO1 do to CAR-T cells?",
        ),
        (
            "what if IL-7 is added?",
            "Is IL-15 better than IL-2?",
            "Is IL-15 better than IL-2 (if IL-7 is added)?",
        ),
        (
            "for survival?",
            "Does peak expansion of axi-cel go with response?",
            "Does peak expansion of axi-cel go with survival?",
        ),
    ],
)
def test_a_fragment_that_names_one_thing_leans_on_the_question_before(
    question: str, before: str, read: str
) -> None:
    assert follow(question, before)[0] == read


def test_nothing_is_completed_from_small_talk() -> None:
    assert not resolve("in patients?", [turn("hi")], Filters(), LEXICON).understood


@pytest.mark.parametrize("question", ["what if the CAR eats bananas?", "what if the CAR sings?"])
def test_a_what_if_that_names_nothing_of_the_field_is_not_joined_to_the_turn_before(question: str) -> None:
    text, _, followed = follow(question)
    assert text == question and not followed
