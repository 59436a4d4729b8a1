"""The fast path: one Dormand-Prince 5(4) loop that steps, watches for events and fills a grid.

Plain Python on purpose, so that it can be read and tested without a compiler; `kernel` compiles it.
The method (10.1016/0771-050X(80)90013-3) with its fourth-order dense output (Hairer, Norsett and
Wanner, Solving Ordinary Differential Equations I, 1993) suits a system that is only mildly stiff.
Steps never depend on the output grid. Peak, nadir and crossings are found on the dense output, so
that outcomes do not depend on the grid either.
"""

from __future__ import annotations

import math

import numpy as np

from assistant.kinetics.equations import (
    B0,
    DETECT,
    DT,
    G_,
    LOD,
    N_PARAMETERS,
    N_STATES,
    PER_UL,
    RH,
    RL,
    Vector,
    blood,
    derive,
    jump,
    kill_rate,
    rhs,
    start,
)

ACC: tuple[str, ...] = (
    "cleared", "cmax", "tmax", "auc28", "last_above_lod", "nadir", "nadir_t", "relapse", "b_back",
    "extinct_h", "extinct_l", "ln_h", "ln_l", "steps", "rejected", "b_low",
)  # fmt: skip
"""What the loop keeps besides the grid; times are -1 when the event never came."""
N_ACC = 16
SPLINE = 16
"""First scratch row of the dense output of the states."""
N_SCRATCH = 29
(
    CLEARED, CMAX, TMAX, AUC28, LAST_LOD, NADIR, NADIR_T, RELAPSE, B_BACK,
    EXT_H, EXT_L, LN_H, LN_L, STEPS, REJECTED, B_LOW,
) = range(16)  # fmt: skip

OK, TOO_MANY_STEPS, STEP_TOO_SMALL, NOT_FINITE = 0, 1, 2, 3


