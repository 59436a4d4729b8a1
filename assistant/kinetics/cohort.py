"""Cohorts: two designs in the same virtual patients, with curves of relapse-free share.

Patients come from `population` (tumour burden and growth, antigen, product burden, lymphodepletion ...);
both designs meet the same patients, so the difference is the design. Everybody is followed to the end,
so the relapse-free share is a plain proportion, which is what Kaplan-Meier gives without censoring; its
interval is the binomial one (Wilson). Large cohorts run in blocks, so memory stays flat.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import ensemble, population, stepper
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import PARAMETERS, Vector
from assistant.kinetics.events import schedule

BLOCK = 50_000
"""Patients in memory at once; a block of this size needs about 0.4 GB."""
MOST = 5_000_000


@dataclass(frozen=True, slots=True)
class Arm:
    """One design in the cohort."""

    design: Design
    progression: Vector
    """Day of relapse or progression of each patient, inf for none."""
    nadir: Vector
    h0: Vector
    failed: int
    """Patients whose run failed; they are left out."""

    def free(self, days: Vector) -> Vector:
        """Share without progression at each day."""
        found: Vector = (self.progression[None, :] > days[:, None]).mean(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Cohort:
    """Both arms over the same patients."""

    arms: tuple[Arm, ...]
    n: int
    days: float
    seed: int
    detect: float
    seconds: float

    def grid(self) -> Vector:
        """Days of the curves: every 15 days, and the end."""
        return np.unique(np.append(np.arange(0.0, self.days, 15.0), self.days))

    def to_json(self) -> dict[str, Any]:
        """For `model cohort --json`."""
        days = self.grid()
        return {
            "version": 1,
            "kind": "cohort",
            "patients": self.n,
            "t": [float(d) for d in days],
            "arms": [_arm_json(i, arm, days, self.detect) for i, arm in zip("AB", self.arms, strict=False)],
            "spread": {name: {"sd_log": sd, "because": why} for name, (sd, why) in population.SPREAD.items()},
            "run": {"days": self.days, "seed": self.seed, "seconds": self.seconds},
        }


def _arm_json(identity: str, arm: Arm, days: Vector, detect: float) -> dict[str, Any]:
    shares = arm.free(days)
    intervals = [wilson(s, len(arm.progression)) for s in shares]
    return {
        "id": identity,
        "design": arm.design.id,
        "name": arm.design.name,
        "relapse_free": {
            "median": [float(s) for s in shares],
            "low": [low for low, _ in intervals],
            "high": [high for _, high in intervals],
        },
        "response": rate(arm.nadir < 0.5 * arm.h0),
        "complete_response": rate(arm.nadir < detect),
        "median_relapse_free_days": median_free(arm),
        "failed": arm.failed,
    }


def rate(chosen: Any) -> dict[str, float]:
    """A share with its 95 % Wilson interval."""
    share = float(np.mean(chosen))
    low, high = wilson(share, len(chosen))
    return {"share": share, "low": low, "high": high}


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson's score interval)."""
    if n == 0:
        return 0.0, 1.0
    z = 1.959964
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def median_free(arm: Arm) -> float | None:
    """Median days without progression; None when fewer than half progressed."""
    if len(arm.progression) == 0:
        return None
    middle = float(np.percentile(arm.progression, 50.0, method="inverted_cdf"))
    return middle if math.isfinite(middle) else None


def run(
    a: Design,
    b: Design | None = None,
    *,
    n: int = 1000,
    days: float = 1095.0,
    seed: int = 1,
    threads: int | None = None,
) -> Cohort:
    """Follow `n` virtual patients under one or two designs.

    Raises:
        InputError: a number of patients or days that cannot be.
    """
    if not 1 <= n <= MOST:
        raise InputError(f"{n} patients are not possible.", hint=f"Use 1 to {MOST}.")
    began = time.perf_counter()
    arms = tuple(_arm(d, n, days, seed, threads) for d in (a, b) if d is not None)
    detect = a.value("detect")
    return Cohort(arms, n, days, seed, detect, time.perf_counter() - began)


def _arm(design: Design, n: int, days: float, seed: int, threads: int | None) -> Arm:
    plan = schedule(design.events, days)
    parts: list[tuple[Vector, Vector, Vector]] = []
    failed = 0
    for block, first in enumerate(range(0, n, BLOCK)):
        size = min(BLOCK, n - first)
        patients = population.sample(design, size, seed + 7919 * block)
        batch = ensemble.run_many(patients, plan, np.empty(0), threads=threads, curves=False)
        ok = batch.status == 0
        failed += int((~ok).sum())
        relapse = batch.acc[:, stepper.RELAPSE]
        progression = np.where(relapse < 0.0, np.inf, relapse)
        parts.append(
            (progression[ok], batch.outcomes["tumour_nadir"][ok], patients[ok, PARAMETERS.index("H0")])
        )
    progression, nadir, h0 = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Arm(design, progression, nadir, h0, failed)
