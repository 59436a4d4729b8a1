"""The model's report: facts, clinical records and identifiability, each with a verdict.

This is what `senescope model report` prints. It is built from the shipped parameters every time, so it
cannot go stale, and it never hides what the model gets wrong.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.kinetics import clinical, metrics
from assistant.kinetics import facts as known
from assistant.kinetics.draws import posterior


@dataclass(frozen=True, slots=True)
class Line:
    """One clinical record against the model."""

    record: clinical.Record
    design: str | None
    model: float | None
    verdict: clinical.Verdict
    why: str
    """Why it cannot be compared; empty otherwise."""
    fitted: bool
    """True when the calibration used this record, so that agreement is no prediction."""

    def to_json(self) -> dict[str, Any]:
        """For JSON output."""
        r = self.record
        return {
            "id": r.id,
            "product": r.product,
            "disease": r.disease,
            "population": r.population,
            "metric": r.metric,
            "unit": r.unit,
            "measured": r.value,
            "low": r.low,
            "high": r.high,
            "low_high_is": r.low_high_is,
            "design": self.design,
            "model": self.model if self.model is not None and math.isfinite(self.model) else None,
            "not_reached": self.model is not None and math.isinf(self.model),
            "verdict": self.verdict,
            "why": self.why,
            "fitted": self.fitted,
            "source": r.source(),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Facts, records and how well the data determine each fitted parameter."""

    facts: tuple[known.Fact, ...]
    records: tuple[Line, ...]
    identifiability: Mapping[str, str]
    """Fitted parameter -> informed | weakly informed | not informed."""

    def counts(self) -> dict[str, dict[str, int]]:
        """Verdicts of facts, of records used in the fit and of records that were not."""
        groups = {
            "facts": [f.verdict for f in self.facts],
            "records, fitted": [x.verdict for x in self.records if x.fitted],
            "records, predicted": [x.verdict for x in self.records if not x.fitted],
        }
        return {name: dict(Counter(verdicts)) for name, verdicts in groups.items()}

    def to_json(self) -> dict[str, Any]:
        """For `model report --json`."""
        return {
            "version": 1,
            "facts": [f.to_json() for f in self.facts],
            "records": [x.to_json() for x in self.records],
            "identifiability": dict(self.identifiability),
            "counts": self.counts(),
        }


FITTED_RECORDS = frozenset(
    f"ck{number:03d}"
    for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 52, 53, 54, 55, 70, 76, 109, 110, 164, 165, 166)
)
"""Records behind `targets`: agreement there is fit, not prediction (nor is a complete response rate)."""


def line(record: clinical.Record) -> Line:
    """Compare one record with the model."""
    design = clinical.design_of(record)
    fitted = record.id in FITTED_RECORDS or record.metric in metrics.COMPLETE
    if design is None:
        return Line(record, None, None, "not comparable", f"no {record.costim} design in the model", fitted)
    model, why = metrics.value(record, design)
    verdict = clinical.judge(model, record)
    if verdict == "not comparable" and not why:
        why = "the record holds no number to compare with"
    return Line(record, design.id, model, verdict, why, fitted)


def identifiability() -> dict[str, str]:
    """How far the calibration narrowed each prior."""
    found = {}
    shipped = posterior()
    for key, sd, prior in zip(shipped["keys"], shipped["sd_log"], shipped["prior_sd_log"], strict=True):
        left = sd / prior
        found[key] = "informed" if left < 0.5 else "weakly informed" if left < 0.8 else "not informed"
    return found


def report(records: Path | None = None) -> Report:
    """Build the whole report; about ten seconds, mostly the populations of virtual patients.

    Arguments:
        records: another file of clinical records in the shipped shape, to check predictions.
    """
    lines = tuple(line(r) for r in clinical.records(records))
    return Report(known.facts(), lines, identifiability())
