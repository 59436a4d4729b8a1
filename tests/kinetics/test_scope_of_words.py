"""What words reach: negations, shared verbs, arms and their own changes, and what stops a run."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.kinetics.wording import NotUnderstood, Understood, parse


def changed(text: str) -> list[tuple[str, str, str, Any]]:
    found = parse(text)
    assert isinstance(found, Understood), found
    return [(c.side, c.kind, c.target, c.amount) for c in found.changes]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("4-1BB vs CD28 fivefold", "'fivefold' belongs to nothing"),
        ("4-1BB at 500 molecules per cell and 1000 molecules per cell", "contradicts another value"),
        ("senolytic for 3 days for 5 days in 28z", "'5 days' is a time"),
        ("rest 28z cells longer", "'longer'"),
        ("undo the TET2 knockout in 28z", "'undo' may turn round"),
        ("axi-cel 1e6-1e8 cells and TET2 loss", "is a range"),
        ("c-Jun vs FOXO1 vs TET2 loss in 28z", "3 arms"),
        ("half of the cells express c-Jun in 28z", "'half of the'"),
        ("dasatinib Monday to Wednesday in 28z", "'Monday' is a time"),
        ("senolytic one week after the peak in 28z", "'one week after'"),
        ("bbz, but it exhausts like 28z", "'like' is not understood"),
    ],
)
def test_nothing_runs_where_what_was_left_out_could_change_the_rest(text: str, named: str) -> None:
    found = parse(text)
    assert isinstance(found, NotUnderstood) and named in found.reason


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("don't give lymphodepletion to axi-cel", [("A", "layer", "no-lymphodepletion", None)]),
        ("28z cells that never exhaust", [("A", "set", "kX", 0.0)]),
        ("28z cells that do not express PD-1", [("A", "layer", "pd-1", None)]),
        ("28z with FOXO1 but without PD-1", [("A", "layer", "foxo1", None), ("A", "layer", "pd-1", None)]),
        ("neither rest nor c-Jun, just TET2 loss in 28z", [("A", "layer", "tet2", None)]),
        ("don't change the exhaustion rate, double the dose, 28z", [("A", "times", "dose", 2.0)]),
        ("what if senescent cells never kill in bbz", [("A", "set", "eS", 0.0)]),
        ("memory cells divide twice as fast in bbz", [("A", "times", "rM", 2.0)]),
    ],
)
def test_a_negation_acts_on_what_it_stands_by(text: str, changes: list[object]) -> None:
    assert changed(text) == changes


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("reduce senescence by 40 % and exhaustion by 20 % in 28z", {"kS": 0.6, "kI": 0.6, "kX": 0.8}),
        ("lower dose and burden tenfold in bbz", {"dose": 0.1, "H0": 0.1}),
        ("halve the dose and the tumour burden in bbz", {"dose": 0.5, "H0": 0.5}),
        ("cut antigen fivefold and double the dose in bbz", {"aH": 0.2, "dose": 2.0}),
    ],
)
def test_one_verb_may_stand_for_two_changes(text: str, changes: dict[str, float]) -> None:
    assert {target: amount for _, _, target, amount in changed(text)} == pytest.approx(changes)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("28z between 1e7 and 1e8 cells", [("A", "set", "dose", 1e7), ("B", "set", "dose", 1e8)]),
        (
            "what if the dose is 1e8 in 28z and 1e7 in bbz?",
            [("A", "set", "dose", 1e8), ("B", "set", "dose", 1e7)],
        ),
        (
            "tisa-cel in MRD vs tisa-cel in bulky disease",
            [("A", "layer", "low-burden", None), ("B", "layer", "high-burden", None)],
        ),
        ("half as many antigens for 28z only, bbz stays as is", [("A", "times", "aH", 0.5)]),
        (
            "give liso-cel at 1e7 cells with a booster",
            [("A", "set", "dose", 1e7), ("A", "layer", "second-infusion", None)],
        ),
        ("10 % of tumour cells in 28z with low antigen", [("A", "set", "L0_share", 0.1)]),
    ],
)
def test_each_arm_gets_what_was_said_of_it(text: str, changes: list[object]) -> None:
    assert changed(text) == changes


def test_what_is_both_given_and_absent_runs_nothing() -> None:
    found = parse("28z with weekly rest, without rest")
    assert isinstance(found, NotUnderstood) and "both asked for and said to be absent" in found.reason


def test_against_a_target_is_no_comparison() -> None:
    assert ("A", "set", "aH", 300.0) in changed("28z against blasts with 300 molecules per cell")
    found = parse("axi-cel against tisa-cel in lymphoma")
    assert isinstance(found, Understood) and found.design_b == "tisa-cel-like"


def test_two_lengths_share_what_they_are_lengths_of() -> None:
    found = parse("3-day versus 5-day dasatinib rest every two weeks in 28z")
    assert isinstance(found, Understood)
    assert [(c.side, c.events[-1].duration, c.events[-1].every) for c in found.changes] == [
        ("A", 3.0, 14.0),
        ("B", 5.0, 14.0),
    ]


def test_a_period_and_a_window_are_a_schedule_with_an_end() -> None:
    found = parse("senolytic every two weeks from day 20 to day 120 in 28z")
    assert isinstance(found, Understood)
    event = found.changes[0].events[-1]
    assert (event.time, event.every, event.until, event.duration) == (20.0, 14.0, 120.0, 3.0)
    antibody = parse("pembro every three weeks from day 20 to day 100 in axi-cel")
    assert isinstance(antibody, Understood) and any("without a gap" in a for a in antibody.assumed)
    event = antibody.changes[0].events[-1]
    assert (event.time, event.duration, event.every) == (20.0, 80.0, 0.0)


def test_cells_per_kg_take_the_weight_that_is_told() -> None:
    assert changed("2e6 cells/kg in a 20 kg child, axi-cel") == [("A", "set", "dose", 4e7)]
    assert isinstance(parse("28z in a 20 kg child"), NotUnderstood)


def test_a_bare_number_of_a_product_is_a_dose_and_told() -> None:
    found = parse("bbz at 1e8 against 28z at 3e7")
    assert isinstance(found, Understood) and any("'1e8' read as infused dose" in a for a in found.assumed)
    assert isinstance(parse("28z at 5e10"), NotUnderstood)


def test_a_number_beats_a_level_and_two_words_on_one_value_run_nothing() -> None:
    for text in ("low antigen, 500 molecules per cell, bbz", "500 molecules per cell, low antigen, bbz"):
        found = parse(text)
        assert isinstance(found, Understood) and changed(text) == [("A", "set", "aH", 500.0)]
        assert any("told by a number as well" in a for a in found.assumed)
    for text in (
        "28z at high tumour burden, at low burden",
        "high affinity and low affinity in 28z",
        "tisa-cel dose 2e7 instead of 2e8, at 1e6",
        "28z at 1e7 cells, at twice the dose",
    ):
        found = parse(text)
        assert isinstance(found, NotUnderstood) and "contradicts" in found.reason, text
    assert isinstance(parse("28z at high tumour burden, 5e11 cells"), NotUnderstood)


def test_a_denied_edit_goes_to_no_arm() -> None:
    assert changed("knock out TET2 but not DNMT3A in BBz") == [("A", "layer", "tet2", None)]
    other = parse("c-Jun in 28z but not in bbz")
    assert isinstance(other, Understood) and other.design_b == "bbz"


def test_the_length_of_a_culture_is_not_that_of_the_run() -> None:
    found = parse("elderly donor and two-week expansion, axi-cel")
    assert isinstance(found, Understood) and found.days is None
    assert [c.target for c in found.changes] == ["older-donor", "long-culture"]
    given = parse("nivolumab on day 10 for 30 days after tisa-cel")
    assert isinstance(given, Understood) and given.days is None
    assert given.changes[0].events[-1].duration == 30.0


def test_two_products_at_once_are_no_comparison() -> None:
    found = parse("infuse 1e8 cells of axi-cel and tisa-cel together")
    assert isinstance(found, NotUnderstood) and "mixture" in found.reason


def test_a_product_between_cells_and_what_they_do_is_read() -> None:
    assert changed("what if memory cells in tisa-cel live twice as long") == [("A", "times", "dM", 0.5)]


def test_what_follows_a_design_that_is_named_again_is_its_own() -> None:
    assert changed("tisa-cel vs axi-cel, but tisa-cel at half its dose") == [("A", "times", "dose", 0.5)]


def test_a_bound_is_a_value_and_no_fall() -> None:
    assert changed("a product with less than 5% senescent cells, 28z") == [("A", "set", "fS", 0.05)]
    assert changed("5% less antigen in 28z") == [("A", "times", "aH", 0.95)]


def test_something_unknown_that_is_added_is_no_comparison_of_designs() -> None:
    assert isinstance(parse("bbz plus love"), NotUnderstood)


def test_a_schedule_does_not_hang_on_an_event() -> None:
    found = parse("rest 28z cells for a week once the tumour is cleared")
    assert isinstance(found, NotUnderstood) and "told in days" in found.reason


def test_a_share_is_set_to_a_percentage_whatever_the_verb() -> None:
    assert changed("raise the memory share to 50 % in 28z") == [("A", "set", "fM", 0.5)]
    assert changed("cut the dose to 25% in liso-cel") == [("A", "times", "dose", 0.25)]
    found = parse("raise the dose to 50 % in 28z")
    assert isinstance(found, NotUnderstood) and "the other way" in found.reason


def test_what_stays_is_not_lost() -> None:
    assert changed("TET2 stays, DNMT3A goes, in 28z") == [("A", "layer", "dnmt3a", None)]
