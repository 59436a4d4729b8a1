"""Metrics: how the model gives each quantity that the clinical records hold.

Kinetic metrics come from one nominal run; rates of response and relapse from a population of virtual
patients (`population`). A metric that is not listed is not in the model.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from assistant.kinetics import population
from assistant.kinetics.clinical import Record, design_of, disease_of, records
from assistant.kinetics.designs import Design, load
from assistant.kinetics.equations import Vector
from assistant.kinetics.simulate import Trajectory, run

HORIZON = 1100.0
MONTH = 30.4375
DAYS: Vector = np.concatenate((np.arange(0.0, 60.0, 0.25), np.arange(60.0, HORIZON + 1.0, 5.0)))
TO_DAYS = {"day": 1.0, "week": 7.0, "month": MONTH, "year": 365.25}


@dataclass(frozen=True, slots=True)
class Curve:
    """A nominal run with the quantities that metrics need."""

    run: Trajectory

    def level(self, day: float) -> float:
        """Blood level, cells per uL."""
        return float(np.interp(day, self.run.t, self.run.outputs["blood_cells_per_uL"]))

    def rate(self, first: float, last: float) -> float:
        """Mean rate of decline of the blood level between two days, 1/day."""
        return math.log(max(self.level(first), 1e-300) / max(self.level(last), 1e-300)) / (last - first)

    @property
    def tmax(self) -> float:
        """Day of the peak."""
        return self.run.outcomes["Tmax"]

    @property
    def cmax(self) -> float:
        """Peak level."""
        return self.run.outcomes["Cmax"]

    def doubling(self) -> float:
        """Doubling time between days 4 and 8."""
        growth = -self.rate(4.0, 8.0)
        return math.log(2.0) / growth if growth > 0.0 else math.inf

    def lag(self) -> float:
        """Where the line of exponential growth meets the level at infusion, days."""
        growth = -self.rate(4.0, 8.0)
        return 4.0 - math.log(self.level(4.0) / self.level(0.0)) / growth if growth > 0.0 else math.inf

    def contraction(self) -> float:
        """Rate of the fast decline: the two weeks from three days after the peak."""
        return self.rate(self.tmax + 3.0, self.tmax + 17.0)

    def terminal(self) -> float:
        """Rate of the slow decline, days 90 to 365."""
        return self.rate(90.0, 365.0)

    def persisting(self) -> float:
        """Slow decline extended back to the peak, over the peak."""
        return self.level(90.0) * math.exp(self.terminal() * (90.0 - self.tmax)) / self.cmax

    def fold(self) -> float:
        """Peak over the level just after infusion."""
        return self.cmax / self.level(0.0)


KINETIC: dict[tuple[str, str], Callable[[Curve], float]] = {
    ("Tmax", "day"): lambda c: c.tmax,
    ("Cmax", "CAR+ cells/uL"): lambda c: c.cmax,
    ("fold_expansion", "fold"): Curve.fold,
    ("doubling_time", "day"): Curve.doubling,
    ("lag_time", "day"): Curve.lag,
    ("contraction_rate_alpha", "1/day"): Curve.contraction,
    ("half_life_alpha", "day"): lambda c: math.log(2.0) / c.contraction(),
    ("terminal_rate_beta", "1/day"): Curve.terminal,
    ("half_life_beta", "day"): lambda c: math.log(2.0) / c.terminal(),
    ("half_life", "day"): lambda c: math.log(2.0) / c.rate(28.0, 120.0),
    ("persisting_fraction_FB", "fraction of Cmax"): Curve.persisting,
    ("Tlast", "day"): lambda c: c.run.outcomes["persistence"],
    ("time_to_below_quantification", "day"): lambda c: c.run.outcomes["persistence"],
}


Key: TypeAlias = tuple[str, float, float, float, float]
COMPLETE = ("CR_rate", "CR_CRi_rate", "sCR_rate")
OTHERWISE_RESISTANT = 0.15
"""Share of resistant tumours where no complete response rate is known; assumed."""


@lru_cache(maxsize=64)
def _curve(design_key: Key) -> Curve:
    name, *values = design_key
    design = load(name)
    for parameter, value in zip(("dose", "H0", "g", "aH"), values, strict=True):
        design = design.with_value(parameter, value)
    return Curve(run(design, HORIZON, DAYS))


@lru_cache(maxsize=64)
def _patients(design_key: Key, resistant: float) -> population.Population:
    return population.run(_curve(design_key).run.design, days=HORIZON, resistant=resistant)


@lru_cache(maxsize=16)
def resistant_share(disease: str) -> float:
    """Share of resistant tumours in a class of disease, from the shipped complete response rates.

    One number a disease, the same for all products: the share at which the mean rate of the model is
    the mean measured rate. It is the only thing that response rates are used for. For large B-cell
    lymphoma it reaches 1: killing at the rate of the kinetic fit cures far more patients than are cured.
    """
    measured, easy, hard = [], [], []
    for record in records():
        design = design_of(record)
        if record.metric in COMPLETE and disease_of(record) == disease and record.value and design:
            if "infusion" in record.population or design.layers:
                continue
            measured.append(record.value)
            easy.append(_patients(_key(design), 0.0).complete_rate(1e9))
            hard.append(_patients(_key(design), 1.0).complete_rate(1e9))
    if not measured:
        return OTHERWISE_RESISTANT
    best, worst, seen = (sum(rates) / len(rates) for rates in (easy, hard, measured))
    return min(max((best - seen) / (best - worst), 0.0), 1.0) if best > worst else OTHERWISE_RESISTANT


def _key(design: Design) -> Key:
    return design.id, design.value("dose"), design.value("H0"), design.value("g"), design.value("aH")


def _months(metric: str) -> float | None:
    """The time in a name such as EFS_36mo, in days."""
    tail = metric.rpartition("_")[2]
    return float(tail[:-2]) * MONTH if tail.endswith("mo") and tail[:-2].isdigit() else None


def value(record: Record, design: Design) -> tuple[float | None, str]:
    """The model's value in the unit of the record, or None and why it has none."""
    key = _key(design)
    metric = record.metric
    kinetic = KINETIC.get((metric, record.unit))
    if kinetic is not None:
        return kinetic(_curve(key)), ""
    if metric.startswith("CAR_conc_day") and record.unit == "CAR+ cells/uL":
        return _curve(key).level(float(metric.removeprefix("CAR_conc_day"))), ""
    if metric in ("persistence_max", "persistence_median", "persistence_mean"):
        return _persistence(record, key), ""
    if metric == "dose_ratio_for_equal_expansion_vs_tisagenlecleucel":
        return equal_dose(), ""
    rate = _rate(record, key)
    return (rate, "") if rate is not None else (None, _reason(record))


