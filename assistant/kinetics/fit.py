"""Calibration as code: least squares on logarithms with log-normal priors, and what it cannot tell.

The prior of a fitted parameter is its plausible range in parameters.toml read as a central 95 %
interval, centred on `PRIORS`. The result is a maximum a posteriori set with a Laplace (Gauss-Newton)
covariance: `posterior.json` keeps it, and the ensembles draw from it, correlated. A parameter whose
posterior spread is close to its prior spread was not informed by the data, and is reported so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.kinetics import culture, ensemble, outcomes, targets
from assistant.kinetics.designs import FIRST_DOSE, shares_to_one
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.events import schedule
from assistant.kinetics.parameters import Parameter, column

PRIORS: dict[str, float] = {
    "common.Ks": 1.3e9,
    "common.delta": 0.4,
    "common.KF": 1e8,
    "common.th": 0.08,
    "common.B0": 4e9,
    "common.eng": 0.03,
    "common.dS": 0.05,
    "common.dP": 0.0028,
    "common.kP": 0.03,
    "bbz.rho": 1.64,
    "bbz.f": 0.44,
    "bbz.m": 0.003,
    "bbz.dM": 0.004,
    "bbz.dE": 0.16,
    "bbz.kX": 0.07,
    "bbz.dX": 0.1,
    "bbz.a50": 40.0,
    "bbz.zP": 0.3,
    "28z.rho": 2.2,
    "28z.f": 0.40,
    "28z.m": 0.003,
    "28z.dM": 0.01,
    "28z.dE": 0.2,
    "28z.kX": 0.5,
    "28z.dX": 0.1,
    "28z.a50": 48.0,
    "28z.zP": 0.1,
}
"""Free parameters and the centres of their priors."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What a calibration gives."""

    keys: tuple[str, ...]
    values: Vector
    covariance: Vector
    """Of the logarithms, posterior."""
    prior_sd: Vector
    residuals: Mapping[str, float]
    """Per target, in standard deviations."""
    fitted: Mapping[str, float]
    """Per target, the value of the model."""
    cost: float
    evaluations: int

    @property
    def posterior_sd(self) -> Vector:
        """Standard deviations of the logarithms."""
        return np.sqrt(np.diag(self.covariance))

    def identifiability(self) -> dict[str, dict[str, float | str]]:
        """Per parameter: how far the data narrowed the prior, and a word for it."""
        out: dict[str, dict[str, float | str]] = {}
        for key, sd, prior in zip(self.keys, self.posterior_sd, self.prior_sd, strict=True):
            left = float(sd / prior)
            word = "informed" if left < 0.5 else "weakly informed" if left < 0.8 else "not informed"
            out[key] = {
                "posterior_sd_log": float(sd),
                "prior_sd_log": float(prior),
                "left": left,
                "verdict": word,
            }
        return out

    def to_json(self) -> dict[str, Any]:
        """What posterior.json holds."""
        sd = self.posterior_sd
        return {
            "keys": list(self.keys),
            "values": [float(f"{v:.6g}") for v in self.values],
            "sd_log": [round(float(s), 6) for s in sd],
            "prior_sd_log": [round(float(s), 6) for s in self.prior_sd],
            "correlation": [[round(float(x), 5) for x in row] for row in self.covariance / np.outer(sd, sd)],
        }


def parameter_of(key: str) -> Parameter:
    """The shipped parameter behind a key such as "bbz.rho"."""
    where, name = key.split(".")
    return column("bbz" if where == "common" else where)[name]


def prior_sd(key: str) -> float:
    """Half the logarithm of the plausible range over 1.96."""
    parameter = parameter_of(key)
    low = max(parameter.low, parameter.high * 1e-3)
    return float(np.log(parameter.high / low) / (2.0 * 1.96))


def rows(keys: Sequence[str], sets: Vector) -> Vector:
    """Parameter vectors: every scenario for every set of values, set by set."""
    scenarios = list(targets.SCENARIOS.values())
    base = {c: np.array([column(c)[n].value for n in PARAMETERS]) for c in ("bbz", "28z")}
    p = np.empty((len(sets), len(scenarios), len(PARAMETERS)))
    for j, scenario in enumerate(scenarios):
        p[:, j] = base[scenario.column]
        for i, key in enumerate(keys):
            where, name = key.split(".")
            if where in ("common", scenario.column):
                p[:, j, PARAMETERS.index(name)] = sets[:, i]
        for name, value in scenario.overrides.items():
            p[:, j, PARAMETERS.index(name)] = value
    return shares_to_one(p.reshape(-1, len(PARAMETERS)))


