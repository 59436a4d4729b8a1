"""Scans of one parameter and rankings of single changes, each with its uncertainty.

Every point of a scan and every lever of a ranking sees the same draws, so that what is compared are
designs and not luck. A change is only called an improvement when 95 % of the paired draws agree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.kinetics import doubts, ensemble, levers, outcomes
from assistant.kinetics import draws as drawing
from assistant.kinetics.compare import Band, Direction, band, direction
from assistant.kinetics.designs import Design, user_effect
from assistant.kinetics.doubts import Doubt
from assistant.kinetics.equations import Vector
from assistant.kinetics.events import schedule
from assistant.kinetics.parameters import meanings
from assistant.kinetics.practical import Size, size
from assistant.kinetics.shares import with_setting

MAX_POINTS = 200
WORDS = {"A>B": "higher", "A<B": "lower"}
BESIDE = ("Cmax", "remission_probability")


@dataclass(frozen=True, slots=True)
class Range:
    """Values of one parameter to go through."""

    name: str
    values: tuple[float, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Scan:
    """Outcome bands along a range."""

    design: Design
    range: Range
    days: float
    draws: int
    seed: int
    bands: dict[str, tuple[Band, ...]]
    """Outcome -> one band a value."""
    failed: int

    def to_json(self) -> dict[str, Any]:
        """For `model scan --json`."""
        units = {d.name: d.unit for d in outcomes.DEFINITIONS}
        return {
            "version": 1,
            "kind": "scan",
            "design": self.design.id,
            "parameter": self.range.name,
            "unit": self.range.unit,
            "values": list(self.range.values),
            "outcomes": [
                {"name": name, "unit": units[name], "bands": [b.to_json() for b in bands]}
                for name, bands in self.bands.items()
            ],
            "run": {"days": self.days, "draws": self.draws, "seed": self.seed, "failed": self.failed},
        }


@dataclass(frozen=True, slots=True)
class Ranked:
    """What one lever does to an outcome."""

    lever: str
    name: str
    difference: Band
    """With the lever minus without, paired."""
    direction: Direction
    agreement: float
    findings: tuple[str, ...]
    conflict: str
    contested: tuple[Doubt, ...]
    """What in the corpus speaks against it on this outcome."""
    size: Size
    """Whether that is a difference that could be seen."""
    beside: Mapping[str, tuple[Band, Direction, Size]]
    """What it does to expansion and remission: less senescence because nothing grows is no gain."""
    first: Mapping[str, float]
    """"lower" or "higher" -> share of draws in which no other lever lowers or raises the outcome more."""

    def to_json(self) -> dict[str, Any]:
        """For `model scan --levers --json`."""
        return {
            "lever": self.lever,
            "name": self.name,
            "difference": self.difference.to_json(),
            "direction": WORDS.get(self.direction, self.direction),
            "agreement": self.agreement,
            "size": self.size,
            "first": dict(self.first),
            "findings": list(self.findings),
            "conflict": self.conflict,
            "contested": [d.to_json() for d in self.contested],
            "beside": {
                name: {"difference": gap.to_json(), "direction": WORDS.get(way, way)}
                for name, (gap, way, _) in self.beside.items()
            },
        }


def parse_range(text: str, default_points: int = 9) -> Range:
    """`NAME=from..to`, `NAME=from..to:21` or `NAME=a,b,c`; a decade or more is spaced on a log scale.

    Raises:
        InputError: an unknown name, no range, a value that is unphysical or in the wrong unit.
    """
    name, equals, rest = text.partition("=")
    name = name.strip()
    hint = "Use NAME=from..to, e.g. dose=1e6..1e9, dose=1e6..1e9:13, or NAME=1,2,5."
    if not equals or not rest.strip():
        raise InputError(f"{text!r} is no range.", hint=hint)
    match = re.fullmatch(r"\s*(?P<low>[^:]+?)\s*\.\.\s*(?P<high>[^:]+?)\s*(?::\s*(?P<n>\d+)\s*)?", rest)
    if match is None and "," not in rest:
        raise InputError(f"{text!r} is no range.", hint=hint)
    if match is None:
        values = tuple(user_effect(name, part.strip()).value for part in rest.split(","))
        return Range(name, values, meanings()[name].unit)
    low, high = (user_effect(name, match[side]) for side in ("low", "high"))
    if "times" in (low.operation, high.operation):
        raise InputError(f"{text!r}: a scan needs values, not fold changes.", hint=hint)
    n = int(match["n"]) if match["n"] else default_points
    if not 2 <= n <= MAX_POINTS:
        raise InputError(f"{n} points are not possible.", hint=f"Use 2 to {MAX_POINTS}.")
    if low.value >= high.value:
        raise InputError(f"{text!r}: the range is empty.", hint="Write the smaller value first.")
    wide = low.value > 0.0 and high.value / low.value >= 10.0
    points = np.geomspace(low.value, high.value, n) if wide else np.linspace(low.value, high.value, n)
    return Range(name, tuple(float(f"{x:.6g}") for x in points), meanings()[name].unit)


def scan(
    design: Design,
    wanted: Range,
    *,
    days: float = 365.0,
    draws: int = 64,
    seed: int = 1,
    threads: int | None = None,
) -> Scan:
    """Run the design at every value of the range, with the same draws of everything else."""
    table = drawing.normal_table(drawing.keys((design,)), draws, seed) if draws > 1 else {}
    found: dict[str, list[Band]] = {d.name: [] for d in outcomes.DEFINITIONS}
    failed = 0
    for value in wanted.values:
        changed = with_setting(design, wanted.name, value)
        values, bad = _outcomes(changed, table, days, draws, threads)
        failed += bad
        for name, numbers in values.items():
            found[name].append(band(numbers))
    return Scan(
        design, wanted, days, draws, seed, {name: tuple(bands) for name, bands in found.items()}, failed
    )


def _outcomes(
    design: Design, table: Any, days: float, draws: int, threads: int | None
) -> tuple[dict[str, Vector], int]:
    batch = ensemble.run_many(
        drawing.matrix(design, table, draws),
        schedule(design.events, days),
        np.empty(0),
        threads=threads,
        curves=False,
    )
    ok = batch.status == 0
    # A failed run is no number: NaN is left out of bands and of directions alike.
    return {name: np.where(ok, values, np.nan) for name, values in batch.outcomes.items()}, int((~ok).sum())


def rank(
    design: Design,
    outcome: str,
    *,
    names: Sequence[str] = (),
    days: float = 365.0,
    draws: int = 64,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Ranked, ...]:
    """All levers that fit the design, by what each does to one outcome; the largest sure change first.

    Arguments:
        names: levers to try; when empty all that fit the costimulation column and are not the patient.
        progress: told after each lever how many are done of how many; what it raises ends the search.
    """
    known = {d.name for d in outcomes.DEFINITIONS}
    if outcome not in known:
        from assistant.kinetics.parameters import nearest

        near = nearest(outcome, tuple(known))
        raise InputError(
            f"unknown outcome {outcome!r}",
            hint=(f"did you mean {near!r}? " if near else "") + "outcomes: " + ", ".join(sorted(known)),
        )
    tried = list(_levers(design, names))
    laid = {name: design.with_layer(name) for name in tried}
    table = drawing.normal_table(drawing.keys((design, *laid.values())), draws, seed)
    before, _ = _outcomes(design, table, days, draws, threads)
    found = []
    runs: dict[str, dict[str, Vector]] = {}
    for done, (name, changed) in enumerate(laid.items()):
        progress(done, len(laid))
        runs[name], _ = _outcomes(changed, table, days, draws, threads)
    firsts = _firsts({name: _gap(after[outcome], before[outcome]) for name, after in runs.items()})
    for name, after in runs.items():
        gap, way, agreement, seen = _paired(outcome, after, before)
        beside = {o: (b[0], b[1], b[3]) for o in BESIDE if o != outcome and (b := _paired(o, after, before))}
        lever = levers.load(name)
        doubted = tuple(d for d in doubts.of_lever(lever.id, design.base) if d.concerns([outcome]))
        found.append(
            Ranked(
                name, lever.name, gap, way, agreement, lever.findings, lever.conflict, doubted, seen, beside,
                firsts[name],
            )
        )  # fmt: skip
    return tuple(sorted(found, key=_order))


def _gap(after: Vector, before: Vector) -> Vector:
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(after) & np.isinf(before), 0.0, after - before)


def _paired(
    outcome: str, after: Mapping[str, Vector], before: Mapping[str, Vector]
) -> tuple[Band, Direction, float, Size]:
    a, b = after[outcome], before[outcome]
    way, agreement = direction(a, b)
    gap = band(_gap(a, b))
    unit = next(d.unit for d in outcomes.DEFINITIONS if d.name == outcome)
    return gap, way, agreement, size(unit, band(a).median, band(b).median, gap)


def _firsts(gaps: Mapping[str, Vector]) -> dict[str, dict[str, float]]:
    """How often each lever does most, either way; a draw that no lever moves counts for none."""
    if not gaps:
        return {}
    table = np.nan_to_num(np.stack(list(gaps.values())), nan=0.0, posinf=np.inf, neginf=-np.inf)
    out: dict[str, dict[str, float]] = {}
    for name, own in zip(gaps, table, strict=True):
        out[name] = {
            "lower": float(((own <= table.min(axis=0)) & (own < 0.0)).mean()),
            "higher": float(((own >= table.max(axis=0)) & (own > 0.0)).mean()),
        }
    return out


def _levers(design: Design, names: Sequence[str]) -> Iterator[str]:
    for name in names or levers.names():
        lever = levers.load(name)
        fits = not lever.bases or design.base in lever.bases
        if lever.id not in design.layers and (names or (fits and not _is_scene(lever))):
            yield lever.id


def _is_scene(lever: levers.Lever) -> bool:
    """Whether a lever is the patient and not the design: a small tumour is nothing one can choose."""
    return bool(lever.effects) and all(meanings()[e.parameter].kind == "scenario" for e in lever.effects)


def _order(ranked: Ranked) -> tuple[int, float]:
    size = ranked.difference.median
    sure = ranked.direction != "undetermined"
    return (0 if sure else 1, -abs(size) if math.isfinite(size) else -math.inf)
