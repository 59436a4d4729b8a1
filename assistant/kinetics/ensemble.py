"""Many runs at once: the fast path over rows of parameters, on every core it is given.

The compiled loop holds no interpreter lock, so plain threads scale; results do not depend on how
the rows are split.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import kernel, outcomes, stepper
from assistant.kinetics.equations import N_STATES, Vector
from assistant.kinetics.events import Schedule

ADVICE: dict[int, str] = {
    stepper.OK: "",
    stepper.TOO_MANY_STEPS: "too many steps: raise max_steps, loosen rtol, or look for an extreme rate",
    stepper.STEP_TOO_SMALL: "the step size shrank to nothing: check the largest rates",
    stepper.NOT_FINITE: "a value overflowed: check for a parameter far outside its range",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How exactly to integrate."""

    rtol: float = 1e-6
    atol: float = 1e-3
    """Cells (and divisions times cells for the burdens)."""
    hmax: float = 10.0
    """Longest step, days."""
    max_steps: int = 200_000
    fixed_step: float = 0.0
    """Fixed step in days for convergence studies; 0 means adaptive."""

    def __post_init__(self) -> None:
        if not (1e-13 <= self.rtol <= 1e-2 and 1e-9 <= self.atol <= 1e3):
            raise InputError(
                f"tolerances rtol {self.rtol:g}, atol {self.atol:g} make no sense",
                hint="use 1e-13 <= rtol <= 1e-2 and 1e-9 <= atol <= 1000 cells",
            )

    def vector(self) -> Vector:
        """As the stepper wants it."""
        return np.array([self.rtol, self.atol, self.hmax, float(self.max_steps), self.fixed_step])


@dataclass(frozen=True, slots=True)
class Batch:
    """Results of many runs."""

    t: Vector
    states: Vector
    """(runs, times, states); empty when curves were not asked for."""
    outcomes: Mapping[str, Vector]
    acc: Vector
    p: Vector
    status: Vector
    """0 where the run succeeded; see ADVICE."""

    @property
    def failed(self) -> int:
        """How many runs did not finish."""
        return int((self.status != stepper.OK).sum())

    def advice(self) -> tuple[str, ...]:
        """One line per kind of failure, with the count."""
        codes, counts = np.unique(self.status[self.status != stepper.OK], return_counts=True)
        pairs = zip(codes, counts, strict=True)
        return tuple(f"{n} of {len(self.status)} runs failed: {ADVICE[int(c)]}" for c, n in pairs)


def run_many(
    p: Vector,
    plan: Schedule,
    grid: Vector,
    *,
    tolerances: Tolerances | None = None,
    threads: int | None = None,
    curves: bool = True,
) -> Batch:
    """Integrate every row of `p` through the same schedule.

    Arguments:
        p: parameter vectors, one row a run.
        grid: output days, increasing, within the schedule.
        threads: cores to use; all by default.
        curves: keep the states on `grid`; False keeps only the outcomes (large cohorts).
    """
    control = (tolerances or Tolerances()).vector()
    horizon = float(plan.bounds[-1])
    days = np.array([d for d in outcomes.FIXED_DAYS if d <= horizon])
    asked = np.asarray(grid, dtype=float) if curves else np.empty(0)
    if len(asked) and (np.any(np.diff(asked) <= 0) or asked[0] < 0 or asked[-1] > horizon + 1e-9):
        raise InputError("the output grid must increase within 0 and the last day")
    every = np.union1d(asked, days)
    n = len(p)
    out = np.zeros((n, len(every), N_STATES))
    acc = np.zeros((n, stepper.N_ACC))
    status = np.zeros(n)
    p = np.ascontiguousarray(p, dtype=float)
    integrate = kernel.load()
    workers = max(1, min(threads or os.cpu_count() or 1, n))
    # Blocks much smaller than a share keep all cores busy when some patients take longer.
    size = max(1, min(64, -(-n // (workers * 4))))

    def block(i: int) -> None:
        r = slice(i, min(i + size, n))
        plans = (plan.factor, plan.offset, plan.bounds, plan.jumps)
        integrate(p[r], *plans, every, out[r], acc[r], control, status[r])

    if workers == 1 or n <= size:
        for i in range(0, n, size):
            block(i)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(block, range(0, n, size)))
    at_days = np.full((n, len(outcomes.FIXED_DAYS), N_STATES), np.nan)
    at_days[:, : len(days)] = out[:, np.searchsorted(every, days)]
    return Batch(
        t=asked,
        states=out[:, np.searchsorted(every, asked)] if curves else np.empty((n, 0, N_STATES)),
        outcomes=outcomes.compute(acc, at_days, p, horizon),
        acc=acc,
        p=p,
        status=status,
    )
