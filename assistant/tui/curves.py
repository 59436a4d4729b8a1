"""Curves of two designs with their bands, drawn in braille: eight dots a character.

A is a continuous line and B a dashed one; the bands are sparse dots of different grain, so that the
picture says the same without colour. Pure text in, pure text out: no widget, no NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from assistant.sessions.markdown import number

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille cell by row and column."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LABEL = 6
"""Columns for the numbers of the vertical axis."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One design's curve over `t`; the same length everywhere."""

    t: Sequence[float]
    median: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    """None where a quantity is not defined, as a share of cells that are all gone."""


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value: a letter for its design, with a bar where a range is known."""

    t: float
    value: float
    low: float | None
    high: float | None
    letter: str
    style: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The vertical scale: logarithmic when the values span more than two decades."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, curves: Sequence[Curve], *, counts: bool, points: Sequence[Point] = ()) -> Axis:
        """The scale that holds all curves and points: logarithmic for `counts` over two decades or more.

        A log axis shows at most eight decades below the top; a share stays on a linear one.
        """
        values = [v for c in curves for part in (c.low, c.high, c.median) for v in part if v is not None]
        values += [v for point in points for v in (point.value, point.low, point.high) if v is not None]
        top, bottom = max(values, default=1.0), min(values, default=0.0)
        positive = [v for v in values if v > 0]
        if counts and positive and top / max(min(positive), top * 1e-8) > 100:
            low = max(min(positive), top * 1e-8)
            return cls(10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(top)), True)
        if top <= bottom:
            top = bottom + 1.0
        return cls(min(0.0, bottom), _round_up(top), False)

    def place(self, value: float) -> float:
        """Where a value stands, 0 (bottom) to 1 (top); values outside are held at the edge."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            share = (math.log10(max(value, self.low)) - low) / (high - low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))

    def ticks(self, rows: int) -> dict[int, str]:
        """Labels of some rows, counted from the top: decades on a log axis, else top, middle, bottom."""
        if self.logarithmic:
            low, high = round(math.log10(self.low)), round(math.log10(self.high))
            step = max(1, math.ceil((high - low) / max(1, (rows - 1) // 3)))
            return {
                round((high - decade) / (high - low) * (rows - 1)): f"10{str(decade).translate(_RAISED)}"
                for decade in range(high, low - 1, -step)
            }
        places = (0, rows - 1, (rows - 1) // 2) if rows >= 7 else (0, rows - 1)
        return {
            place: number(self.low + (1.0 - place / (rows - 1)) * (self.high - self.low)) for place in places
        }


class Canvas:
    """A grid of braille cells that remembers who drew last in each."""

    def __init__(self, width: int, height: int) -> None:
        self.columns, self.rows = width * 2, height * 4
        self._bits = [[0] * width for _ in range(height)]
        self._owner = [[""] * width for _ in range(height)]
        self._letters: dict[tuple[int, int], tuple[str, str]] = {}

    def dot(self, x: int, y: int, owner: str) -> None:
        """Set one dot, counted from the top left; outside the canvas nothing happens."""
        if 0 <= x < self.columns and 0 <= y < self.rows:
            self._bits[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            self._owner[y // 4][x // 2] = owner

    def letter(self, x: int, y: int, letter: str, style: str) -> None:
        """Put a letter over the cell of a dot."""
        if 0 <= x < self.columns and 0 <= y < self.rows:
            self._letters[y // 4, x // 2] = (letter, style)

    def lines(self) -> list[Content]:
        """The rows as text, coloured by owner."""
        return [self._line(row) for row in range(len(self._bits))]

    def _line(self, row: int) -> Content:
        parts: list[tuple[str, str]] = []
        for column, (bits, owner) in enumerate(zip(self._bits[row], self._owner[row], strict=True)):
            if (row, column) in self._letters:
                text, style = self._letters[row, column]
            else:
                text, style = (chr(0x2800 + bits), owner) if bits else (" ", "")
            if parts and parts[-1][1] == style:
                parts[-1] = (parts[-1][0] + text, style)
            else:
                parts.append((text, style))
        return Content.assemble(*parts)


def draw(
    a: Curve, b: Curve | None, width: int, height: int, unit: str, points: Sequence[Point] = ()
) -> Content:
    """The picture, `width` by `height` characters, axes included."""
    inner, rows = max(10, width - LABEL - 1), max(3, height - 2)
    curves = [a] if b is None else [a, b]
    axis = Axis.of(curves, counts="cells" in unit, points=points)
    start, end = a.t[0], a.t[-1]
    canvas = Canvas(inner, rows)
    for curve, style, grain in zip(curves, ("$design-a", "$design-b"), (0, 1), strict=False):
        _band(canvas, curve, axis, f"{style} 60%", grain)
    for curve, style, dashed in zip(curves, ("$design-a", "$design-b"), (False, True), strict=False):
        _line(canvas, curve, axis, f"bold {style}", dashed)
    for point in points:
        _point(canvas, point, axis, start, end)
    lines = [Content.styled(f"{unit}{' (log scale)' if axis.logarithmic else ''}", "dim")]
    ticks = axis.ticks(rows)
    for place, row in enumerate(canvas.lines()):
        tick = ticks.get(place, "")
        lines.append(Content.assemble((f"{tick:>{LABEL}}{'┤' if tick else '│'}", "dim"), row))
    middle = number((start + end) / 2)
    first, last = number(start), f"{number(end)} days"
    room = max(1, inner - len(first) - len(last) - len(middle))
    days = f"{first}{' ' * (room // 2)}{middle}{' ' * (room - room // 2)}{last}"
    lines.append(Content.styled(f"{'':{LABEL}} {days}", "dim"))
    return Content("\n").join(lines)


def _point(canvas: Canvas, point: Point, axis: Axis, start: float, end: float) -> None:
    x = round((point.t - start) / (end - start) * (canvas.columns - 1)) if end > start else 0
    heights = [
        round((1.0 - axis.place(value)) * (canvas.rows - 1))
        for value in (point.high, point.low, point.value)
        if value is not None
    ]
    for y in range(min(heights), max(heights) + 1):
        canvas.dot(x, y, point.style)
    canvas.letter(x, heights[-1], point.letter, f"bold reverse {point.style}")


def _samples(values: Sequence[float | None], spots: Sequence[tuple[int, float]]) -> list[float | None]:
    """Values between the points of a curve; None beside a point that is not defined."""
    found: list[float | None] = []
    for low, share in spots:
        left, right = values[low], values[min(low + 1, len(values) - 1)]
        if left is None or right is None:
            found.append(left if share == 0.0 else right if share == 1.0 else None)
        else:
            found.append(left + share * (right - left))
    return found


def _spots(t: Sequence[float], columns: int) -> list[tuple[int, float]]:
    """Where each dot column stands between the times of a curve: the one before, and the share of the way."""
    start, end = t[0], t[-1]
    found, low = [], 0
    if len(t) == 1:
        return [(0, 0.0)] * columns
    for x in range(columns):
        at = start + (end - start) * x / (columns - 1)
        while low < len(t) - 2 and t[low + 1] <= at:
            low += 1
        gap = t[low + 1] - t[low]
        found.append((low, min(1.0, (at - t[low]) / gap) if gap > 0 else 0.0))
    return found


def _heights(canvas: Canvas, curve: Curve, values: Sequence[float | None], axis: Axis) -> list[int | None]:
    """The dot row of each dot column; None where the curve is not defined."""
    shares = (
        None if value is None else axis.place(value)
        for value in _samples(values, _spots(curve.t, canvas.columns))
    )
    return [None if share is None else round((1.0 - share) * (canvas.rows - 1)) for share in shares]


def _band(canvas: Canvas, curve: Curve, axis: Axis, style: str, grain: int) -> None:
    lows, highs = (_heights(canvas, curve, values, axis) for values in (curve.low, curve.high))
    for x, (bottom, top) in enumerate(zip(lows, highs, strict=True)):
        if bottom is None or top is None or bottom == top:
            continue
        for y in range(top, bottom + 1):
            sparse = (x % 4 == 0 and y % 2 == 0) if grain == 0 else (x % 4 == 2 and y % 3 == 1)
            if sparse:
                canvas.dot(x, y, style)


def _line(canvas: Canvas, curve: Curve, axis: Axis, style: str, dashed: bool) -> None:
    before: int | None = None
    for x, y in enumerate(_heights(canvas, curve, curve.median, axis)):
        if y is None:
            before = None
            continue
        reach = [y] if before is None else list(range(min(before, y), max(before, y) + 1))
        if not dashed or x % 6 < 4:
            for step in reach:
                canvas.dot(x, step, style)
        before = y


def _round_up(value: float) -> float:
    """The next value with one or two leading digits: 0.63 becomes 0.7."""
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return math.ceil(value / size * 10 / 5) * 5 / 10 * size
