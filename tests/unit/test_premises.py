"""Premises of a why: which way an outcome goes in a clause, and when a finding denies it."""

from __future__ import annotations

import pytest

from assistant.answering.denials import denies, excepted
from assistant.answering.designs import more_of
from assistant.answering.effects import effects
from assistant.answering.premises import absolute, presumed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rest lowered exhaustion and lengthened persistence.", [("exhaustion", -1), ("persistence", 1)]),
        ("It neither improved killing nor harmed it.", [("killing", 0), ("killing", 0)]),
        ("Exhausted CAR T cells were rested.", []),
        ("Low-affinity CAR T cells killed more.", [("killing", 1)]),
        ("The signature went with non-response.", [("response", -1)]),
        ("Irradiation improves 4-1BB CAR-T cells.", [("function", 1)]),
        ("They resisted exhaustion, persisted and killed.", [("exhaustion", -1)]),
        ("Losing hTR, but not hTERT, caused apoptosis.", [("death", 1)]),
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


@pytest.mark.parametrize(
    ("text", "outcome", "more"),
    [
        ("CD28 CAR-T cells turn senescent sooner than 4-1BB CAR-T cells", "senescence", "cd"),
        ("4-1BB protects CAR-T cells from senescence better than CD28", "senescence", "cd"),
        ("CD28 holds off senescence better than 4-1BB", "senescence", "bb"),
        (
            "Cells acquired features of senescence; this happened with both but was more pronounced in "
            "4-1BB (BBζ) than in CD28 (28ζ) CAR-T cells.",
            "senescence",
            "bb",
        ),
        ("p16 increased in CART19-BBζ cells (p=0.0165) but not in CART19-28ζ cells.", "p16", "bb"),
        ("Replacing CD28 by 4-1BB in the GD2 CAR lowered exhaustion markers.", "exhaustion", "cd"),
        ("GD2.28z CAR-T cells persisted less.", "persistence", "bb"),
        ("4-1BB and CD28 CAR-T cells persisted alike.", "persistence", ""),
    ],
)
def test_which_domain_has_more_of_an_outcome(text: str, outcome: str, more: str) -> None:
    assert more_of(text, outcome) == (outcome, more)


@pytest.mark.parametrize(
    ("premise", "text", "verdict"),
    [
        (
            "cells grown in IL-2 stay more stem-like than cells grown in IL-15",
            "CAR T cells expanded in IL-15 kept a memory phenotype, with more division than those in IL-2.",
            "outcome",
        ),
        (
            "cells grown in IL-15 stay more stem-like than cells grown in IL-2",
            "CAR T cells expanded in IL-15 kept a memory phenotype, with more division than those in IL-2.",
            None,
        ),
        # What does not rise need not fall, and what the loss of a thing does is not what the thing does.
        ("those with more X cells respond worse", "Patients who did not respond had more X cells.", ""),
        ("tonic signalling does impair T cells", "Lowering tonic signalling improved T-cell function.", ""),
        ("BATF deletion does delay exhaustion", "BATF binds and raises a set of exhaustion genes.", ""),
        ("blocking FABP4 does stop senescence", "Blocking FABP4 stopped tumour-induced senescence.", None),
    ],
)
def test_a_comparison_turned_round_and_a_loss_are_read_as_such(
    premise: str, text: str, verdict: str | None
) -> None:
    assert denies(premise, text) == verdict


def test_an_exception_denies_what_holds_always() -> None:
    rule = "T cells always reach senescence with short telomeres."
    exception = "Senescent cells had longer telomeres than others."
    assert excepted("senescent T cells always have short telomeres", [rule, exception]) == 1
    assert excepted("senescent T cells always have short telomeres", [rule]) is None
    # Cells that are kept from senescence say nothing on senescent ones.
    kept = "Cells with longer telomeres are protected from senescence."
    assert excepted("senescent T cells always have short telomeres", [kept]) is None


def test_not_always_is_no_rule() -> None:
    assert absolute("p16 is always a sign")
    assert not absolute("p16 is not always a sign")
    assert not absolute("T cells that cannot divide carry CD57")
