"""Calibration: the shipped values are what the code finds, and the targets are what the sources print."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.kinetics import draws, fit, targets
from assistant.kinetics.clinical import records
from assistant.kinetics.parameters import column


def test_the_shipped_values_are_those_of_the_shipped_posterior() -> None:
    shipped = draws.posterior()
    assert list(shipped["keys"]) == list(fit.PRIORS)
    for key, value in zip(shipped["keys"], shipped["values"], strict=True):
        assert fit.parameter_of(key).value == pytest.approx(value, rel=1e-3), key


def test_the_shipped_values_are_a_minimum_of_the_cost() -> None:
    """A Gauss-Newton step from the shipped values must be small: the fit is reproducible."""
    keys = tuple(fit.PRIORS)
    centre = np.log([fit.PRIORS[k] for k in keys])
    sd = np.array([fit.prior_sd(k) for k in keys])
    here = np.log([fit.parameter_of(k).value for k in keys])
    cost = fit.robust_cost(fit.residuals(keys, here[None, :], centre, sd)[0])
    rng = np.random.default_rng(1)
    moved = here + 0.03 * rng.standard_normal((12, len(keys)))
    around = [fit.robust_cost(r) for r in fit.residuals(keys, moved, centre, sd)]
    start = fit.robust_cost(fit.residuals(keys, centre[None, :], centre, sd)[0])
    assert cost < min(around)
    assert cost < 0.4 * start


def test_every_fitted_parameter_is_marked_fitted_and_no_other_is() -> None:
    marked = {p.key for name in ("bbz", "28z") for p in column(name).values() if p.status == "fitted"}
    assert marked == set(fit.PRIORS)


def test_the_targets_name_records_that_exist() -> None:
    known = {r.id for r in records()}
    named = {word.strip("(),.:;") for t in targets.TARGETS for word in t.source.split() if "ck" in word}
    ids = {n for n in named if n.startswith("ck")}
    assert len(ids) >= 10
    assert ids <= known


def test_the_typical_curve_is_the_printed_one() -> None:
    """Table 1 of the source: Cmax 24,000 at day 9.3, then 0.16 and 0.0032 per day."""
    assert targets.stein(9.3) == pytest.approx(1.0)
    late = math.log(targets.stein(400.0) / targets.stein(600.0)) / 200.0
    assert late == pytest.approx(0.0032, rel=1e-3)


def test_a_target_that_is_met_has_no_residual() -> None:
    target = targets.TARGETS[0]
    met = targets.Target(target.name, 2.0, 0.5, lambda _: 2.0, "test")
    off = targets.Target(target.name, 2.0, 0.5, lambda _: 2.0 * math.e, "test")
    nothing = targets.Observed({}, {}, {})
    assert met.residual(nothing) == pytest.approx(0.0)
    assert off.residual(nothing) == pytest.approx(2.0)


def test_the_posterior_is_narrower_than_the_prior_and_a_correlation() -> None:
    shipped = draws.posterior()
    correlation = np.array(shipped["correlation"])
    assert np.all(np.array(shipped["sd_log"]) <= 1.02 * np.array(shipped["prior_sd_log"]))
    assert np.diag(correlation) == pytest.approx(1.0)
    assert np.linalg.eigvalsh(correlation).min() > -1e-4
