"""One run of one design: states, derived curves, outcomes and a status with advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import ensemble, outcomes, reference, stepper
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import STATES, Vector
from assistant.kinetics.events import schedule

Method: TypeAlias = Literal["fast", "lsoda"]
Tolerances = ensemble.Tolerances


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What a run gives back; a failed one has a status and what it reached."""

    design: Design
    t: Vector
    states: Mapping[str, Vector]
    """Curves by the names of the equations, cells in the whole body."""
    outputs: Mapping[str, Vector]
    """Derived curves, see `outcomes.DERIVED`."""
    outcomes: Mapping[str, float]
    """Outcomes by name, see `outcomes.DEFINITIONS`; inf for an event that never came."""
    status: Literal["ok", "failed"]
    advice: str
    cleared: float | None
    """Day on which the tumour fell below one cell."""
    relapse: float | None
    steps: int
    solver: str


def default_grid(days: float) -> Vector:
    """Output days: every half day for four weeks, then wider."""
    if days <= 28.0:
        return np.linspace(0.0, days, 57)
    return np.concatenate((np.linspace(0.0, 28.0, 57), np.linspace(28.0, days, 86)[1:]))


def run(
    design: Design,
    days: float = 365.0,
    grid: Vector | None = None,
    method: Method = "fast",
    tolerances: Tolerances | None = None,
) -> Trajectory:
    """Simulate the nominal parameters of a design.

    Arguments:
        days: length of the run.
        grid: output days; `default_grid` when not given. Never changes the integration.
        method: "fast" (compiled Dormand-Prince) or "lsoda" (SciPy, the reference).
    """
    plan = schedule(design.events, days)
    points = default_grid(days) if grid is None else np.asarray(grid, dtype=float)
    if len(points) == 0 or np.isnan(points).any():
        raise InputError("the output grid is empty or holds NaN", hint="give increasing days")
    p = design.vector()[None, :]
    tol = tolerances or Tolerances()
    if method == "fast":
        batch = ensemble.run_many(p, plan, points, tolerances=tol, threads=1)
        states, acc, code = batch.states[0], batch.acc[0], int(batch.status[0])
        numbers = {k: float(a[0]) for k, a in batch.outcomes.items()}
        advice, steps = ensemble.ADVICE[code], int(acc[stepper.STEPS])
        cleared, failed = acc[stepper.CLEARED], code != stepper.OK
    elif method == "lsoda":
        states, cleared, advice = reference.integrate(p[0], plan, points, tol.rtol, tol.atol)
        numbers, steps, failed = {}, 0, bool(advice)
    else:
        raise InputError(f"unknown method {method!r}", hint="use 'fast' or 'lsoda'")
    relapse = numbers.get("time_to_relapse", np.inf)
    return Trajectory(
        design=design,
        t=points,
        states={name: states[:, i] for i, name in enumerate(STATES)},
        outputs=outcomes.derived(states, p[0]),
        outcomes=numbers,
        status="failed" if failed else "ok",
        advice=advice,
        cleared=float(cleared) if cleared >= 0.0 else None,
        relapse=relapse if np.isfinite(relapse) else None,
        steps=steps,
        solver="Dormand-Prince 5(4), Numba" if method == "fast" else "LSODA, SciPy",
    )
