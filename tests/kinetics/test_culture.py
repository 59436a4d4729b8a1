"""The culture well and the directions of the study it imitates."""

from __future__ import annotations

import pytest

from assistant.errors import InputError
from assistant.kinetics import culture, designs


def test_4_1bb_cells_become_more_senescent_in_every_cycle() -> None:
    wells = {n: culture.run(designs.load(n)) for n in ("bbz", "28z")}
    for a, b in zip(wells["bbz"][:4], wells["28z"][:4], strict=True):
        assert a.shares["senescent"] > b.shares["senescent"], a.number
    late = [c.shares["senescent"] for c in wells["bbz"]]
    assert late == sorted(late), "senescent cells gather with each cycle"


def test_cd28_cells_are_the_more_exhausted_ones() -> None:
    wells = {n: culture.run(designs.load(n), 1, activation=14.0, rest=0.01)[0] for n in ("bbz", "28z")}
    assert wells["28z"].shares["exhausted"] > 2.0 * wells["bbz"].shares["exhausted"]


def test_expansion_fades_as_divisions_fail() -> None:
    folds = [c.fold for c in culture.run(designs.load("bbz"), 8)]
    assert folds == sorted(folds, reverse=True)
    assert folds[-1] < 0.3 * folds[0]


def test_shares_sum_to_one() -> None:
    for cycle in culture.run(designs.load("28z"), 3):
        assert sum(cycle.shares.values()) == pytest.approx(1.0)


def test_forced_senescence_impairs_4_1bb_and_improves_cd28_cells() -> None:
    plain, forced = culture.forced(designs.load("bbz"))
    assert forced < plain
    plain, forced = culture.forced(designs.load("28z"))
    assert forced > plain


def test_the_direction_of_killing_after_cycles_is_not_claimed() -> None:
    found = culture.compare(designs.load("bbz"), designs.load("28z"), cycles=3, draws=64)
    assert found.directions["exhausted"] == "A<B"
    assert found.directions["killing"] == "undetermined"
    assert found.senescent[0].median > found.senescent[1].median


def test_an_impossible_schedule_is_refused() -> None:
    with pytest.raises(InputError, match="no experiment"):
        culture.events(0)
