"""Extinction is a chance: the branching process against its closed form and against dice."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.kinetics import designs, stepper
from assistant.kinetics.designs import Design
from assistant.kinetics.simulate import run


def attacked(kill: float, h0: float, g: float = 0.02, turnover: float = 0.05, **more: float) -> Design:
    """A tumour under constant killing: immortal killers far beyond half saturation."""
    still = {"dM": 0.0, "dE": 0.0, "dX": 0.0, "dS": 0.0, "dP": 0.0, "kX": 0.0, "kI": 0.0, "m": 0.0}
    off = {"rho": 0.0, "delta": 0.0, "rM": 0.0, "B0": 0.0, "th": 0.0, "KF": 1.0, "KT": 1e30, "aH": 1e9}
    patient = {"k": kill, "H0": h0, "g": g, "dT": turnover, "fE": 1.0, "fM": 0.0, "dose": 1e9}
    design = designs.load("bbz")
    for name, value in {**still, **off, **patient, **more}.items():
        design = design.with_value(name, value)
    return design


def closed_form(kill: float, h0: float, g: float, turnover: float, days: float) -> float:
    """Birth-death process with constant rates: chance that all `h0` lines are gone."""
    born, die = g + turnover, turnover + kill
    decay = math.exp((born - die) * days)
    one = die * (1.0 - decay) / (die - born * decay)
    return float(one**h0)


@pytest.mark.parametrize(("kill", "days"), [(0.2, 100.0), (0.2, 118.0), (0.2, 130.0), (0.5, 45.0)])
def test_the_chance_of_cure_follows_the_closed_form(kill: float, days: float) -> None:
    found = run(attacked(kill, 1e9), days)
    exact = closed_form(kill, 1e9, 0.02, 0.05, days)
    assert found.outcomes["remission_probability"] == pytest.approx(exact, abs=0.02)


def test_the_chance_agrees_with_simulated_dice() -> None:
    rng = np.random.default_rng(7)
    kill, n, days, runs, step = 0.25, 40, 12.0, 4000, 0.01
    alive = np.full(runs, n)
    for _ in range(int(days / step)):
        alive = alive + rng.binomial(alive, 0.07 * step) - rng.binomial(alive, (0.05 + kill) * step)
    found = run(attacked(kill, float(n), g=0.02), days)
    # With few lines exp(-1/K) is itself an approximation, good to a few percent.
    assert found.outcomes["remission_probability"] == pytest.approx(float((alive <= 0).mean()), abs=0.05)


def test_a_tumour_below_one_cell_is_gone_and_not_a_fraction() -> None:
    found = run(designs.load("bbz"), 365.0)
    assert found.cleared is not None
    after = found.t > found.cleared
    assert np.all(found.states["H"][after] == 0.0)
    assert found.outcomes["tumour_nadir"] == 0.0
    assert found.states["H"][~after].min() >= 1.0 - 1e-6


def test_a_shallow_nadir_is_no_remission() -> None:
    found = run(designs.load("bbz").with_value("H0", 1e11).with_value("aH", 500.0), 365.0)
    assert found.outcomes["tumour_nadir"] > 1e6
    assert found.outcomes["remission_probability"] < 1e-6


def test_both_clones_must_die_out() -> None:
    sure = run(designs.load("bbz"), 365.0).outcomes["remission_probability"]
    escaping = run(designs.load("bbz").with_value("L0_share", 1e-6), 365.0).outcomes["remission_probability"]
    assert sure > 0.99
    assert escaping < 0.01


def test_no_tumour_is_a_remission_and_no_killing_is_none() -> None:
    assert run(designs.load("bbz").with_value("H0", 0.0), 60.0).outcomes["remission_probability"] == 1.0
    assert run(designs.load("bbz").with_value("k", 0.0), 60.0).outcomes["remission_probability"] < 1e-9


def test_the_integral_of_a_step_is_exact_for_an_exponential() -> None:
    assert stepper.span(1.0, math.e, 1.0) == pytest.approx(math.e - 1.0)
    assert stepper.span(2.0, 2.0, 3.0) == pytest.approx(6.0)
