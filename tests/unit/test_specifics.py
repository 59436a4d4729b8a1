"""Outcomes, hosts and names of which one is no answer on another."""

from __future__ import annotations

import pytest

from assistant.answering import specifics
from assistant.answering.demands import asks_people


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("Did it change quality of life?", "Quality of life rose.", "Survival was longer."),
        ("How often were seizures seen?", "Seizures occurred in 5%.", "Severe CRS occurred in 26%."),
        ("Does it worsen CRS?", "Cytokine release syndrome was milder.", "Signalling was stronger."),
        ("What did it cost per patient?", "It was $400,000.", "It was feasible at scale."),
        (
            "Does depleting CD57+ cells help?",
            "Removal of CD57+ cells helped.",
            "CD57+ cells went with failure.",
        ),
        ("Does it last in rhesus macaques?", "In macaques it lasted.", "In children it lasted."),
        ("Did adults respond?", "Adults responded.", "Children responded."),
        ("Do children respond?", "Children and adults responded.", "Adults responded."),
        ("Does it help CD4 cells?", "CD4 and CD8 cells divided.", "CD8 cells divided."),
        ("Do pregnant women relapse?", "Pregnant women relapsed.", "Those over 60 relapsed less."),
    ],
)
def test_an_outcome_or_host_is_met_by_itself_alone(question: str, told: str, other: str) -> None:
    assert specifics.met(question, told)
    assert not specifics.met(question, other)


def test_one_of_several_outcomes_is_enough() -> None:
    assert specifics.met("Do CRS and seizures differ?", "CRS did not differ.")


def test_release_of_cytokines_by_cells_is_not_the_syndrome() -> None:
    assert specifics.met("How many molecules for cytokine release?", "Cytokines needed 5,000 molecules.")


@pytest.mark.parametrize(
    ("label", "question", "turns"),
    [
        ("osteoclasts", "Does senescence of osteoclasts matter?", True),
        ("anito-cel", "What is the response rate with anito-cel?", True),
        ("TET3", "Does TET3 push T cells to exhaustion?", True),
        ("OKT3", "Is there an upside of stimulation with OKT3?", False),
        ("nibble", "Do T cells nibble at their target?", False),
    ],
)
def test_a_thing_that_no_passage_holds_is_told_from_a_manner_of_speaking(
    label: str, question: str, turns: bool
) -> None:
    assert specifics.unheard(label, question) is turns


def test_cells_given_to_patients_are_data_from_people() -> None:
    assert asks_people("Was the drug given together with CAR T cells to patients?")
