"""The fast path against exact solutions, its own order, SciPy, and its plain-Python self."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.kinetics import designs, ensemble, kernel, stepper
from assistant.kinetics import equations as eq
from assistant.kinetics.designs import FIRST_DOSE, Design
from assistant.kinetics.events import Event, schedule
from assistant.kinetics.simulate import Tolerances, default_grid, run

TIGHT = Tolerances(1e-11, 1e-7)
STILL = {"dM": 0.0, "dE": 0.0, "dX": 0.0, "dS": 0.0, "dP": 0.0, "kX": 0.0, "kI": 0.0, "m": 0.0, "delta": 0.0}


def changed(name: str, **values: float) -> Design:
    design = designs.load(name)
    for parameter, value in values.items():
        design = design.with_value(parameter, value)
    return design


def busy() -> Design:
    """A design with every kind of event."""
    return designs.load("bbz").with_events(
        Event("rest", 5.0, 4.0, every=14.0, until=60.0, share=0.9),
        Event("pulse", 20.0, 3.0, parameter="dS", add=0.5),
        Event("lymphodepletion", 100.0),
        Event("dose", 100.5, cells=1e8),
        Event("induce", 120.0, share=0.3),
        Event("deplete", 300.0, share=0.5),
    )


def test_a_tumour_that_is_not_attacked_follows_the_logistic_law() -> None:
    found = run(changed("bbz", k=0.0), 300.0, tolerances=TIGHT)
    h0, kt, g = 1e11, found.design.value("KT"), found.design.value("g")
    exact = kt / (1.0 + (kt / h0 - 1.0) * np.exp(-g * found.t))
    assert found.states["H"] == pytest.approx(exact, rel=1e-8)


def test_effectors_in_endless_antigen_grow_and_age_exponentially() -> None:
    endless = {"H0": 1e17, "KT": 1e18, "k": 0.0, "g": 0.0, "aH": 1e9, "KC": 1e30, "w0": 1.0, "lam": 0.0}
    ageless = {"a50": 1e9, "kS": 0.0, "fE": 1.0, "fM": 0.0, "fX": 0.0, "fS": 0.0, "fP": 0.0, "B0": 0.0}
    design = changed("bbz", **STILL, **endless, **ageless)
    found = run(design, 5.0, np.linspace(0.0, 5.0, 11), tolerances=TIGHT)
    rho = design.value("rho")
    assert found.states["E"] == pytest.approx(found.states["E"][0] * np.exp(rho * found.t), rel=1e-6)
    burden = found.states["QE"] / found.states["E"]
    assert burden == pytest.approx(design.value("aE0") + 2.0 * rho * found.t, rel=1e-6)


def test_normal_cells_come_back_at_their_turnover() -> None:
    found = run(changed("bbz", dose=0.0, H0=0.0), 300.0, tolerances=TIGHT)
    b0, rate, start = (found.design.value(n) for n in ("B0", "dB", "B_start"))
    assert found.states["B"] == pytest.approx(b0 * (1.0 - (1.0 - start) * np.exp(-rate * found.t)), rel=1e-8)


def test_no_dose_means_no_cells() -> None:
    found = run(changed("28z", dose=0.0), 200.0)
    assert all(np.all(found.states[n] == 0.0) for n in ("M", "E", "X", "S", "P"))
    assert found.outcomes["Cmax"] == 0.0


def test_halving_a_fixed_step_shrinks_the_error_thirty_fold() -> None:
    """Fifth order: the error falls by 2^5 when the step is halved."""
    design, grid = changed("bbz", omega=0.02), np.array([0.0, 6.0])
    exact = run(design, 6.0, grid, tolerances=Tolerances(1e-13, 1e-9)).states["E"][-1]
    errors = [
        abs(run(design, 6.0, grid, tolerances=Tolerances(fixed_step=h)).states["E"][-1] - exact)
        for h in (0.25, 0.125, 0.0625)
    ]
    orders = [math.log2(a / b) for a, b in zip(errors, errors[1:], strict=False)]
    assert all(4.4 < order < 6.5 for order in orders), orders


@pytest.mark.parametrize(
    "design", [designs.load("bbz"), designs.load("28z"), busy()], ids=["bbz", "28z", "events"]
)
def test_the_fast_path_agrees_with_lsoda(design: Design) -> None:
    grid = np.linspace(0.0, 365.0, 150)
    fast = run(design, 365.0, grid, "fast", TIGHT)
    slow = run(design, 365.0, grid, "lsoda", TIGHT)
    assert slow.status == fast.status == "ok"
    for name in eq.STATES:
        # Below one cell a relative difference has no meaning.
        gap = np.abs(fast.states[name] - slow.states[name]) / np.maximum(np.abs(slow.states[name]), 1.0)
        assert gap.max() < 1e-6, name
    assert fast.cleared == pytest.approx(slow.cleared, abs=1e-5)


@pytest.mark.parametrize(
    "design", [designs.load("bbz"), designs.load("28z"), busy()], ids=["bbz", "28z", "events"]
)
def test_outcomes_hardly_move_when_tolerances_tighten_tenfold(design: Design) -> None:
    plain = run(design, 365.0)
    tight = run(design, 365.0, tolerances=Tolerances(1e-7, 1e-4))
    for name, value in tight.outcomes.items():
        assert plain.outcomes[name] == pytest.approx(value, rel=1e-3), name
    levels = plain.outputs["blood_cells_per_uL"], tight.outputs["blood_cells_per_uL"]
    assert levels[0] == pytest.approx(levels[1], rel=1e-3)


def test_the_output_grid_changes_nothing() -> None:
    coarse = run(busy(), 365.0, np.array([0.0, 365.0]))
    fine = run(busy(), 365.0, np.linspace(0.0, 365.0, 3651))
    assert coarse.outcomes == fine.outcomes
    assert coarse.states["E"][-1] == fine.states["E"][-1]


def test_the_peak_is_found_between_grid_points() -> None:
    found = run(designs.load("bbz"), 60.0, np.linspace(0.0, 60.0, 60001))
    level = found.outputs["blood_cells_per_uL"]
    assert found.outcomes["Cmax"] == pytest.approx(level.max(), rel=1e-6)
    assert found.outcomes["Tmax"] == pytest.approx(found.t[level.argmax()], abs=2e-2)


def test_exposure_is_the_integral_of_the_curve() -> None:
    found = run(designs.load("28z"), 28.0, np.linspace(0.0, 28.0, 5601), tolerances=TIGHT)
    area = np.trapezoid(found.outputs["blood_cells_per_uL"], found.t)
    assert found.outcomes["AUC0-28d"] == pytest.approx(float(area), rel=1e-5)


def test_the_compiled_loop_computes_what_the_plain_one_says() -> None:
    plan, grid = (
        schedule((FIRST_DOSE, Event("induce", 3.0, share=0.2)), 10.0),
        np.array([0.0, 2.5, 7.0, 10.0]),
    )
    p = designs.load("28z").vector()
    control = Tolerances().vector()
    scratch = np.zeros((stepper.N_SCRATCH, eq.N_VECTOR))
    results = []
    for many, extra in ((stepper.integrate_many, (scratch,)), (kernel.load(), ())):
        out, acc, status = np.zeros((1, 4, eq.N_STATES)), np.zeros((1, stepper.N_ACC)), np.zeros(1)
        where = (plan.factor, plan.offset, plan.bounds, plan.jumps)
        many(p[None, :], *where, grid, out, acc, control, status, *extra)
        results.append((out, acc, status))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-9)
    assert results[0][1] == pytest.approx(results[1][1], rel=1e-9)


def test_too_few_steps_is_a_status_with_advice_and_not_an_exception() -> None:
    found = run(designs.load("bbz"), 365.0, tolerances=Tolerances(max_steps=20))
    assert found.status == "failed"
    assert "max_steps" in found.advice
    assert np.isnan(found.states["E"][-1])


def test_a_rate_without_measure_fails_with_advice() -> None:
    found = run(changed("bbz", rho=1e9, KC=1e30), 60.0, tolerances=Tolerances(max_steps=5000))
    assert found.status == "failed"
    assert found.advice in ensemble.ADVICE.values()


@pytest.mark.parametrize("days", [1.0, 28.0, 365.0])
def test_the_default_grid_covers_the_run(days: float) -> None:
    grid = default_grid(days)
    assert grid[0] == 0.0
    assert grid[-1] == days
    assert np.all(np.diff(grid) > 0.0)