# Butcher tableau of Dormand and Prince: nodes, stage weights (the last row is the result), error, dense.
NODES = np.array([0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0, 1.0])
WEIGHTS = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
ERROR = np.array([71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
DENSE = np.array(
    [
        -12715105075 / 11282082432,
        0.0,
        87487479700 / 32700410799,
        -10690763975 / 1880347072,
        701980252875 / 199316789632,
        -1453857185 / 822651844,
        69997945 / 29380423,
    ]
)


def stages(t: float, h: float, y: Vector, v: Vector, ws: Vector) -> None:
    """Evaluate the stages in rows 1 to 6 (row 0 given); the fifth-order result is left in row 12.

    One loop with one call of the right-hand side: unrolled, the compiler spent four times as long.
    """
    for s in range(1, 7):
        for i in range(N_STATES):
            total = 0.0
            for j in range(s):
                total += WEIGHTS[s, j] * ws[j, i]
            ws[12, i] = y[i] + h * total
        rhs(t + NODES[s] * h, ws[12], v, ws[s])


def error(h: float, y: Vector, ws: Vector, rtol: float, atol: float) -> float:
    """Largest local error of the step in units of the tolerance."""
    worst = 0.0
    for i in range(N_STATES):
        e = 0.0
        for j in range(7):
            e += ERROR[j] * ws[j, i]
        ratio = abs(h * e) / (atol + rtol * max(abs(y[i]), abs(ws[12, i])))
        if not ratio <= worst:
            worst = ratio
    return worst


def spline(h: float, y: Vector, ws: Vector) -> None:
    """Coefficients of the fourth-order dense output on this step, one row a state, into rows 16 on."""
    for i in range(N_STATES):
        diff = ws[12, i] - y[i]
        bend = h * ws[0, i] - diff
        bow = 0.0
        for j in range(7):
            bow += DENSE[j] * ws[j, i]
        c = ws[SPLINE + i]
        c[0] = y[i]
        c[1] = diff
        c[2] = bend
        c[3] = diff - h * ws[6, i] - bend
        c[4] = h * bow


def at(c: Vector, s: float) -> float:
    """Value of a dense-output polynomial (five coefficients) at 0 <= s <= 1."""
    w = 1.0 - s
    return float(c[0] + s * (c[1] + w * (c[2] + s * (c[3] + w * c[4]))))


def slope(c: Vector, s: float) -> float:
    """Derivative of the same polynomial with respect to s."""
    w = 1.0 - s
    return float(
        c[1] + (1.0 - 2.0 * s) * c[2] + s * (2.0 - 3.0 * s) * c[3] + 2.0 * s * w * (1.0 - 2.0 * s) * c[4]
    )


def crossing(c: Vector, level: float) -> float:
    """Where a dense-output polynomial crosses `level`, by bisection; the ends must differ in sign."""
    lo, hi = 0.0, 1.0
    rising = at(c, 0.0) < level
    for _ in range(60):
        mid = 0.5 * (lo + hi)
        if (at(c, mid) < level) == rising:
            lo = mid
        else:
            hi = mid
    return 0.5 * (lo + hi)


def turning(c: Vector) -> float:
    """Where the slope of a dense-output polynomial changes sign, by bisection."""
    lo, hi = 0.0, 1.0
    falling = slope(c, 0.0) < 0.0
    for _ in range(60):
        mid = 0.5 * (lo + hi)
        if (slope(c, mid) < 0.0) == falling:
            lo = mid
        else:
            hi = mid
    return 0.5 * (lo + hi)


def totals(v: Vector, ws: Vector) -> None:
    """Sum the dense output into three polynomials: blood level, tumour, normal cells (rows 13 to 15)."""
    c = SPLINE
    for j in range(5):
        living = ws[c, j] + ws[c + 1, j] + ws[c + 2, j] + ws[c + 3, j] + ws[c + 4, j]
        ws[13, j] = living / v[PER_UL]
        ws[14, j] = ws[c + 8, j] + ws[c + 9, j]
        ws[15, j] = ws[c + 10, j]


def watch_blood(t: float, h: float, c: Vector, v: Vector, acc: Vector) -> None:
    """Update peak, exposure and persistence with one step of the blood level."""
    c0, c1 = at(c, 0.0), at(c, 1.0)
    if c1 > acc[CMAX]:
        acc[CMAX], acc[TMAX] = c1, t + h
    if slope(c, 0.0) > 0.0 and slope(c, 1.0) < 0.0:
        s = turning(c)
        if at(c, s) > acc[CMAX]:
            acc[CMAX], acc[TMAX] = at(c, s), t + s * h
    if t + h <= 28.0 + 1e-9:
        acc[AUC28] += h * (c[0] + c[1] / 2.0 + c[2] / 6.0 + c[3] / 12.0 + c[4] / 30.0)
    if c1 >= v[LOD]:
        acc[LAST_LOD] = t + h
    elif c0 >= v[LOD]:
        acc[LAST_LOD] = t + h * crossing(c, v[LOD])


def watch_targets(t: float, h: float, n: Vector, nb: Vector, v: Vector, acc: Vector) -> None:
    """Update nadir, relapse and B-cell return with one step of the tumour and the normal cells."""
    n0, n1 = at(n, 0.0), at(n, 1.0)
    if n1 < acc[NADIR]:
        acc[NADIR], acc[NADIR_T] = n1, t + h
    if slope(n, 0.0) < 0.0 and slope(n, 1.0) > 0.0:
        s = turning(n)
        if at(n, s) < acc[NADIR]:
            acc[NADIR], acc[NADIR_T] = max(at(n, s), 0.0), t + s * h
    back = max(v[DETECT], 1.2 * acc[NADIR])
    if acc[RELAPSE] < 0.0 and n0 < back <= n1:
        acc[RELAPSE] = t + h * crossing(n, back)
    tenth = 0.1 * v[B0]
    b0, b1 = at(nb, 0.0), at(nb, 1.0)
    if b0 < tenth <= b1:
        acc[B_BACK] = t + h * crossing(nb, tenth)
    if b1 < tenth:
        acc[B_LOW] = 1.0


def span(f0: float, f1: float, h: float) -> float:
    """Integral over a step of a rate that changes exponentially between its end values."""
    if f0 <= 0.0 or f1 <= 0.0 or abs(f1 - f0) < 1e-6 * f0:
        return 0.5 * h * (f0 + f1)
    return h * (f1 - f0) / math.log(f1 / f0)


def die_out(h: float, kill0: float, kill1: float, y: Vector, v: Vector, acc: Vector, cleared: bool) -> None:
    """Advance the branching process of both tumour clones by one step.

    For a linear birth-death process with death rate d(t) that starts from many cells and has the
    mean n(t), the chance of extinction is exp(-1/K), K the integral of d/n (Kendall 1948,
    10.1214/aoms/1177730285). The mean keeps falling below one cell here although the deterministic
    tumour is set to zero there: what matters is the chance, not the fraction of a cell.
    """
    for clone in range(2):
        i, r, ln, ext = (8, v[RH], LN_H, EXT_H) if clone == 0 else (9, v[RL], LN_L, EXT_L)
        if acc[ln] < -700.0:
            continue
        d0, d1 = v[DT] + kill0 * r, v[DT] + kill1 * r
        ln0 = acc[ln]
        if cleared or y[i] < 1e-3:
            ln1 = max(ln0 + h * (v[G_] - 0.5 * (kill0 + kill1) * r), -300.0)
        else:
            ln1 = math.log(y[i])
        acc[ext] += span(d0 * math.exp(-ln0), d1 * math.exp(-ln1), h)
        acc[ln] = ln1


def begin(y: Vector, acc: Vector) -> None:
    """Reset the accumulators for a run that starts in state `y`."""
    for i in range(N_ACC):
        acc[i] = 0.0
    acc[CLEARED] = acc[RELAPSE] = acc[B_BACK] = -1.0
    acc[NADIR] = y[8] + y[9]
    acc[LN_H] = math.log(y[8]) if y[8] > 0.0 else -1000.0
    acc[LN_L] = math.log(y[9]) if y[9] > 0.0 else -1000.0


def trial(t: float, h: float, v: Vector, y: Vector, ws: Vector) -> None:
    """One step of size `h` from `y`: stages, result and dense output, all in the scratch space."""
    stages(t, h, y, v, ws)
    spline(h, y, ws)
    totals(v, ws)


def fill(t: float, h: float, grid: Vector, out: Vector, done: int, ws: Vector) -> int:
    """Write the grid points of the step from `t` to `t + h` from its dense output."""
    while done < len(grid) and grid[done] <= t + h + 1e-12 * max(1.0, t):
        s = min(1.0, max(0.0, (grid[done] - t) / h))
        for j in range(N_STATES):
            out[done, j] = max(0.0, at(ws[SPLINE + j], s))
        done += 1
    return done


def accept(t: float, h: float, v: Vector, y: Vector, acc: Vector, ws: Vector) -> None:
    """Take the step in the scratch space: update what is watched, then the state."""
    watch_blood(t, h, ws[13], v, acc)
    watch_targets(t, h, ws[14], ws[15], v, acc)
    kill0 = kill_rate(y, v)
    for j in range(N_STATES):
        y[j] = max(0.0, ws[12, j])
        ws[0, j] = ws[6, j]
    die_out(h, kill0, kill_rate(y, v), y, v, acc, acc[CLEARED] >= 0.0)
    acc[STEPS] += 1.0


def clear(t: float, v: Vector, y: Vector, acc: Vector, ws: Vector) -> None:
    """The tumour fell below one cell: it is gone."""
    acc[CLEARED] = acc[NADIR_T] = t
    acc[NADIR] = 0.0
    y[8] = y[9] = 0.0
    rhs(t, y, v, ws[0])


def segment(
    t: float,
    t_end: float,
    v: Vector,
    y: Vector,
    grid: Vector,
    out: Vector,
    done: int,
    acc: Vector,
    control: Vector,
    ws: Vector,
) -> tuple[int, int]:
    """Integrate from `t` to `t_end`, filling grid points on the way; returns (status, points filled).

    `control` is (rtol, atol, hmax, max_steps, fixed step or 0). `ws` is scratch space: rows 0-6 the
    stages, 12 the new state, 13-15 dense output of blood, tumour, normal cells, 16-26 of each state.
    """
    fixed = control[4]
    first = fixed if fixed > 0.0 else min(0.01, control[2])
    rhs(t, y, v, ws[0])
    h, last, to_clearance = first, 1.0, False
    while t < t_end - 1e-12 * max(1.0, t_end):
        if acc[STEPS] + acc[REJECTED] >= control[3]:
            return TOO_MANY_STEPS, done
        final = h >= t_end - t - 1e-12
        h = t_end - t if final else h
        trial(t, h, v, y, ws)
        e = 0.0 if fixed > 0.0 or to_clearance else error(h, y, ws, control[0], control[1])
        if not e <= 1.0:
            acc[REJECTED] += 1.0
            h *= max(0.2, 0.9 * e**-0.2) if math.isfinite(e) else 0.1
            if h < 1e-11 * max(1.0, t):
                return (STEP_TOO_SMALL if math.isfinite(e) else NOT_FINITE), done
            continue
        if not to_clearance and acc[CLEARED] < 0.0 and at(ws[14], 0.0) >= 1.0 > at(ws[14], 1.0):
            # Step again to the very moment, or a peak or crossing beyond it would count.
            h, to_clearance = h * crossing(ws[14], 1.0), True
            continue
        done = fill(t, h, grid, out, done, ws)
        accept(t, h, v, y, acc, ws)
        t = t_end if final else t + h
        if to_clearance:
            clear(t, v, y, acc, ws)
            h, to_clearance = first, False
            continue
        e = max(e, 1e-10)
        h = fixed if fixed > 0.0 else min(control[2], h * min(5.0, max(0.2, 0.9 * e**-0.14 * last**0.08)))
        last = max(e, 1e-4)
    return OK, done


def integrate(
    p: Vector,
    factor: Vector,
    offset: Vector,
    bounds: Vector,
    jumps: Vector,
    grid: Vector,
    out: Vector,
    acc: Vector,
    control: Vector,
    ws: Vector,
) -> int:
    """Run one patient through all segments; returns a status code.

    Segment i covers bounds[i]..bounds[i+1] with parameters p*factor[i] + offset[i]; at its start
    `jumps[i]` = (cells infused, multiples of `dose` infused, share made senescent, share removed).
    `ws` is scratch space: N_SCRATCH rows of at least N_VECTOR, the last two for parameters and state.
    """
    v, y = ws[N_SCRATCH - 2], ws[N_SCRATCH - 1]
    for j in range(N_PARAMETERS):
        v[j] = p[j]
    start(v, y)
    begin(y, acc)
    done = 0
    for i in range(len(bounds) - 1):
        for j in range(N_PARAMETERS):
            v[j] = p[j] * factor[i, j] + offset[i, j]
        derive(v)
        jump(v, y, jumps[i])
        # The product as infused is part of the curve, so a grid point at the jump shows it.
        while done < len(grid) and grid[done] <= bounds[i]:
            for j in range(N_STATES):
                out[done, j] = y[j]
            done += 1
        if blood(y, v) > acc[CMAX]:
            acc[CMAX], acc[TMAX] = blood(y, v), bounds[i]
        status, done = segment(bounds[i], bounds[i + 1], v, y, grid, out, done, acc, control, ws)
        if status != OK:
            for n in range(done, len(grid)):
                for j in range(N_STATES):
                    out[n, j] = math.nan
            return status
    return OK


def integrate_many(
    p: Vector,
    factor: Vector,
    offset: Vector,
    bounds: Vector,
    jumps: Vector,
    grid: Vector,
    out: Vector,
    acc: Vector,
    control: Vector,
    status: Vector,
    ws: Vector,
) -> None:
    """Run many patients (rows of `p`) through the same segments, without holding the interpreter."""
    for i in range(len(p)):
        status[i] = integrate(p[i], factor, offset, bounds, jumps, grid, out[i], acc[i], control, ws)
