"""Scans, rankings, sensitivities and cohorts: the numbers behind `senescope model`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.kinetics import cohort, designs, scan, sensitivity, simulate


def test_a_range_is_spaced_on_a_log_scale_over_decades() -> None:
    found = scan.parse_range("dose=1e6..1e9:4")
    assert found.values == (1e6, 1e7, 1e8, 1e9) and found.unit == "cells"
    assert scan.parse_range("fM=0.1..0.5:5").values == (0.1, 0.2, 0.3, 0.4, 0.5)
    assert scan.parse_range("kX=0.1,0.2").values == (0.1, 0.2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dose", "no range"),
        ("dose=1e9..1e6", "empty"),
        ("dose=1e6..1e9:1", "points"),
        ("dose=-1..1e6", "unphysical"),
        ("dose=x1..x3", "fold"),
        ("doze=1e6..1e9", "unknown parameter"),
        ("dose=1..nan", "not a number"),
    ],
)
def test_a_bad_range_says_the_fix(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        scan.parse_range(text)


def test_a_scan_of_one_draw_is_the_nominal_runs() -> None:
    base = designs.load("bbz")
    done = scan.scan(base, scan.parse_range("dose=1e7,1e8"), draws=1, days=120.0)
    for value, found in zip(done.range.values, done.bands["Cmax"], strict=True):
        alone = simulate.run(base.with_value("dose", value), 120.0).outcomes["Cmax"]
        assert found.median == pytest.approx(alone, rel=1e-9)


def test_more_dose_never_lowers_the_peak() -> None:
    done = scan.scan(designs.load("28z"), scan.parse_range("dose=1e6..1e9:5"), draws=16, days=60.0)
    medians = [b.median for b in done.bands["Cmax"]]
    assert medians == sorted(medians)


def test_a_ranking_only_calls_a_direction_that_the_draws_agree_on() -> None:
    ranked = scan.rank(
        designs.load("28z"), "exhausted_fraction_d28", names=("c-jun", "tet2", "pd-1"), draws=32, days=60.0
    )
    found = {r.lever: r for r in ranked}
    assert found["c-jun"].direction == "A<B" and found["c-jun"].agreement >= 0.95
    for one in ranked:
        assert (one.direction != "undetermined") == (one.agreement >= 0.95)
        assert set(one.beside) == {"Cmax", "remission_probability"}
    sure = [r.direction != "undetermined" for r in ranked]
    assert sure == sorted(sure, reverse=True)


def test_an_unknown_outcome_is_offered_the_nearest() -> None:
    with pytest.raises(InputError) as error:
        scan.rank(designs.load("bbz"), "Cmaxx")
    assert "'Cmax'" in error.value.hint
    with pytest.raises(InputError, match="unknown outcome"):
        sensitivity.local(designs.load("bbz"), "peak")


def test_local_elasticities_match_a_larger_step() -> None:
    base = designs.load("bbz")
    found = {i.parameter: i.value for i in sensitivity.local(base, "Cmax", days=60.0).indices}
    for name in ("rho", "dE", "eng"):
        value = base.value(name)
        up, down = (
            simulate.run(base.with_value(name, value * f), 60.0).outcomes["Cmax"] for f in (1.04, 1 / 1.04)
        )
        assert found[name] == pytest.approx((math.log(up) - math.log(down)) / (2 * math.log(1.04)), rel=0.1)


def test_sobol_indices_find_the_only_uncertain_quantity() -> None:
    from dataclasses import replace

    base = designs.load("bbz")
    fixed = {
        name: p if name == "rho" else replace(p, base_low=p.base, base_high=p.base, low=p.value, high=p.value)
        for name, p in base.parameters.items()
    }
    done = sensitivity.sobol(replace(base, parameters=fixed), "Cmax", days=40.0, n=64)
    assert [i.key for i in done.indices] == ["bbz.rho"]
    assert done.indices[0].total == pytest.approx(1.0, abs=0.1)
    assert done.runs == 64 * 4


def test_a_cohort_meets_the_same_patients_under_both_designs() -> None:
    done = cohort.run(designs.load("bbz"), designs.load("28z"), n=64, days=365.0)
    assert np.array_equal(done.arms[0].h0, done.arms[1].h0)
    same = cohort.run(designs.load("bbz"), designs.load("bbz"), n=64, days=365.0)
    assert np.array_equal(same.arms[0].progression, same.arms[1].progression)


def test_the_relapse_free_share_begins_at_one_and_never_rises() -> None:
    done = cohort.run(designs.load("28z"), n=128, days=365.0)
    free = done.arms[0].free(done.grid())
    assert free[0] == 1.0 and np.all(np.diff(free) <= 0.0)


def test_a_cohort_in_blocks_follows_every_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort, "BLOCK", 50)
    done = cohort.run(designs.load("bbz"), n=120, days=200.0)
    assert len(done.arms[0].progression) + done.arms[0].failed == 120


@pytest.mark.parametrize("n", [0, -1, 10**9])
def test_an_impossible_number_of_patients_is_refused(n: int) -> None:
    with pytest.raises(InputError, match="patients"):
        cohort.run(designs.load("bbz"), n=n)


def test_wilson_intervals_hold_the_share_and_stay_within_zero_and_one() -> None:
    for share, n in ((0.0, 10), (0.5, 4), (1.0, 1000)):
        low, high = cohort.wilson(share, n)
        assert 0.0 <= low <= share <= high <= 1.0
    assert cohort.wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
