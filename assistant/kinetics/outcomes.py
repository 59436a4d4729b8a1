"""Outcomes: the numbers a comparison talks about, computed for one run or for many at once.

All come from what the stepper tracked on its dense output, or from values on fixed days, so that
they do not depend on the output grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assistant.kinetics import stepper
from assistant.kinetics.equations import H0, PARAMETERS, STATES, Vector

FIXED_DAYS: tuple[float, ...] = (14.0, 28.0, 90.0)


@dataclass(frozen=True, slots=True)
class Definition:
    """What an outcome is."""

    name: str
    unit: str
    text: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition("Cmax", "cells/uL", "highest CAR-T level in blood"),
    Definition("Tmax", "day", "time of the highest level"),
    Definition("AUC0-28d", "day*cells/uL", "exposure over the first 28 days"),
    Definition("senescent_fraction_d14", "1", "senescent share of CAR-T cells on day 14"),
    Definition("senescent_fraction_d28", "1", "senescent share of CAR-T cells on day 28"),
    Definition("senescent_fraction_d90", "1", "senescent share of CAR-T cells on day 90"),
    Definition("exhausted_fraction_d14", "1", "exhausted share of CAR-T cells on day 14"),
    Definition("exhausted_fraction_d28", "1", "exhausted share of CAR-T cells on day 28"),
    Definition("exhausted_fraction_d90", "1", "exhausted share of CAR-T cells on day 90"),
    Definition("persistence", "day", "last day above the detection limit in blood, or the horizon"),
    Definition("bcell_aplasia", "day", "day on which normal target cells are back to 10 %, or the horizon"),
    Definition("tumour_nadir", "cells", "smallest tumour; 0 once it fell below one cell"),
    Definition("time_to_clearance", "day", "day on which the tumour fell below one cell, or none"),
    Definition("time_to_relapse", "day", "day on which the tumour is seen, a fifth above nadir, or none"),
    Definition("remission_probability", "1", "chance that the last tumour cell is gone by the horizon"),
)  # fmt: skip


def fractions(states: Vector, which: int) -> Vector:
    """Share of one CAR-T state among M, E, X, S and P along the last axis; NaN where no cell is left."""
    total = states[..., :5].sum(axis=-1)
    return np.where(total >= 1.0, states[..., which] / np.maximum(total, 1.0), np.nan)


def remission_probability(acc: Vector, p: Vector) -> Vector:
    """Chance that both tumour clones are extinct at the end of each run.

    exp(-1/K) per clone, see `stepper.die_out`; clones are independent branching processes.
    """
    out = np.ones(len(acc))
    share = p[:, PARAMETERS.index("L0_share")]
    for column, present in ((stepper.EXT_H, share < 1.0), (stepper.EXT_L, share > 0.0)):
        k = acc[:, column]
        chance = np.where(k > 0.0, np.exp(-1.0 / np.maximum(k, 1e-300)), 0.0)
        out *= np.where(present & (p[:, H0] > 0.0), chance, 1.0)
    return out


def compute(acc: Vector, days: Vector, p: Vector, horizon: float) -> Mapping[str, Vector]:
    """All outcomes for many runs.

    Arguments:
        acc: what the stepper kept, one row a run.
        days: states on FIXED_DAYS, shape (runs, 3, states); NaN beyond the horizon.
        p: parameter vectors, one row a run.
        horizon: length of the runs in days; an event that never came is +inf.
    """
    never = np.inf
    cmax = acc[:, stepper.CMAX]
    alive = acc[:, stepper.LAST_LOD] >= horizon - 1e-6
    back = acc[:, stepper.B_BACK]
    out: dict[str, Vector] = {
        "Cmax": cmax,
        "Tmax": acc[:, stepper.TMAX],
        "AUC0-28d": acc[:, stepper.AUC28] if horizon >= 28.0 else np.full(len(acc), np.nan),
        "persistence": np.where(alive, horizon, acc[:, stepper.LAST_LOD]),
        "bcell_aplasia": np.where(acc[:, stepper.B_LOW] == 0.0, 0.0, np.where(back < 0.0, horizon, back)),
        "tumour_nadir": acc[:, stepper.NADIR],
        "time_to_clearance": np.where(acc[:, stepper.CLEARED] < 0.0, never, acc[:, stepper.CLEARED]),
        "time_to_relapse": np.where(acc[:, stepper.RELAPSE] < 0.0, never, acc[:, stepper.RELAPSE]),
        "remission_probability": remission_probability(acc, p),
    }
    for name, which in (("senescent", STATES.index("S")), ("exhausted", STATES.index("X"))):
        share = fractions(days, which)
        for i, day in enumerate(FIXED_DAYS):
            out[f"{name}_fraction_d{day:g}"] = share[:, i]
    return {d.name: out[d.name] for d in DEFINITIONS}


DERIVED: dict[str, str] = {
    "blood_cells_per_uL": "cells/uL",
    "senescent_fraction": "1",
    "exhausted_fraction": "1",
    "memory_fraction": "1",
    "tumour_cells": "cells",
    "mean_divisions": "divisions",
}
"""Outputs computed from the states, with their units."""


def derived(states: Vector, p: Vector) -> dict[str, Vector]:
    """Derived curves; `states` is (..., time, state), `p` (..., parameter)."""
    seen = states[..., :5].sum(axis=-1)
    dividing = states[..., 0] + states[..., 1] + states[..., 4]
    burden = states[..., 5] + states[..., 6] + states[..., 7]
    memory = fractions(states, 0) + fractions(states, 4)
    return {
        "blood_cells_per_uL": seen / p[..., PARAMETERS.index("cells_per_uL"), None],
        "senescent_fraction": fractions(states, 3),
        "exhausted_fraction": fractions(states, 2),
        "memory_fraction": memory,
        "tumour_cells": states[..., 8] + states[..., 9],
        "mean_divisions": np.where(dividing >= 1.0, burden / np.maximum(dividing, 1.0), np.nan),
    }
