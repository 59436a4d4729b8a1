"""The reference path: SciPy's LSODA on the same right-hand side, segment by segment.

Slow and independent of our stepper: it shares the equations and nothing else. Used to check the
fast path, and wherever Numba is not wanted.
"""

from __future__ import annotations

import numpy as np

from assistant.kinetics import equations as eq
from assistant.kinetics.events import Schedule


def integrate(
    p: eq.Vector, plan: Schedule, grid: eq.Vector, rtol: float, atol: float
) -> tuple[eq.Vector, float, str]:
    """States on `grid`, day of clearance (-1 if none) and a message that is empty on success."""
    from scipy.integrate import solve_ivp

    v = np.zeros(eq.N_VECTOR)
    y = np.zeros(eq.N_STATES)
    v[: eq.N_PARAMETERS] = p
    eq.start(v, y)
    out = np.full((len(grid), eq.N_STATES), np.nan)
    cleared = -1.0
    scratch = np.zeros(eq.N_STATES)

    def rhs(t: float, state: eq.Vector) -> eq.Vector:
        eq.rhs(t, state, v, scratch)
        return scratch.copy()

    def gone(t: float, state: eq.Vector) -> float:
        return float(state[8] + state[9] - 1.0)

    gone.terminal = True  # type: ignore[attr-defined]  # SciPy reads these two from the function
    gone.direction = -1.0  # type: ignore[attr-defined]
    for i in range(len(plan.bounds) - 1):
        v[: eq.N_PARAMETERS] = p * plan.factor[i] + plan.offset[i]
        eq.derive(v)
        eq.jump(v, y, plan.jumps[i])
        t, end = plan.bounds[i], plan.bounds[i + 1]
        out[grid == t] = np.where(np.isnan(out[grid == t]), y, out[grid == t])
        while t < end:
            watch = [gone] if y[8] + y[9] >= 1.0 else None
            run = solve_ivp(
                rhs, (t, end), y, method="LSODA", rtol=rtol, atol=atol, dense_output=True, events=watch
            )
            if run.status < 0:
                return out, cleared, str(run.message)
            inside = (grid > t) & (grid <= run.t[-1])
            if inside.any() and run.sol is not None:
                out[inside] = np.maximum(run.sol(grid[inside]).T, 0.0)
            t, y = float(run.t[-1]), np.maximum(run.y[:, -1], 0.0)
            if run.status == 1:
                cleared = t
                y[8] = y[9] = 0.0
    return out, cleared, ""