def _persistence(record: Record, key: Key) -> float:
    patients = _patients(key, resistant_share(disease_of(record)))
    days = patients.outcomes["persistence"]
    if "responders" in record.population:
        responded = patients.complete(1e9)
        days = days[~responded if "non-responders" in record.population else responded]
    if len(days) == 0:
        return math.nan
    scale = TO_DAYS[record.unit]
    if record.metric == "persistence_mean":
        return float(days.mean()) / scale
    # The largest of n patients lies about at the quantile n/(n+1).
    share = (
        50.0 if record.metric == "persistence_median" else 100.0 * (record.n or 20) / ((record.n or 20) + 1)
    )
    return float(np.percentile(days, share)) / scale


def _rate(record: Record, key: Key) -> float | None:
    metric = record.metric
    head = metric.partition("_")[0]
    known = ("ORR", *COMPLETE, "ORR_day30", "Bcells_detectable_12mo")
    ratios = ("Cmax_ratio_responder_nonresponder", "Cmax_ratio_CR_nonCR")
    timed = head in ("EFS", "PFS", "RFS", "DOR") and (
        _months(metric) is not None or metric.endswith("_median")
    )
    others = ("ongoing_response_63mo", "relapse_24mo", "Bcells_detectable_36mo")
    if not (metric in known or metric in ratios or timed or metric in others):
        return None
    patients = _patients(key, resistant_share(disease_of(record)))
    complete = patients.complete(1e9)
    if metric in ("ORR", "ORR_day30"):
        return patients.response_rate()
    if metric in COMPLETE:
        return patients.complete_rate(1e9)
    if metric.startswith("Bcells_detectable"):
        return 100.0 * float((patients.outcomes["bcell_aplasia"] < (_months(metric) or 0.0)).mean())
    if metric in ratios:
        return _cmax_ratio(patients, complete)
    if metric == "relapse_24mo":
        return 100.0 - patients.free_at(24.0 * MONTH, complete)
    among = complete if head in ("RFS", "DOR") else None
    if metric.endswith("_median"):
        return patients.median_free(among) / MONTH
    day = _months(metric) or 0.0
    return patients.free_at(day, among) if day <= HORIZON else None


def _cmax_ratio(patients: population.Population, responded: population.Mask) -> float:
    cmax = np.log(np.maximum(patients.outcomes["Cmax"], 1e-12))
    chosen = responded
    if chosen.all() or not chosen.any():
        return math.nan
    return float(np.exp(cmax[chosen].mean() - cmax[~chosen].mean()))


@lru_cache(maxsize=1)
def equal_dose() -> float:
    """Dose of the short-culture product with the peak of the standard one, over the standard dose."""
    reference = run(load("tisa-cel-like"), 40.0).outcomes["Cmax"]
    short = load("tisa-cel-like+short-culture")
    doses = np.geomspace(1e5, 1e9, 17)
    peaks = [run(short.with_value("dose", float(d)), 40.0).outcomes["Cmax"] for d in doses]
    return float(np.exp(np.interp(np.log(reference), np.log(peaks), np.log(doses)))) / 1e8


def _reason(record: Record) -> str:
    metric, unit = record.metric, record.unit
    if "copies" in unit:
        return "another assay: copies are never turned into cells"
    if metric.startswith("OS"):
        return "death is not in the model"
    if metric.startswith("HR"):
        return "a hazard ratio needs a fitted survival model"
    if metric.startswith("dose") or metric in ("baseline_tumor_cells", "normal_T_cells_at_infusion"):
        return "an input, not a prediction"
    if metric.startswith("expansion_ratio"):
        return "these drugs are not in the model"
    return f"the model has no {metric} in {unit}"
