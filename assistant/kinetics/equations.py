"""The equations: eleven states, one right-hand side, plain Python that Numba can also compile.

Nine states follow the proposal that this model grew from: memory M, effector E, exhausted X,
senescent S, the division burdens QM and QE, antigen-positive tumour H, antigen-low tumour L and
normal antigen-bearing cells B. Two were added, P and its burden QP: a quiescent stem-memory reserve.
With one mean burden for all memory cells the whole pool ages together and 4-1BB cells vanish between
1.5 and 2 years; the terminal half-life in patients is 217 to 352 days (10.1002/psp4.12388,
10.1007/s40262-021-01039-5) and cells were seen for a decade (melenhorst2022-decade-cll#F1). Cells
enter P with the product (share fP) and when effectors contract (share zP of memory formation, at
burden cm times theirs); antigen calls them back into M (kP) and they die slowly (dP). With
fP = zP = 0 the nine-state proposal is exact.

The other weak points of the proposal needed values and not terms, and `fit` moved them:

- Dose: a steeper failure of divisions (q 6 instead of 4) at a higher limit (a50) and a faster death of
  effectors take contraction away from ageing, so that a low dose no longer runs out of divisions.
- Senescent share at the peak and the death rate dS: the same change; S now leaves at 0.05 to 0.1/day.
- Rest: omega 0.15/day instead of 0.021 (direction weber2021-transient-rest#F1, size assumed), so that
  a few days of rest visibly restore exhausted cells while senescent ones stay.

Tried and dropped because the calibration did not ask for them (no gain in the cost): engraftment that
saturates with dose, a standing pool of marrow precursors as antigen source
(10.1016/j.cnsns.2020.105570, eqs 3), and a share of senescent cells hidden from blood.
What stays wrong is said by `facts`: very small tumours still under-stimulate expansion.

Time in days, cells in the whole body, burden in divisions times cells, antigen in molecules per cell.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Vector: TypeAlias = npt.NDArray[np.float64]

STATES: tuple[str, ...] = ("M", "E", "X", "S", "P", "QM", "QE", "QP", "H", "L", "B")
"""Order of the state vector; the names of the equations and of the exported species."""

STATE_MEANING: dict[str, str] = {
    "M": "memory CAR-T cells",
    "E": "effector CAR-T cells",
    "X": "exhausted CAR-T cells",
    "S": "senescent CAR-T cells",
    "P": "quiescent stem-memory reserve",
    "QM": "division burden carried by M",
    "QE": "division burden carried by E",
    "QP": "division burden carried by P",
    "H": "tumour cells with antigen",
    "L": "tumour cells with little or no antigen",
    "B": "normal antigen-bearing cells",
}

PARAMETERS: tuple[str, ...] = (
    "rho", "A50", "hA", "Alys", "Ks", "delta", "f", "b", "m", "cm", "rM", "dM", "dE", "kX", "pX", "omega",
    "dX", "chi", "a50", "q", "kS", "kI", "dS", "eS", "eX", "eM", "k", "KF", "th", "KC", "rN", "w0", "lam",
    "g", "KT", "mu", "aH", "aL", "aB", "B0", "dB", "tau", "zP", "kP", "dP", "dT", "rest", "tLD",
    "dose", "eng", "fM", "fE", "fX", "fS", "fP", "aM0", "aE0", "H0", "L0_share", "B_start",
    "cells_per_uL", "lod", "detect",
)  # fmt: skip
"""Order of the parameter vector. `rest` and `tLD` are driven by events and are 0 otherwise."""

(
    RHO, A50, HA, ALYS, KS_, DELTA, F_, B_, MEM, CM, RM, DM, DE, KX, PX, OMEGA,
    DX, CHI, A50DIV, QEXP, KSEN, KI, DS, ES, EX, EM, KILL, KF, TH, KC, RN, W0, LAM,
    G_, KT, MU, AH, AL, AB, B0, DB, TAU, ZP, KP, DP, DT, REST, TLD,
    DOSE, ENG, FM, FE, FX, FS, FP, AM0, AE0, H0, L0_SHARE, B_START,
    PER_UL, LOD, DETECT,
) = range(63)  # fmt: skip

N_PARAMETERS = 63
N_STATES = 11
# Constants derived once per segment, stored behind the parameters in the same vector.
WH, WL, WB, RH, RL, RB, LNW0 = 63, 64, 65, 66, 67, 68, 69
N_VECTOR = 70

# Below one thousandth of a cell a mean burden is a ratio of two rounding errors.
TINY = 1e-9


def derive(v: Vector) -> None:
    """Fill the derived slots of `v`: signal strength and recognition of each kind of target."""
    for antigen, w, r in ((AH, WH, RH), (AL, WL, RL), (AB, WB, RB)):
        a = v[antigen]
        v[w] = a ** v[HA] / (a ** v[HA] + v[A50] ** v[HA]) if a > 0.0 else 0.0
        v[r] = a * a / (a * a + v[ALYS] * v[ALYS]) if a > 0.0 else 0.0
    v[LNW0] = math.log(v[W0])


def stimulation(y: Vector, v: Vector) -> float:
    """Antigen signal u in 0..1 that an average CAR-T cell receives."""
    tH, tL, tB = v[RH] * max(y[8], 0.0), v[RL] * max(y[9], 0.0), v[RB] * max(y[10], 0.0)
    seen = tH + tL + tB
    if seen <= 0.0:
        return 0.0
    strength = (v[WH] * tH + v[WL] * tL + v[WB] * tB) / seen
    return float((1.0 - v[REST]) * strength * seen / (v[KS_] + seen))


def kill_rate(y: Vector, v: Vector) -> float:
    """Killing per fully recognised target cell and day."""
    killers = max(y[1], 0.0) + v[EX] * max(y[2], 0.0) + v[ES] * max(y[3], 0.0) + v[EM] * max(y[0], 0.0)
    seen = v[RH] * max(y[8], 0.0) + v[RL] * max(y[9], 0.0) + v[RB] * max(y[10], 0.0)
    return float(v[KILL] * killers / (v[KF] + killers + v[TH] * seen))


def window(t: float, v: Vector) -> float:
    """Room left by lymphodepletion: 1 just after a complete one, 0 when T cells are back.

    Gompertz recovery of normal T cells, 10.1098/rspb.2021.0229.
    """
    return 1.0 - math.exp(v[LNW0] * math.exp(-v[RN] * (t - v[TLD])))


def failing(burden: float, v: Vector) -> float:
    """Share of attempted divisions that fail at a mean burden: the senescence propensity phi."""
    x = burden / v[A50DIV]
    if x <= 1.0:
        # The two forms are equal; each keeps its power below one, so that neither overflows.
        r = max(x, 0.0) ** v[QEXP]
        return float(r / (1.0 + r))
    return float(1.0 / (1.0 + x ** -v[QEXP]))


def rhs(t: float, y: Vector, v: Vector, dy: Vector) -> None:
    """Write the time derivative of `y` into `dy`; negative overshoots of a solver count as zero."""
    M, E, X, S, P = max(y[0], 0.0), max(y[1], 0.0), max(y[2], 0.0), max(y[3], 0.0), max(y[4], 0.0)
    H, L, B = max(y[8], 0.0), max(y[9], 0.0), max(y[10], 0.0)
    aM = max(y[5], 0.0) / M if M > TINY else 0.0
    aE = max(y[6], 0.0) / E if E > TINY else 0.0
    aP = max(y[7], 0.0) / P if P > TINY else 0.0

    u = stimulation(y, v)
    tau = v[TAU] * (1.0 - v[REST])
    kill = kill_rate(y, v)
    W = window(t, v)
    G = (1.0 + v[LAM] * W) / (1.0 + v[LAM]) * max(0.0, 1.0 - (M + E + X + S + P) / v[KC])
    phiE, phiM = failing(aE, v), failing(aM, v)

    div = v[RHO] * u * G
    bE = div * (1.0 - phiE)
    sE = v[KSEN] * phiE * div + v[KI] * (u + tau)
    act = v[DELTA] * u
    actM = act * (1.0 - phiM)
    sM = v[KSEN] * phiM * (act + v[RM] * W)
    bM = v[RM] * W * (1.0 - phiM)
    mem = v[MEM] * max(0.0, 1.0 - u)
    toP = v[ZP] * mem
    toM = mem - toP
    call = v[KP] * u
    ex = v[KX] * (u ** v[PX] + v[CHI] * tau)
    rev = v[OMEGA] * max(0.0, 1.0 - u) * max(0.0, 1.0 - tau)
    f, b = v[F_], v[B_]
    amp = 2.0 * (1.0 - f) * 2.0**b

    dy[0] = (bM + actM * (2.0 * f - 1.0) - v[DM] - sM) * M + toM * E + call * P
    dy[1] = amp * actM * M + (bE - mem - ex - sE - v[DE]) * E + rev * X
    dy[2] = ex * E - (rev + v[DX]) * X
    dy[3] = sE * E + sM * M - v[DS] * S
    dy[4] = toP * E - (call + v[DP]) * P
    dy[5] = (
        ((aM + 2.0) * bM + actM * (2.0 * f * (aM + 1.0) - aM) - aM * (v[DM] + sM)) * M
        + v[CM] * aE * toM * E
        + aP * call * P
    )
    dy[6] = (
        ((aE + 2.0) * bE - aE * (v[CM] * mem + ex + sE + v[DE])) * E
        + amp * actM * (aM + 1.0 + b) * M
        + aE * rev * X
    )
    dy[7] = v[CM] * aE * toP * E - aP * (call + v[DP]) * P

    room = v[G_] * (1.0 - (H + L) / v[KT])
    dy[8] = room * H - v[MU] * H - kill * v[RH] * H
    dy[9] = room * L + v[MU] * H - kill * v[RL] * L
    dy[10] = v[DB] * (v[B0] - B) - kill * v[RB] * B


def start(v: Vector, y: Vector) -> None:
    """Write the state before the first dose: tumour and normal targets, no CAR-T cells."""
    for i in range(N_STATES):
        y[i] = 0.0
    y[8] = v[H0] * (1.0 - v[L0_SHARE])
    y[9] = v[H0] * v[L0_SHARE]
    y[10] = v[B_START] * v[B0]


def infuse(v: Vector, y: Vector, cells: float) -> None:
    """Add a dose: the engrafting share of each part of the product, with its burden."""
    grafted = v[ENG] * cells
    y[0] += grafted * v[FM]
    y[1] += grafted * v[FE]
    y[2] += grafted * v[FX]
    y[3] += grafted * v[FS]
    y[4] += grafted * v[FP]
    y[5] += grafted * v[FM] * v[AM0]
    y[6] += grafted * v[FE] * v[AE0]
    y[7] += grafted * v[FP] * v[AM0]


def induce(y: Vector, share: float) -> None:
    """Move a share of dividing and exhausted cells into senescence at once (irradiation, MYC pulse)."""
    y[3] += share * (y[0] + y[1] + y[2])
    for i in (0, 1, 2, 5, 6):
        y[i] *= 1.0 - share


def deplete(y: Vector, share: float) -> None:
    """Remove a share of all CAR-T cells at once (safety switch)."""
    for i in range(8):
        y[i] *= 1.0 - share


def jump(v: Vector, y: Vector, size: Vector) -> None:
    """Apply (cells infused, multiples of `dose`, share made senescent, share removed) to the state."""
    deplete(y, size[3])
    induce(y, size[2])
    infuse(v, y, size[0] + size[1] * v[DOSE])


def blood(y: Vector, v: Vector) -> float:
    """CAR-T cells per uL of blood."""
    return float((y[0] + y[1] + y[2] + y[3] + y[4]) / v[PER_UL])
