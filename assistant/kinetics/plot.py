"""Curves as text, CSV and pictures.

In the terminal: braille, eight dots a character. A is a continuous line and B a dashed one, bands are
sparse dots of two grains, and both ends are lettered, so that it reads in monochrome at 80x24.
Pictures go through matplotlib, imported when one is asked for.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import EnvironmentFault, InputError

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_LABEL = 8
TITLES: dict[str, tuple[str, str]] = {
    "blood_cells_per_uL": ("CAR-T cells in blood", "cells/uL"),
    "senescent_fraction": ("senescent share of CAR-T cells", "1"),
    "exhausted_fraction": ("exhausted share of CAR-T cells", "1"),
    "memory_fraction": ("memory share of CAR-T cells", "1"),
    "tumour_cells": ("tumour cells", "cells"),
    "mean_divisions": ("divisions behind a dividing cell", "divisions"),
}

Series = Mapping[str, Any]
"""The `series` object of the contract."""


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """0 at the bottom, 1 at the top; values outside stay at the edge."""
        if self.logarithmic:
            value = math.log10(max(value, self.low))
            low, high = math.log10(self.low), math.log10(self.high)
        else:
            low, high = self.low, self.high
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def value(self, share: float) -> float:
        """The value at a height."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10.0 ** (low + share * (high - low)))
        return self.low + share * (self.high - self.low)


class _Canvas:
    def __init__(self, width: int, height: int) -> None:
        self.columns, self.rows = 2 * width, 4 * height
        self._bits = [[0] * width for _ in range(height)]

    def dot(self, x: int, y: int) -> None:
        if 0 <= x < self.columns and 0 <= y < self.rows:
            self._bits[y // 4][x // 2] |= _DOTS[y % 4][x % 2]

    def lines(self) -> list[str]:
        return ["".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in self._bits]


def _axis(curves: Sequence[Mapping[str, Sequence[float | None]]], unit: str) -> _Axis:
    values = [
        v
        for c in curves
        for part in ("median", "low", "high")
        for v in c[part]
        if v is not None and math.isfinite(v)
    ]
    top, bottom = max(values, default=1.0), min(values, default=0.0)
    positive = [v for v in values if v > 0.0]
    if unit != "1" and positive and top > 100.0 * max(min(positive), 1e-6 * top):
        low = max(min(positive), 1e-6 * top)
        return _Axis(10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(top)), True)
    if unit == "1":
        return _Axis(0.0, 1.0 if top > 0.5 else max(0.1, math.ceil(top * 10) / 10), False)
    return _Axis(min(0.0, bottom), _rounded(top) if top > min(0.0, bottom) else bottom + 1.0, False)


def _rounded(value: float) -> float:
    size = 10.0 ** math.floor(math.log10(value))
    return math.ceil(2.0 * value / size) / 2.0 * size


def _sample(t: Sequence[float], values: Sequence[float | None], at: float) -> float | None:
    from bisect import bisect_right

    i = min(max(bisect_right(t, at) - 1, 0), len(t) - 2)
    left, right = values[i], values[i + 1]
    if left is None or right is None:
        return left if at - t[i] < t[i + 1] - at else right
    return left + (right - left) * (at - t[i]) / (t[i + 1] - t[i])


def braille(series: Series, output: str = "blood_cells_per_uL", *, width: int = 78, height: int = 12) -> str:
    """One output of both designs as text, `width` by `height` characters with axes.

    Arguments:
        series: the `series` object of a comparison's JSON.
        output: a state or derived output in it.
    """
    curves = [series[side][output] for side in ("A", "B") if side in series and output in series[side]]
    if not curves:
        raise InputError(
            f"there is no curve {output!r}", hint="use one of: " + ", ".join(sorted(series["A"]))
        )
    title, unit = TITLES.get(output, (f"{output}", "cells"))
    t = [float(x) for x in series["t"]]
    axis = _axis(curves, unit)
    columns, rows = max(20, width - _LABEL - 3), max(4, height - 4)
    canvas = _Canvas(columns, rows)
    ends = []
    for n, curve in enumerate(curves):
        _band(canvas, t, curve, axis, n)
    for n, curve in enumerate(curves):
        ends.append(_line(canvas, t, curve["median"], axis, dashed=n == 1))
    scale = ", log scale" if axis.logarithmic else ""
    shown = "%" if unit == "1" else unit
    head = f"{title} ({shown}{scale}): A line, B dashes, dots 90 % of draws"
    lines = [head if len(head) <= width else f"{title} ({shown}{scale})"]
    for n, row in enumerate(canvas.lines()):
        share = 1.0 - n / (rows - 1)
        value = axis.value(share) * (100.0 if unit == "1" else 1.0)
        label = f"{value:.3g}".replace("e+0", "e").replace("e+", "e") if n % 3 == 0 or n == rows - 1 else ""
        mark = "".join(
            name for name, end in zip("AB", ends, strict=False) if end is not None and end // 4 == n
        )
        lines.append(f"{label:>{_LABEL}}┤{row} {mark}".rstrip())
    lines.append(" " * _LABEL + "└" + "─" * columns)
    lines.append(_ticks(t, columns))
    return "\n".join(lines)


