"""The equations once more, as formulas: what the SBML and Antimony writers print.

This is a transcription of `equations.rhs`; the test evaluates both at random points and lets another
simulator integrate the export. Formulas are Python expressions of states, parameters, `time` and the
helper variables of `ASSIGNED`, so that one small converter serves both formats.
"""

from __future__ import annotations

ASSIGNED: tuple[tuple[str, str], ...] = (
    ("wH", "signal(aH)"),
    ("wL", "signal(aL)"),
    ("wB", "signal(aB)"),
    ("rH", "aH**2/(aH**2 + Alys**2)"),
    ("rL", "aL**2/(aL**2 + Alys**2)"),
    ("rB", "aB**2/(aB**2 + Alys**2)"),
    ("meanM", "mean(QM, M)"),
    ("meanE", "mean(QE, E)"),
    ("meanP", "mean(QP, P)"),
    ("seenH", "rH*pos(H)"),
    ("seenL", "rL*pos(L)"),
    ("seenB", "rB*pos(B)"),
    ("seen", "seenH + seenL + seenB"),
    ("u", "(1 - rest)*ratio(wH*seenH + wL*seenL + wB*seenB, seen)*seen/(Ks + seen)"),
    ("tonic", "tau*(1 - rest)"),
    ("killers", "pos(E) + eX*pos(X) + eS*pos(S) + eM*pos(M)"),
    ("killing", "k*killers/(KF + killers + th*seen)"),
    ("room_T", "1 - exp(ln(w0)*exp(-rN*(time - tLD)))"),
    ("total", "pos(M) + pos(E) + pos(X) + pos(S) + pos(P)"),
    ("growth", "(1 + lam*room_T)/(1 + lam)*pos(1 - total/KC)"),
    ("failE", "failing(meanE)"),
    ("failM", "failing(meanM)"),
    ("div", "rho*u*growth"),
    ("divE", "div*(1 - failE)"),
    ("senE", "kS*failE*div + kI*(u + tonic)"),
    ("act", "delta*u"),
    ("actM", "act*(1 - failM)"),
    ("senM", "kS*failM*(act + rM*room_T)"),
    ("divM", "rM*room_T*(1 - failM)"),
    ("mem", "m*pos(1 - u)"),
    ("memP", "zP*mem"),
    ("memM", "mem - memP"),
    ("recall", "kP*u"),
    ("exh", "kX*(u**pX + chi*tonic)"),
    ("rev", "omega*pos(1 - u)*pos(1 - tonic)"),
    ("amp", "2*(1 - f)*2**b"),
    ("room_H", "g*(1 - (pos(H) + pos(L))/KT)"),
    ("blood_cells_per_uL", "(M + E + X + S + P)/cells_per_uL"),
)
"""Helper variables in the order in which they depend on each other."""

RATES: dict[str, str] = {
    "M": "(divM + actM*(2*f - 1) - dM - senM)*pos(M) + memM*pos(E) + recall*pos(P)",
    "E": "amp*actM*pos(M) + (divE - mem - exh - senE - dE)*pos(E) + rev*pos(X)",
    "X": "exh*pos(E) - (rev + dX)*pos(X)",
    "S": "senE*pos(E) + senM*pos(M) - dS*pos(S)",
    "P": "memP*pos(E) - (recall + dP)*pos(P)",
    "QM": (
        "((meanM + 2)*divM + actM*(2*f*(meanM + 1) - meanM) - meanM*(dM + senM))*pos(M)"
        " + cm*meanE*memM*pos(E) + meanP*recall*pos(P)"
    ),
    "QE": (
        "((meanE + 2)*divE - meanE*(cm*mem + exh + senE + dE))*pos(E)"
        " + amp*actM*(meanM + 1 + b)*pos(M) + meanE*rev*pos(X)"
    ),
    "QP": "cm*meanE*memP*pos(E) - meanP*(recall + dP)*pos(P)",
    "H": "room_H*pos(H) - mu*pos(H) - killing*rH*pos(H)",
    "L": "room_H*pos(L) + mu*pos(H) - killing*rL*pos(L)",
    "B": "dB*(B0 - pos(B)) - killing*rB*pos(B)",
}

FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "pos": (("x",), "piecewise(x, x > 0, 0)"),
    "mean": (("q", "n"), "piecewise(piecewise(q, q > 0, 0)/n, n > 1e-09, 0)"),
    "ratio": (("p", "n"), "piecewise(p/n, n > 0, 0)"),
    "signal": (("a",), "piecewise(a**hA/(a**hA + A50**hA), a > 0, 0)"),
    "failing": (("x",), "piecewise(1/(1 + (a50/x)**q), x > 0, 0)"),
}
"""Written out in place, because function definitions may not see parameters: name -> (arguments, body)."""

GRAFTED = "eng*{cells}"
INFUSION: dict[str, str] = {
    "M": "fM", "E": "fE", "X": "fX", "S": "fS", "P": "fP", "QM": "fM*aM0", "QE": "fE*aE0", "QP": "fP*aM0",
}  # fmt: skip
"""What one engrafted cell of a dose adds to each state."""
INDUCED: tuple[str, ...] = ("M", "E", "X", "QM", "QE")
"""States that lose a share when senescence is forced; S gains M, E and X."""
DEPLETED: tuple[str, ...] = ("M", "E", "X", "S", "P", "QM", "QE", "QP")
CLEARED = "H + L < 1"
