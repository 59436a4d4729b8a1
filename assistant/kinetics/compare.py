"""A against B: paired draws, bands, differences and a direction, as the command-line contract wants.

Both designs see the same draws of everything they share, so a difference is a difference of designs
and not of luck. A direction is given when at least half of the draws differ and 95 % of those agree
on the sign; otherwise it is "undetermined" (two runs that both outlast the horizon do not differ).
Bands are the 5th to 95th percentile over draws.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from assistant.kinetics import draws as drawing
from assistant.kinetics import ensemble, outcomes
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import PARAMETERS, STATES, Vector
from assistant.kinetics.events import schedule
from assistant.kinetics.practical import Size, size
from assistant.kinetics.simulate import Tolerances, default_grid

AGREEMENT = 0.95
"""Share of the differing draws that must agree on the sign before a direction is given."""
LOW, HIGH = 5.0, 95.0
SOLVER = "Dormand-Prince 5(4), Numba"

Direction: TypeAlias = Literal["A>B", "A<B", "undetermined"]


@dataclass(frozen=True, slots=True)
class Band:
    """Median and central 90 % over draws; inf where an event never came."""

    median: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """With null for "never" and for "not defined"."""
        parts = (("median", self.median), ("low", self.low), ("high", self.high))
        return {name: value if math.isfinite(value) else None for name, value in parts}


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome of both designs."""

    name: str
    unit: str
    text: str
    a: Band
    b: Band
    difference: Band
    """A minus B, paired."""
    direction: Direction
    agreement: float
    """Share of draws with the more frequent sign; ties count for neither."""

    @property
    def size(self) -> Size:
        """Whether the difference is one that could be seen."""
        return size(self.unit, self.a.median, self.b.median, self.difference)

    def to_json(self) -> dict[str, Any]:
        """The contract's object, with meaning, size and agreement added."""
        return {
            "name": self.name,
            "unit": self.unit,
            "meaning": self.text,
            "A": self.a.to_json(),
            "B": self.b.to_json(),
            "difference": self.difference.to_json(),
            "direction": self.direction,
            "size": self.size,
            "agreement": self.agreement,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter that differs between the designs."""

    parameter: str
    before: float
    after: float
    unit: str
    because: Mapping[str, Any] | str
    """Citation, "user" or "assumed"."""

    def to_json(self) -> dict[str, Any]:
        """The contract's object."""
        because = dict(self.because) if isinstance(self.because, Mapping) else self.because
        return {
            "parameter": self.parameter,
            "from": self.before,
            "to": self.after,
            "unit": self.unit,
            "because": because,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything a what-if shows."""

    a: Design
    b: Design
    t: Vector
    series: Mapping[str, Mapping[str, Mapping[str, Vector]]]
    """"A" or "B" -> state or output -> median, low, high on `t`."""
    outcomes: tuple[OutcomeRow, ...]
    changes: tuple[Change, ...]
    measured: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    run: Mapping[str, Any]
    question: str | None = None
    values: Mapping[str, Mapping[str, Vector]] = field(default_factory=dict)
    """"A" or "B" -> outcome -> one value per draw (not part of the JSON)."""

    def outcome(self, name: str) -> OutcomeRow:
        """The row of one outcome."""
        return next(row for row in self.outcomes if row.name == name)

    def to_json(self) -> dict[str, Any]:
        """The object of `whatif --json`, version 1."""
        series: dict[str, Any] = {"t": [float(x) for x in self.t]}
        for side, curves in self.series.items():
            series[side] = {
                name: {part: [_finite(x) for x in values] for part, values in band.items()}
                for name, band in curves.items()
            }
        return {
            "version": 1,
            "kind": "whatif",
            "question": self.question,
            "designs": [_design_json(i, d) for i, d in (("A", self.a), ("B", self.b))],
            "changes": [c.to_json() for c in self.changes],
            "series": series,
            "outcomes": [row.to_json() for row in self.outcomes],
            "measured": [dict(m) for m in self.measured],
            "warnings": list(self.warnings),
            "run": dict(self.run),
        }


def _finite(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None


def _design_json(identity: str, design: Design) -> dict[str, Any]:
    return {
        "id": identity,
        "design": design.id,
        "name": design.name,
        "layers": list(design.layers),
        "events": [e.to_json() for e in design.events],
        "parameters": {n: design.parameters[n].to_json() for n in PARAMETERS},
    }


def band(values: Vector) -> Band:
    """Median and central 90 % of draws; NaN draws are left out, inf draws are kept as largest."""
    kept = np.sort(values[~np.isnan(values)])
    if len(kept) == 0:
        return Band(math.nan, math.nan, math.nan)
    # "inverted_cdf" never averages two draws, so an event that never came cannot blur into a number.
    low, middle, high = np.percentile(kept, [LOW, 50.0, HIGH], method="inverted_cdf")
    return Band(float(middle), float(low), float(high))


def direction(a: Vector, b: Vector) -> tuple[Direction, float]:
    """Which is larger, and the share of draws that say so.

    Differences below one part in a million of either value are ties, and so is "never" in both.
    """
    valid = ~(np.isnan(a) | np.isnan(b))
    if not valid.any():
        return "undetermined", 0.0
    a, b = a[valid], b[valid]
    scale = 1e-6 * np.maximum(np.where(np.isinf(a), 0.0, np.abs(a)), np.where(np.isinf(b), 0.0, np.abs(b)))
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isinf(a) & np.isinf(b), 0.0, a - b)
    more, less = float((gap > scale).mean()), float((gap < -scale).mean())
    # Most draws alike and a median difference of nothing is no direction, however the rest fall.
    if more + less < 0.5 or abs(float(np.median(gap))) <= float(np.median(scale)):
        return "undetermined", max(more, less)
    if more >= AGREEMENT * (more + less):
        return "A>B", more
    return ("A<B", less) if less >= AGREEMENT * (more + less) else ("undetermined", max(more, less))


def changes(a: Design, b: Design) -> tuple[Change, ...]:
    """Every parameter whose value differs, with what justifies it."""
    found = []
    for name in PARAMETERS:
        before, after = a.parameters[name], b.parameters[name]
        if before.value == after.value:
            continue
        because: Mapping[str, Any] | str = "assumed"
        if any(e.by == "user" for p in (before, after) for e in p.effects):
            because = "user"
        elif after.source is not None:
            because = after.source.to_json()
        found.append(Change(name, before.value, after.value, after.unit, because))
    return tuple(found)


def compare(
    a: Design,
    b: Design,
    *,
    days: float = 365.0,
    draws: int = 200,
    seed: int = 1,
    grid: Vector | None = None,
    tolerances: Tolerances | None = None,
    threads: int | None = None,
    question: str | None = None,
) -> Comparison:
    """Run both designs over the same draws.

    Arguments:
        draws: parameter sets per design; 1 is the nominal set.
        seed: of the draws; the same seed gives the same numbers.
        grid: output days, see `simulate.default_grid`.
    """
    began = time.perf_counter()
    tol = tolerances or Tolerances()
    points = default_grid(days) if grid is None else np.asarray(grid, dtype=float)
    table = drawing.normal_table(drawing.keys((a, b)), draws, seed) if draws > 1 else {}
    batches = {
        side: ensemble.run_many(
            drawing.matrix(d, table, draws), schedule(d.events, days), points, tolerances=tol, threads=threads
        )
        for side, d in (("A", a), ("B", b))
    }
    first, second = batches["A"].outcomes, batches["B"].outcomes
    ok = (batches["A"].status == 0) & (batches["B"].status == 0)
    rows = tuple(_row(d, first[d.name][ok], second[d.name][ok]) for d in outcomes.DEFINITIONS)
    notes = [*dict.fromkeys((*a.warnings, *b.warnings))]
    for side in ("A", "B"):
        notes += [f"design {side}: {line}" for line in batches[side].advice()]
    series = {side: _series(batch, ok) for side, batch in batches.items()}
    return Comparison(
        a=a,
        b=b,
        t=points,
        series=series,
        outcomes=rows,
        changes=changes(a, b),
        measured=(
            *_measured(a, "A", {r.name: r.a for r in rows}, points, series["A"]),
            *_measured(b, "B", {r.name: r.b for r in rows}, points, series["B"]),
        ),
        warnings=tuple(notes),
        run={
            "id": uuid.uuid4().hex[:12],
            "seed": seed,
            "draws": draws,
            "days": days,
            "rtol": tol.rtol,
            "atol": tol.atol,
            "solver": SOLVER,
            "seconds": time.perf_counter() - began,
        },
        question=question,
        values={side: dict(batch.outcomes) for side, batch in batches.items()},
    )


def _measured(
    design: Design,
    side: str,
    bands: Mapping[str, Band],
    t: Vector,
    series: Mapping[str, Mapping[str, Vector]],
) -> tuple[Mapping[str, Any], ...]:
    from assistant.kinetics import measured

    limits = {name: (x.low, x.median, x.high) for name, x in bands.items()}
    return measured.rows(design, side, limits, t, series["blood_cells_per_uL"])


def _row(definition: outcomes.Definition, a: Vector, b: Vector) -> OutcomeRow:
    way, agreement = direction(a, b)
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isinf(a) & np.isinf(b), 0.0, a - b)
    return OutcomeRow(
        definition.name, definition.unit, definition.text, band(a), band(b), band(gap), way, agreement
    )


def _series(batch: ensemble.Batch, ok: Vector) -> dict[str, dict[str, Vector]]:
    states = batch.states[ok]
    curves: dict[str, Vector] = {name: states[:, :, i] for i, name in enumerate(STATES)}
    curves.update(outcomes.derived(states, batch.p[ok]))
    return {
        name: dict(zip(("median", "low", "high"), _quantiles(c), strict=True)) for name, c in curves.items()
    }


def _quantiles(values: Vector) -> Sequence[Vector]:
    """Median, low and high over draws at each time; a share of no cells is left out."""
    if len(values) == 0:
        return [np.full(values.shape[1], np.nan)] * 3
    bare = np.isnan(values)
    if not bare.any():
        low, middle, high = np.percentile(values, [LOW, 50.0, HIGH], axis=0)
        return [middle, low, high]
    out = np.full((3, values.shape[1]), np.nan)
    for i in range(values.shape[1]):
        kept = values[~bare[:, i], i]
        if len(kept):
            out[:, i] = np.percentile(kept, [50.0, LOW, HIGH])
    return list(out)