def _ticks(t: Sequence[float], columns: int) -> str:
    row = [" "] * (columns + _LABEL + 4)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        text = f"{t[0] + share * (t[-1] - t[0]):.4g}" + (" day" if share == 1.0 else "")
        at = (
            _LABEL
            + 1
            + round(share * (columns - 1))
            - (len(text) - 1 if share == 1.0 else len(text) // 2 if share else 0)
        )
        row[at : at + len(text)] = text
    return "".join(row).rstrip()


def _heights(
    canvas: _Canvas, t: Sequence[float], values: Sequence[float | None], axis: _Axis
) -> list[int | None]:
    out: list[int | None] = []
    for x in range(canvas.columns):
        value = _sample(t, values, t[0] + (t[-1] - t[0]) * x / (canvas.columns - 1))
        out.append(
            None
            if value is None or not math.isfinite(value)
            else round((1.0 - axis.place(value)) * (canvas.rows - 1))
        )
    return out


def _band(
    canvas: _Canvas, t: Sequence[float], curve: Mapping[str, Sequence[float | None]], axis: _Axis, n: int
) -> None:
    lows, highs = (_heights(canvas, t, curve[part], axis) for part in ("low", "high"))
    for x, (bottom, top) in enumerate(zip(lows, highs, strict=True)):
        if bottom is None or top is None or bottom == top:
            continue
        for y in range(top, bottom + 1):
            if (x % 4 == 0 and y % 3 == 0) if n == 0 else (x % 6 == 3 and y % 4 == 2):
                canvas.dot(x, y)


def _line(
    canvas: _Canvas, t: Sequence[float], values: Sequence[float | None], axis: _Axis, *, dashed: bool
) -> int | None:
    """Draw a median; returns the dot row of its last point."""
    before: int | None = None
    last: int | None = None
    for x, y in enumerate(_heights(canvas, t, values, axis)):
        if y is not None and (not dashed or x % 8 < 4):
            reach = range(min(before, y), max(before, y) + 1) if before is not None else (y,)
            for step in reach:
                canvas.dot(x, step)
        before = y
        last = y if y is not None else last
    return last


def to_csv(series: Series) -> str:
    """All curves as CSV: one row a day, columns `A.E.median` and so on, units in the second header row."""
    from assistant.kinetics.outcomes import DERIVED

    sides = [s for s in ("A", "B") if s in series]
    columns = [(s, name, part) for s in sides for name in series[s] for part in ("median", "low", "high")]
    units = {**{n: "divisions x cells" for n in ("QM", "QE", "QP")}, **DERIVED}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["t", *(f"{s}.{n}.{p}" for s, n, p in columns)])
    writer.writerow(["day", *(units.get(n, "cells") for _, n, _ in columns)])
    for i, day in enumerate(series["t"]):
        values = (series[s][n][p][i] for s, n, p in columns)
        writer.writerow([repr(float(day)), *("" if v is None else repr(float(v)) for v in values)])
    return out.getvalue()


def picture(
    series: Series,
    path: Path,
    *,
    names: tuple[str, str] = ("A", "B"),
    outputs: Sequence[str] = (
        "blood_cells_per_uL",
        "senescent_fraction",
        "exhausted_fraction",
        "tumour_cells",
    ),
    points: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write a PNG or SVG (by the name's ending) of some outputs with bands.

    Arguments:
        names: what A and B are called in the legend.
        points: measured values, `{"output", "t", "value", "label"}`.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise InputError(
            f"{path.name!r} is neither .png nor .svg", hint="give a name that ends in .png or .svg"
        )
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise EnvironmentFault(
            "Pictures need matplotlib, which is not installed.",
            hint="pip install matplotlib, or use --csv.",
        ) from missing
    shown = [o for o in outputs if o in series["A"]]
    figure: Any = Figure(figsize=(8.4, 2.6 * math.ceil(len(shown) / 2)), layout="constrained")
    (FigureCanvasSVG if path.suffix.lower() == ".svg" else FigureCanvasAgg)(figure)
    for n, output in enumerate(shown, 1):
        _panel(figure.add_subplot(math.ceil(len(shown) / 2), 2, n), series, output, names, points)
    try:
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix.lower() == ".svg" else {})
    except OSError as problem:
        raise EnvironmentFault(
            f"cannot write {str(path)!r}: {problem}", hint="Check the folder and the disk."
        ) from problem


def _panel(
    axes: Any, series: Series, output: str, names: tuple[str, str], points: Sequence[Mapping[str, Any]]
) -> None:
    title, unit = TITLES.get(output, (output, "cells"))
    sides = [s for s in ("A", "B") if s in series]
    scale = 100.0 if unit == "1" else 1.0
    # Blue and orange of Okabe and Ito with two dashes: told apart by any eye and in print.
    for side, name, colour, dash in zip(sides, names, ("#0072B2", "#D55E00"), ("-", "--"), strict=False):
        curve = {
            part: [math.nan if v is None else scale * v for v in series[side][output][part]]
            for part in ("median", "low", "high")
        }
        axes.plot(series["t"], curve["median"], dash, color=colour, label=f"{side}: {name}")
        axes.fill_between(series["t"], curve["low"], curve["high"], color=colour, alpha=0.18, linewidth=0)
    for point in points:
        if point.get("output") == output:
            axes.plot([point["t"]], [point["value"]], "k^", markersize=5)
    if _axis([series[s][output] for s in sides], unit).logarithmic:
        axes.set_yscale("log")
    axes.set_title(title, fontsize=9)
    axes.set_xlabel("day", fontsize=8)
    axes.set_ylabel("%" if unit == "1" else unit, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6, frameon=False)
