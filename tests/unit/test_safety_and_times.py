"""A question on safety wants harm or its absence, how long wants a time, and a year wants that year."""

from __future__ import annotations

import pytest

from assistant.answering import safety, times
from assistant.answering.asked import asked_kinds, holds
from assistant.answering.question import understand

EXPANDED = "TET2 loss allowed antigen-independent clonal expansion that could end in tissue infiltration."
BENEFIT = "Disrupting TET2 improved rejection of tumours by cytotoxic CAR T cells."


@pytest.mark.parametrize("question", ["Is it safe?", "any side effects of ide-cel?", "Is TET2 loss toxic?"])
def test_safety_is_answered_by_harm_and_not_by_benefit(question: str) -> None:
    assert safety.met(question, EXPANDED)
    assert safety.met(question, "No autonomous growth or transformation was apparent.")
    assert not safety.met(question, BENEFIT)


@pytest.mark.parametrize(
    "question",
    [
        "Is CDKN1B knockout tumorigenic?",
        "Can TET2-knockout CAR-T become malignant?",
        "Could the cells transform after c-Jun overexpression?",
        "Does BATF overexpression cause leukaemia?",
    ],
)
def test_a_question_on_malignant_growth_is_answered_by_growth_and_by_no_other_harm(question: str) -> None:
    assert safety.met(question, EXPANDED)
    assert not safety.met(question, BENEFIT)
    assert not safety.met(question, "Severe cytokine release syndrome was seen in one patient.")


def test_a_harm_named_in_the_question_is_met_by_itself_alone() -> None:
    assert not safety.met("Does dasatinib cause bleeding?", "It protected mice from lethal CRS.")
    assert safety.met("Does dasatinib cause bleeding?", "Bleeding was seen in two patients.")
    assert safety.met("Does the product cause GvHD?", "No graft-versus-host disease was seen.")


@pytest.mark.parametrize(
    "question",
    [
        "How do CAR-T cells kill malignant B cells?",
        "What does the caspase-9 safety switch do?",
        "Which risk factors go with relapse?",
        "What is the hazard ratio?",
    ],
)
def test_words_like_safety_ask_for_something_else(question: str) -> None:
    assert safety.met(question, BENEFIT)


@pytest.mark.parametrize(
    ("question", "text", "met"),
    [
        ("How long do the cells persist?", "They stayed measurable for more than 2 years.", True),
        ("How long do the cells persist?", "Normal B cells came back within 6 months.", False),
        ("For how long can I give it?", "The off-state can be held for several days.", True),
        ("How long do liso-cel cells persist?", "Median progression-free survival was 6.8 months.", False),
        ("How long do liso-cel cells persist?", "Estimated 5-year survival was 38%.", False),
        (
            "How long do liso-cel cells persist?",
            "5-year survival was 56% in those with no detectable cancer.",
            False,
        ),
        ("What is 5-year survival?", "One-year overall survival was 48.8%.", False),
        ("Who is alive after five years?", "Five-year overall survival was 32%.", True),
        ("Does it work?", "It did.", True),
    ],
)
def test_a_time_a_year_and_a_stay_must_be_told(question: str, text: str, met: bool) -> None:
    assert times.met(question, text) is met


@pytest.mark.parametrize(
    "text", ["at days 8-14", "for several days", "24-48 h", "at 3 years", "beyond 100 days"]
)
def test_a_time_is_known_in_any_form(text: str) -> None:
    assert holds(("duration",), text) == 1.0


def test_a_clause_that_only_says_how_much_asks_for_no_size() -> None:
    assert asked_kinds("Which domain decides how much CAR gets to the surface?") == ()
    assert "fold" in asked_kinds("How much does it raise killing?")


def test_a_tag_is_no_part_of_a_question() -> None:
    assert understand("NAC raises CD57 in T cells, right?").text == "NAC raises CD57 in T cells?"