def observe(keys: Sequence[str], sets: Vector) -> list[targets.Observed]:
    """Run all scenarios for every set of values."""
    p = rows(keys, sets)
    plan = schedule((FIRST_DOSE,), targets.HORIZON)
    batch = ensemble.run_many(p, plan, targets.GRID, tolerances=ensemble.Tolerances(1e-8, 1e-3))
    blood = outcomes.derived(batch.states, batch.p)["blood_cells_per_uL"]
    wells = culture.states(
        p, culture.events(targets.WELL_CYCLES), np.array([0.0, targets.WELL_CYCLES * 7.0])
    )[:, -1]
    names, n = list(targets.SCENARIOS), len(targets.SCENARIOS)
    return [
        targets.Observed(
            {s: {k: float(v[i * n + j]) for k, v in batch.outcomes.items()} for j, s in enumerate(names)},
            {s: blood[i * n + j] for j, s in enumerate(names)},
            {c: wells[i * n + names.index(s)] for c, s in (("bbz", "tisa"), ("28z", "axi"))},
        )
        for i in range(len(sets))
    ]


def residuals(keys: Sequence[str], logs: Vector, centre: Vector, sd: Vector) -> Vector:
    """Targets and priors in standard deviations, one row per row of `logs`."""
    seen = observe(keys, np.exp(logs))
    data = np.array([[t.residual(o) for t in targets.TARGETS] for o in seen])
    return np.hstack((np.nan_to_num(data, nan=20.0), (logs - centre) / sd))


def robust_cost(row: Vector) -> float:
    """What the optimiser minimises: half the soft-L1 sum, so that one missed target does not rule."""
    return float(np.sum(np.sqrt(1.0 + row**2) - 1.0))


def fit(max_evaluations: int = 60) -> Fit:
    """Find the shipped values again from the priors; takes a minute or two on one core.

    Arguments:
        max_evaluations: of the residuals by the optimiser (each with one Jacobian).
    """
    from scipy.optimize import least_squares

    keys = tuple(PRIORS)
    centre = np.log(np.array([PRIORS[k] for k in keys]))
    sd = np.array([prior_sd(k) for k in keys])
    ranges = [parameter_of(k) for k in keys]
    low = np.log([max(p.low, p.high * 1e-4) for p in ranges])
    high = np.log([p.high for p in ranges])
    step = 1e-4

    def value(x: Vector) -> Vector:
        row: Vector = residuals(keys, x[None, :], centre, sd)[0]
        return row

    def jacobian(x: Vector) -> Vector:
        moved = np.vstack((x + step * np.eye(len(x)), x - step * np.eye(len(x))))
        r = residuals(keys, moved, centre, sd)
        slopes: Vector = ((r[: len(x)] - r[len(x) :]) / (2.0 * step)).T
        return slopes

    start = np.clip(centre, low + 1e-6, high - 1e-6)
    best = least_squares(
        value, start, jac=jacobian, bounds=(low, high), max_nfev=max_evaluations, loss="soft_l1", x_scale=sd
    )
    slopes = jacobian(best.x)
    seen = observe(keys, np.exp(best.x)[None, :])[0]
    return Fit(
        keys=keys,
        values=np.exp(best.x),
        covariance=np.asarray(np.linalg.inv(slopes.T @ slopes), dtype=float),
        prior_sd=sd,
        residuals={t.name: t.residual(seen) for t in targets.TARGETS},
        fitted={t.name: t.read(seen) for t in targets.TARGETS},
        cost=float(best.cost),
        evaluations=int(best.nfev),
    )


def write(result: Fit, folder: Path) -> None:
    """Put fitted values into parameters.toml of `folder` and the posterior beside it."""
    import tomlkit

    path = folder / "parameters.toml"
    document: Any = tomlkit.parse(path.read_text("utf-8"))
    for key, value in zip(result.keys, result.values, strict=True):
        where, name = key.split(".")
        document[where][name]["value"] = float(f"{value:.4g}")
    path.write_text(tomlkit.dumps(document), "utf-8")
    (folder / "posterior.json").write_text(json.dumps(result.to_json(), indent=1) + "\n", "utf-8")
