"""Many runs: independent of threads and blocks, linear, and able to fail alone."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.kinetics import designs, ensemble, population
from assistant.kinetics.designs import FIRST_DOSE
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.events import schedule

PLAN = schedule((FIRST_DOSE,), 90.0)


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    p = population.sample(designs.load("bbz"), 150, 3)
    one = ensemble.run_many(p, PLAN, np.array([0.0, 30.0]), threads=1)
    two = ensemble.run_many(p, PLAN, np.array([0.0, 30.0]), threads=2)
    assert np.array_equal(one.states, two.states)
    assert np.array_equal(one.acc, two.acc)


def test_a_patient_is_the_same_alone_and_in_a_crowd() -> None:
    p = population.sample(designs.load("28z"), 70, 3)
    crowd = ensemble.run_many(p, PLAN, np.array([30.0]))
    alone = ensemble.run_many(p[66:67], PLAN, np.array([30.0]))
    assert np.array_equal(crowd.states[66], alone.states[0])


def test_one_failure_does_not_touch_the_others() -> None:
    p = np.repeat(designs.load("bbz").vector()[None, :], 3, axis=0)
    p[1, PARAMETERS.index("rho")] = 1e9
    p[1, PARAMETERS.index("KC")] = 1e30
    found = ensemble.run_many(p, PLAN, np.array([30.0]), tolerances=ensemble.Tolerances(max_steps=3000))
    assert found.failed == 1
    assert found.status[1] != 0
    assert np.isfinite(found.states[[0, 2]]).all()
    assert "1 of 3 runs failed" in found.advice()[0]


def test_without_curves_the_outcomes_are_the_same() -> None:
    p = population.sample(designs.load("bbz"), 20, 1)
    full = ensemble.run_many(p, PLAN, np.linspace(0.0, 90.0, 50))
    bare = ensemble.run_many(p, PLAN, np.empty(0), curves=False)
    assert bare.states.size == 0
    for name, values in full.outcomes.items():
        assert np.array_equal(values, bare.outcomes[name], equal_nan=True), name


@pytest.mark.parametrize("grid", [[1.0, 1.0], [-1.0, 2.0], [0.0, 91.0], [5.0, 4.0]])
def test_a_grid_outside_the_run_is_refused(grid: list[float]) -> None:
    with pytest.raises(InputError, match="grid"):
        ensemble.run_many(designs.load("bbz").vector()[None, :], PLAN, np.array(grid))


@pytest.mark.parametrize(("rtol", "atol"), [(0.0, 1e-3), (1.0, 1e-3), (1e-6, 0.0), (float("nan"), 1e-3)])
def test_tolerances_without_sense_are_refused(rtol: float, atol: float) -> None:
    with pytest.raises(InputError, match="tolerances"):
        ensemble.Tolerances(rtol, atol)


def test_patients_differ_where_the_population_says_so_and_nowhere_else() -> None:
    p = population.sample(designs.load("bbz"), 256, 1)
    varied = {n for i, n in enumerate(PARAMETERS) if np.ptp(p[:, i]) > 1e-12 * abs(p[0, i])}
    assert varied == {*population.SPREAD, "L0_share"}
    spread = np.log(p[:, PARAMETERS.index("H0")]).std()
    assert spread == pytest.approx(population.SPREAD["H0"][0], rel=0.1)


def test_bulky_patients_fare_worse() -> None:
    found = population.run(designs.load("28z"), 256, 400.0)
    bulky = found.h0 > np.median(found.h0)
    assert found.free_at(365.0, bulky) < found.free_at(365.0, ~bulky)
    assert 0.0 <= found.complete_rate(1e9) <= found.response_rate() + 1e-9 <= 100.0 + 1e-9
