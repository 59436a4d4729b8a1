"""Measured values beside a what-if: which clinical records belong to a design, and whether they fit.

A record fits when its value lies inside the model's band, or the model's median inside the record's own
range. A design that was changed has no measured counterpart: its records are shown, not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from assistant.kinetics import clinical
from assistant.kinetics.clinical import Record, Verdict
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import Vector

_PRODUCTS: dict[str, tuple[str, ...]] = {
    "bbz": ("tisagenlecleucel", "lisocabtagene maraleucel"),
    "28z": ("axicabtagene ciloleucel",),
}
"""Products that stand for the plain designs."""
_OUTCOME = {("Tmax", "day"): "Tmax", ("Cmax", "CAR+ cells/uL"): "Cmax"}


def _outcome(record: Record) -> str | None:
    if record.metric.startswith("CAR_conc_day") and record.unit == "CAR+ cells/uL":
        return f"blood_cells_per_uL_d{record.metric.removeprefix('CAR_conc_day')}"
    return _OUTCOME.get((record.metric, record.unit))


def _changed(design: Design) -> bool:
    by_hand = any(e.by != design.id for p in design.parameters.values() for e in p.effects)
    return bool(design.layers) or by_hand or len(design.events) > 1


def verdict(record: Record, low: float, median: float, high: float) -> Verdict:
    """Whether a record and a model band agree."""
    if record.value is not None and low <= record.value <= high:
        return "in range"
    return clinical.judge(median, record)


def rows(
    design: Design,
    side: str,
    bands: Mapping[str, tuple[float, float, float]],
    t: Vector,
    blood: Mapping[str, Vector],
) -> tuple[dict[str, Any], ...]:
    """The `measured` entries of a comparison for one side.

    Arguments:
        bands: outcome -> (low, median, high).
        blood: median, low, high of the blood level on `t`.
    """
    products = (design.product,) if design.product else _PRODUCTS.get(design.id, ())
    changed = _changed(design)
    found = []
    for record in clinical.records():
        outcome = _outcome(record)
        if outcome is None or record.product not in products or record.value is None:
            continue
        band = bands.get(outcome)
        if band is None:
            day = float(outcome.rpartition("_d")[2])
            if day > t[-1]:
                continue
            low, median, high = (float(np.interp(day, t, blood[k])) for k in ("low", "median", "high"))
            band = (low, median, high)
        found.append(
            {
                "outcome": outcome,
                "value": record.value,
                "low": record.low,
                "high": record.high,
                "low_high_is": record.low_high_is,
                "unit": record.unit,
                "design": side,
                "model": band[1],
                "verdict": "not comparable" if changed else verdict(record, *band),
                "product": record.product,
                "source": record.source(),
            }
        )
    return tuple(found)
