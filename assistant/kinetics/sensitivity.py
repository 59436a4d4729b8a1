"""What an outcome depends on: local elasticities, and Sobol indices over the parameter ranges.

Local: the relative change of an outcome per relative change of a parameter, by central differences at
the nominal set; it says what matters near that set. Global: Sobol indices (Saltelli's estimator from
scipy.stats) over the same distributions that the ensembles draw from; it says which uncertainty is
behind the band. Times that never come are held at the horizon, so that an index exists.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import draws as drawing
from assistant.kinetics import ensemble, outcomes
from assistant.kinetics.designs import Design, shares_to_one
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.events import schedule
from assistant.kinetics.parameters import meanings, nearest
from assistant.kinetics.simulate import Tolerances

STEP = 0.02
"""Relative step of the central differences: large against the tolerance, small against the ranges."""
TIGHT = Tolerances(rtol=1e-9, atol=1e-6)


@dataclass(frozen=True, slots=True)
class Index:
    """How much one quantity matters for one outcome."""

    parameter: str
    key: str
    """Uncertain quantity, e.g. "bbz.rho" or "c-jun.kX"; the parameter itself for a local index."""
    value: float
    """Elasticity, or first-order Sobol index."""
    total: float
    """Total Sobol index; NaN for a local one."""

    def to_json(self) -> dict[str, Any]:
        """For `model sensitivity --json`."""
        meaning = meanings()[self.parameter]
        return {
            "parameter": self.parameter,
            "key": self.key,
            "meaning": meaning.text,
            "unit": meaning.unit,
            "value": _finite(self.value),
            "total": _finite(self.total),
        }


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Indices of one outcome, largest first."""

    design: Design
    outcome: str
    method: str
    indices: tuple[Index, ...]
    runs: int

    def to_json(self) -> dict[str, Any]:
        """For `model sensitivity --json`."""
        return {
            "version": 1,
            "kind": "sensitivity",
            "design": self.design.id,
            "outcome": self.outcome,
            "method": self.method,
            "runs": self.runs,
            "indices": [i.to_json() for i in self.indices],
        }


def _finite(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def known_outcome(name: str) -> str:
    """`name` when it is an outcome; else InputError with the nearest one."""
    names = tuple(d.name for d in outcomes.DEFINITIONS)
    if name in names:
        return name
    near = nearest(name, names)
    raise InputError(
        f"unknown outcome {name!r}",
        hint=(f"did you mean {near!r}? " if near else "") + "outcomes: " + ", ".join(names),
    )


def local(design: Design, outcome: str, *, days: float = 365.0) -> Sensitivity:
    """Elasticities at the nominal set; parameters at zero are left out, for they have no relative step."""
    known_outcome(outcome)
    base = design.vector()
    moved = [i for i, n in enumerate(PARAMETERS) if base[i] != 0.0 and meanings()[n].kind != "control"]
    rows = np.repeat(base[None, :], 2 * len(moved), axis=0)
    for k, i in enumerate(moved):
        meaning = meanings()[PARAMETERS[i]]
        rows[2 * k, i] = min(base[i] * (1.0 + STEP), meaning.maximum)
        rows[2 * k + 1, i] = max(base[i] * (1.0 - STEP), meaning.minimum)
    steps = rows.copy()
    values = _run(design, shares_to_one(rows), outcome, days)
    middle = _run(design, base[None, :], outcome, days)[0]
    found = []
    for k, i in enumerate(moved):
        up, down = values[2 * k], values[2 * k + 1]
        step = (steps[2 * k, i] - steps[2 * k + 1, i]) / base[i]
        slope = (up - down) / (middle * step) if middle and step else math.nan
        found.append(Index(PARAMETERS[i], PARAMETERS[i], slope, math.nan))
    found.sort(key=lambda x: -abs(x.value) if math.isfinite(x.value) else math.inf)
    return Sensitivity(design, outcome, "local elasticity", tuple(found), len(rows) + 1)


def sobol(
    design: Design,
    outcome: str,
    *,
    days: float = 365.0,
    n: int = 256,
    seed: int = 1,
    threads: int | None = None,
) -> Sensitivity:
    """First-order and total Sobol indices over the ranges.

    Arguments:
        n: base sample, a power of two; the model runs n x (quantities + 2) times.
    """
    from scipy.special import ndtri
    from scipy.stats import sobol_indices, uniform

    known_outcome(outcome)
    if n < 2 or n & (n - 1):
        raise InputError(f"a base sample of {n} is no power of two.", hint="Use 128, 256, 512 ...")
    keys = drawing.keys((design,))
    if not keys:
        raise InputError(
            f"design {design.id!r} has nothing uncertain in it.", hint="Give ranges in the design."
        )
    size = max(2, len(keys))  # SciPy cannot do one dimension: an idle second one costs a few runs
    runs = 0

    def evaluate(unit: Vector) -> Vector:
        nonlocal runs
        columns: Vector = ndtri(np.clip(unit, 1e-6, 1.0 - 1e-6))
        table: Mapping[str, Vector] = {key: columns[i] for i, key in enumerate(keys)}
        rows = drawing.matrix(design, table, unit.shape[1])
        runs += len(rows)
        return _run(design, rows, outcome, days, threads)[None, :]

    flat: Any = uniform()  # the stubs know only the newer distribution classes
    result: Any = sobol_indices(func=evaluate, n=n, dists=[flat] * size, rng=np.random.default_rng(seed))
    first, total = np.atleast_2d(result.first_order)[0], np.atleast_2d(result.total_order)[0]
    found = [
        Index(key.rpartition(".")[2], key, float(first[i]), float(total[i])) for i, key in enumerate(keys)
    ]
    found.sort(key=lambda x: -x.total if math.isfinite(x.total) else math.inf)
    return Sensitivity(design, outcome, f"Sobol indices, n = {n}", tuple(found), runs)


def _run(design: Design, rows: Vector, outcome: str, days: float, threads: int | None = None) -> Vector:
    """The outcome of each row; "never" counts as the horizon, a failed run as the median of the others."""
    batch = ensemble.run_many(
        rows, schedule(design.events, days), np.empty(0), tolerances=TIGHT, threads=threads, curves=False
    )
    values = np.where(np.isposinf(batch.outcomes[outcome]), days, batch.outcomes[outcome])
    usable = (batch.status == 0) & np.isfinite(values)
    if not usable.any():
        raise InputError(f"outcome {outcome!r} is not defined within {days:g} days.", hint="Use more days.")
    filled: Vector = np.where(usable, values, np.median(values[usable]))
    return filled
