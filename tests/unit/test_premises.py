"""Premises of a why: which way an outcome goes in a clause, and when a finding denies it."""

from __future__ import annotations

import pytest

from assistant.answering.premises import denies, effects, presumed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rest lowered exhaustion and lengthened persistence.", [("exhaustion", -1), ("persistence", 1)]),
        ("It neither improved killing nor harmed it.", [("killing", 0), ("killing", 0)]),
        ("Exhausted CAR T cells were rested.", []),
        ("Low-affinity CAR T cells killed more.", [("killing", 1)]),
        ("The signature went with non-response.", [("response", -1)]),
        ("Irradiation improves 4-1BB CAR-T cells.", [("function", 1)]),
    ],
)
def test_the_way_an_outcome_goes_is_read_from_its_clause(text: str, found: list[tuple[str, int]]) -> None:
    assert [(effect.outcome, effect.way) for effect in effects(text)] == found


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        (
            "Why does dasatinib make CAR-T cells more exhausted?",
            "dasatinib does make CAR-T cells more exhausted",
        ),
        ("How long does rest lower exhaustion?", ""),
        ("How can I stop T cells from killing each other?", ""),
        ("Why do CAR-T cells need antigen?", ""),
    ],
)
def test_only_a_clause_with_a_direction_is_presumed(question: str, premise: str) -> None:
    assert presumed(question) == premise


@pytest.mark.parametrize(
    ("premise", "text", "verdict"),
    [
        ("X does make T cells more exhausted", "X made T cells less exhausted.", "outcome"),
        ("X does make T cells more exhausted", "X increased exhaustion.", None),
        ("X does make T cells more exhausted", "X restored anti-tumour function.", "worth"),
        ("X does make T cells more exhausted", "X is a kinase.", ""),
        (
            "4-1BB CARs become more exhausted than CD28 CARs",
            "CD28 costimulation increased exhaustion of CAR-T cells and 4-1BB costimulation reduced it.",
            "outcome",
        ),
        (
            "CD28 CARs become more exhausted than 4-1BB CARs",
            "CD28 costimulation increased exhaustion of CAR-T cells and 4-1BB costimulation reduced it.",
            None,
        ),
        # What acts by degrees may be told from its other end, so it is left alone.
        ("a longer culture does make cells more potent", "Activity fell as culture lengthened.", ""),
    ],
)
def test_a_premise_is_denied_only_where_its_outcome_or_worth_turns(
    premise: str, text: str, verdict: str | None
) -> None:
    assert denies(premise, text) == verdict
