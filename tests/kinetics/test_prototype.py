"""The nine-state proposal, transcribed again from its text, against our equations with the reserve off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from assistant.kinetics import designs
from assistant.kinetics import equations as eq
from assistant.kinetics.simulate import run
from tests.kinetics.vectors import slope, states, vector

PROTOTYPE = {
    "rho": 1.64, "A50": 4000.0, "Ks": 1.28e9, "delta": 0.42, "f": 0.443, "b": 2.0, "m": 0.0014, "cm": 0.4,
    "rM": 0.02, "dM": 0.004, "dE": 0.137, "kX": 0.072, "omega": 0.021, "dX": 0.107, "chi": 0.3, "a50": 34.5,
    "q": 4.0, "kS": 1.0, "kI": 0.04, "dS": 0.2, "eS": 0.3, "k": 1.15, "KF": 1.4e8, "th": 0.076, "lam": 1.0,
    "B0": 3.7e9, "eng": 0.051, "zP": 0.0, "fM": 0.25, "fE": 0.65, "fX": 0.05, "fS": 0.05, "fP": 0.0,
    "aM0": 4.8, "aE0": 8.0, "dose": 1e8, "H0": 1e11,
}  # fmt: skip
PRINTED = {
    5.0: 1.4,
    7.0: 5.5,
    12.0: 20.0,
    14.0: 17.5,
    18.0: 10.1,
    21.0: 6.6,
    28.0: 2.6,
    60.0: 0.34,
    90.0: 0.29,
}
"""Blood levels of the prototype, cells per uL, as printed with the proposal."""


def proposal(t: float, y: eq.Vector, p: dict[str, float]) -> list[float]:
    """The nine equations, term by term as in the text."""
    M, E, X, S, QM, QE, H, L, B = y
    aM, aE = (QM / M if M > 0 else 0.0), (QE / E if E > 0 else 0.0)

    def strength(a: float) -> float:
        return float(a ** p["hA"] / (a ** p["hA"] + p["A50"] ** p["hA"]))

    def recognised(a: float) -> float:
        return float(a**2 / (a**2 + p["Alys"] ** 2))

    kinds = ((p["aH"], H), (p["aL"], L), (p["aB"], B))
    R = sum(recognised(a) * n for a, n in kinds)
    w = sum(strength(a) * recognised(a) * n for a, n in kinds) / R if R > 0 else 0.0
    u = w * R / (p["Ks"] + R)
    W = 1.0 - math.exp(math.log(p["w0"]) * math.exp(-p["rN"] * t))
    G = (1 + p["lam"] * W) / (1 + p["lam"]) * max(0.0, 1 - (M + E + X + S) / p["KC"])
    phiE, phiM = (a ** p["q"] / (p["a50"] ** p["q"] + a ** p["q"]) for a in (aE, aM))
    div, act = p["rho"] * u * G, p["delta"] * u
    bE, sE = div * (1 - phiE), p["kS"] * phiE * div + p["kI"] * (u + p["tau"])
    actM, sM = act * (1 - phiM), p["kS"] * phiM * (act + p["rM"] * W)
    bM, mem = p["rM"] * W * (1 - phiM), p["m"] * (1 - u)
    ex = p["kX"] * (u ** p["pX"] + p["chi"] * p["tau"])
    rev = p["omega"] * (1 - u) * (1 - p["tau"])
    f, b = p["f"], p["b"]
    amp = 2 * (1 - f) * 2**b
    F = E + p["eX"] * X + p["eS"] * S + p["eM"] * M
    kill = p["k"] * F / (p["KF"] + F + p["th"] * R)
    rH, rL, rB = (recognised(a) for a, _ in kinds)
    room = p["g"] * (1 - (H + L) / p["KT"])
    return [
        (bM + actM * (2 * f - 1) - p["dM"] - sM) * M + mem * E,
        amp * actM * M + (bE - mem - ex - sE - p["dE"]) * E + rev * X,
        ex * E - (rev + p["dX"]) * X,
        sE * E + sM * M - p["dS"] * S,
        (aM + 2) * bM * M + actM * M * (2 * f * (aM + 1) - aM) - aM * (p["dM"] + sM) * M
        + p["cm"] * aE * mem * E,
        (aE + 2) * bE * E + amp * actM * M * (aM + 1 + b)
        - aE * (p["cm"] * mem + ex + sE + p["dE"]) * E + aE * rev * X,
        room * H - p["mu"] * H - kill * rH * H,
        room * L + p["mu"] * H - kill * rL * L,
        p["dB"] * (p["B0"] - B) - kill * rB * B,
    ]  # fmt: skip


@given(states())
def test_without_the_reserve_the_rates_are_those_of_the_proposal(y: eq.Vector) -> None:
    y[4] = y[7] = 0.0
    for cells, burden in ((0, 5), (1, 6)):
        if y[cells] <= eq.TINY:
            y[cells] = y[burden] = 0.0
    v = vector("bbz", **PROTOTYPE)
    ours = np.delete(slope(y, v, 3.0), [4, 7])
    p = {name: float(v[i]) for i, name in enumerate(eq.PARAMETERS)}
    theirs = np.array(proposal(3.0, np.delete(y, [4, 7]), p))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12 * (np.abs(theirs).max() + 1.0))


def test_the_prototype_set_gives_the_printed_curve() -> None:
    design = designs.load("bbz")
    for name, value in PROTOTYPE.items():
        design = design.with_value(name, value)
    found = run(design, 365.0, np.array(list(PRINTED)))
    assert found.outputs["blood_cells_per_uL"] == pytest.approx(list(PRINTED.values()), rel=0.03)
    assert found.outcomes["senescent_fraction_d14"] == pytest.approx(0.37, abs=0.01)
