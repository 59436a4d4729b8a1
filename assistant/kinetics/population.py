"""Virtual patients: how patients differ, for rates of response and relapse.

The spread between patients is assumed unless a source is named, and was not fitted. Response rates
were asked for one thing only, the share of resistant tumours in a disease (`metrics.resistant_share`);
everything else that a population gives is a check. Biology of the design (posterior draws) and patient
(this module) are separate: a population uses nominal biology.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from assistant.kinetics import ensemble, stepper
from assistant.kinetics.designs import Design, shares_to_one
from assistant.kinetics.draws import normal_table
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.events import schedule
from assistant.kinetics.parameters import meanings

Mask: TypeAlias = npt.NDArray[np.bool_]

SPREAD: dict[str, tuple[float, str]] = {
    "H0": (1.5, "assumed; ZUMA-1 burdens span about two decades (10.1098/rspb.2021.0229)"),
    "g": (0.8, "growth 0.01 to 0.5 per day in 10.1098/rspb.2021.0229"),
    "aH": (1.0, "densities around and below 2,000 molecules in some patients (ash2018-cd19-density#F1)"),
    "k": (0.8, "0.94 in complete and 0.14 per day in no response (10.1038/s41587-023-01687-x)"),
    "KF": (1.0, "killers at half killing span three decades (10.1038/s41587-023-01687-x)"),
    "eng": (1.0, "assumed; Cmax varies with 0.8 on the logarithm (10.1002/psp4.12388)"),
    "aM0": (0.35, "assumed: donor age and earlier therapy"),
    "aE0": (0.35, "assumed: donor age and earlier therapy"),
    "a50": (0.15, "assumed"),
    "w0": (0.6, "assumed"),
    "dP": (0.5, "terminal rate varies with 0.93 on the logarithm (10.1002/psp4.12388)"),
}
"""Standard deviation of the natural logarithm between patients, and why."""
RESISTANT_KILLING = 0.14 / 0.94
"""Killing of a resistant tumour over that of a responsive one: medians of non-responders and complete
responders in 10.1038/s41587-023-01687-x. How many tumours are resistant is asked of the caller."""

LOG10_L0_SHARE = (-14.0, -5.0)
"""Antigen-negative share at infusion, uniform on log10, none below one cell; assumed."""


@dataclass(frozen=True, slots=True)
class Population:
    """Outcomes of many patients."""

    days: float
    h0: Vector
    outcomes: Mapping[str, Vector]
    progression: Vector
    """Day of relapse or progression, inf when none."""

    def response_rate(self) -> float:
        """Share with the tumour halved at least once, %."""
        return 100.0 * float((self.outcomes["tumour_nadir"] < 0.5 * self.h0).mean())

    def complete_rate(self, detect: float) -> float:
        """Share whose tumour fell below detection, %."""
        return 100.0 * float(self.complete(detect).mean())

    def complete(self, detect: float) -> Mask:
        """Who had a tumour below detection at some time."""
        found: Mask = self.outcomes["tumour_nadir"] < detect
        return found

    def free_at(self, day: float, among: Mask | None = None) -> float:
        """Share without progression at a day, %."""
        chosen = self.progression if among is None else self.progression[among]
        return 100.0 * float((chosen > day).mean()) if len(chosen) else float("nan")

    def median_free(self, among: Mask | None = None) -> float:
        """Median time without progression, days; inf when fewer than half progressed."""
        chosen = self.progression if among is None else self.progression[among]
        return float(np.percentile(chosen, 50.0, method="inverted_cdf")) if len(chosen) else float("nan")


def sample(design: Design, n: int, seed: int = 1, resistant: float = 0.0) -> Vector:
    """Parameter vectors of `n` patients.

    Arguments:
        resistant: share of patients whose tumour is killed at RESISTANT_KILLING of the usual rate.
    """
    table = normal_table((*SPREAD, "L0_share", "resistant"), n, seed)
    p = np.repeat(design.vector()[None, :], n, axis=0)
    for name, (sd, _) in SPREAD.items():
        i = PARAMETERS.index(name)
        meaning = meanings()[name]
        p[:, i] = np.clip(p[:, i] * np.exp(sd * table[name]), meaning.minimum, meaning.maximum)
    uniform = np.vectorize(NormalDist().cdf)
    p[uniform(table["resistant"]) < resistant, PARAMETERS.index("k")] *= RESISTANT_KILLING
    low, high = LOG10_L0_SHARE
    share = 10.0 ** (low + (high - low) * uniform(table["L0_share"]))
    p[:, PARAMETERS.index("L0_share")] = np.where(share * p[:, PARAMETERS.index("H0")] < 1.0, 0.0, share)
    return shares_to_one(p)


def run(
    design: Design, n: int = 256, days: float = 1100.0, seed: int = 1, resistant: float = 0.0
) -> Population:
    """Simulate a population; outcomes only."""
    p = sample(design, n, seed, resistant)
    batch = ensemble.run_many(p, schedule(design.events, days), np.empty(0), curves=False)
    relapse = batch.acc[:, stepper.RELAPSE]
    return Population(
        days=days,
        h0=p[:, PARAMETERS.index("H0")],
        outcomes=batch.outcomes,
        progression=np.where(relapse < 0.0, np.inf, relapse),
    )
