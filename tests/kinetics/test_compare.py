"""A against B: the contract's JSON, pairing, directions, and measured values beside the band."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from assistant.kinetics import designs, measured
from assistant.kinetics.compare import AGREEMENT, Comparison, band, compare, direction
from assistant.kinetics.equations import PARAMETERS, STATES
from assistant.kinetics.simulate import run

N = 48


@pytest.fixture(scope="module")
def domains() -> Comparison:
    return compare(designs.load("tisa-cel-like"), designs.load("axi-cel-like"), draws=N)


def test_the_json_is_the_contracts(domains: Comparison) -> None:
    found = json.loads(json.dumps(domains.to_json(), allow_nan=False))
    assert (found["version"], found["kind"]) == (1, "whatif")
    assert [d["id"] for d in found["designs"]] == ["A", "B"]
    for design in found["designs"]:
        assert set(design["parameters"]) == set(PARAMETERS)
        for parameter in design["parameters"].values():
            assert {"value", "unit", "low", "high", "status", "source"} <= set(parameter)
    points = len(found["series"]["t"])
    for side in ("A", "B"):
        assert set(STATES) <= set(found["series"][side])
        for curve in found["series"][side].values():
            assert {len(curve[part]) for part in ("median", "low", "high")} == {points}
    for row in found["outcomes"]:
        assert row["direction"] in ("A>B", "A<B", "undetermined")
        for side in ("A", "B", "difference"):
            assert set(row[side]) == {"median", "low", "high"}
    for change in found["changes"]:
        assert {"parameter", "from", "to", "unit", "because"} <= set(change)
    assert {"id", "seed", "draws", "rtol", "atol", "solver", "seconds"} <= set(found["run"])


def test_bands_enclose_their_median(domains: Comparison) -> None:
    for row in domains.outcomes:
        for b in (row.a, row.b):
            assert b.low <= b.median <= b.high or math.isnan(b.median), row.name
    curve = domains.series["A"]["blood_cells_per_uL"]
    assert np.all(curve["low"] <= curve["median"] + 1e-12)
    assert np.all(curve["median"] <= curve["high"] + 1e-12)


def test_a_design_against_itself_differs_in_nothing() -> None:
    found = compare(designs.load("bbz"), designs.load("bbz"), draws=N, days=120.0)
    assert found.changes == ()
    for row in found.outcomes:
        assert row.direction == "undetermined", row.name
        assert row.difference.low == row.difference.high == 0.0 or math.isnan(row.difference.low), row.name


def test_swapping_the_designs_turns_every_direction_round(domains: Comparison) -> None:
    swapped = compare(designs.load("axi-cel-like"), designs.load("tisa-cel-like"), draws=N)
    turned = {"A>B": "A<B", "A<B": "A>B", "undetermined": "undetermined"}
    for row in domains.outcomes:
        assert swapped.outcome(row.name).direction == turned[row.direction], row.name


def test_the_same_seed_gives_the_same_answer(domains: Comparison) -> None:
    again = compare(designs.load("tisa-cel-like"), designs.load("axi-cel-like"), draws=N, threads=1)
    one, two = domains.to_json(), again.to_json()
    for part in ("series", "outcomes", "changes", "measured", "warnings"):
        assert one[part] == two[part], part


def test_one_draw_is_the_nominal_run() -> None:
    found = compare(designs.load("bbz"), designs.load("28z"), draws=1)
    nominal = run(designs.load("bbz"))
    for row in found.outcomes:
        assert row.a.low == row.a.median == row.a.high == pytest.approx(nominal.outcomes[row.name]), row.name
    curve = found.series["A"]["E"]
    assert np.array_equal(curve["median"], curve["low"])
    assert curve["median"] == pytest.approx(nominal.states["E"])


@pytest.mark.parametrize(
    ("layer", "outcome", "expected"),
    [
        ("c-jun", "exhausted_fraction_d28", "A<B"),
        ("senolytic", "senescent_fraction_d28", "A<B"),
        ("no-lymphodepletion", "Cmax", "A<B"),
        ("short-culture", "Cmax", "A>B"),
        ("high-burden", "Cmax", "A>B"),
        ("il-15", "Cmax", "A>B"),
        ("third-generation", "senescent_fraction_d28", "undetermined"),
        ("pd-1", "persistence", "undetermined"),
    ],
)
def test_a_direction_is_given_only_where_the_ranges_agree(layer: str, outcome: str, expected: str) -> None:
    found = compare(designs.load(f"bbz+{layer}"), designs.load("bbz"), draws=64, days=120.0)
    assert found.outcome(outcome).direction == expected


def test_cd28_is_the_more_exhausted_design() -> None:
    found = compare(designs.load("bbz"), designs.load("28z"), draws=64, days=60.0)
    assert found.outcome("exhausted_fraction_d14").direction == "A<B"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([2.0] * 20, [1.0] * 20, "A>B"),
        ([1.0] * 20, [2.0] * 20, "A<B"),
        ([2.0] * 19 + [0.5], [1.0] * 20, "A>B"),
        ([2.0] * 18 + [0.5] * 2, [1.0] * 20, "undetermined"),
        ([1.0] * 20, [1.0] * 20, "undetermined"),
        ([2.0] * 11 + [1.0] * 9, [1.0] * 20, "A>B"),
        ([2.0] * 9 + [1.0] * 11, [1.0] * 20, "undetermined"),
        ([2.0] * 11 + [0.5] * 2 + [1.0] * 7, [1.0] * 20, "undetermined"),
        ([math.inf] * 20, [math.inf] * 20, "undetermined"),
        ([math.inf] * 20, [90.0] * 20, "A>B"),
        ([math.nan] * 20, [1.0] * 20, "undetermined"),
        ([1.0 + 1e-9] * 20, [1.0] * 20, "undetermined"),
    ],
)
def test_directions_need_agreement_of_draws(a: list[float], b: list[float], expected: str) -> None:
    assert direction(np.array(a), np.array(b))[0] == expected
    assert AGREEMENT == 0.95


def test_a_band_keeps_never_apart_from_a_number() -> None:
    found = band(np.array([100.0] * 6 + [math.inf] * 4))
    assert (found.median, found.high) == (100.0, math.inf)
    assert found.to_json() == {"median": 100.0, "low": 100.0, "high": None}


def test_changes_say_what_justifies_them() -> None:
    found = compare(
        designs.load("bbz"), designs.load("bbz+c-jun").with_value("dose", 2e8), draws=1, days=30.0
    )
    because = {c.parameter: c.because for c in found.changes}
    assert because["dose"] == "user"
    assert isinstance(because["kX"], dict)
    assert because["kX"]["passage"] == "lynn2019-cjun-exhaustion#F3"


def test_a_failed_run_is_left_out_and_said() -> None:
    found = compare(
        designs.load("bbz"), designs.load("bbz").with_value("rho", 1e9).with_value("KC", 1e30), draws=1
    )
    assert any("design B: 1 of 1 runs failed" in w for w in found.warnings)
    assert found.outcome("Cmax").to_json()["A"]["median"] is None


def test_measured_values_lie_beside_the_band_of_their_product(domains: Comparison) -> None:
    rows = {(m["design"], m["outcome"]): m["verdict"] for m in domains.measured}
    assert rows["B", "blood_cells_per_uL_d7"] == "in range"
    assert all(m["source"]["title"] for m in domains.measured)
    changed = compare(designs.load("axi-cel-like+c-jun"), designs.load("axi-cel-like"), draws=2, days=60.0)
    verdicts = {m["verdict"] for m in changed.measured if m["design"] == "A"}
    assert verdicts == {"not comparable"}, "nobody measured the changed product"


def test_a_record_outside_the_band_is_out_of_range() -> None:
    from assistant.kinetics.clinical import records

    record = next(r for r in records() if r.id == "ck052")
    assert measured.verdict(record, 200.0, 300.0, 400.0) == "out of range"
    assert measured.verdict(record, 20.0, 30.0, 40.0) == "in range"
