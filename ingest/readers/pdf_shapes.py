"""Signs known by their shape, in fonts that code them as digits or letters.

Typesetting systems keep `=`, `<`, `−` or `µ` in fonts of their own, under the codes of `5`, `,`, `2` or `m`,
and many files say nothing else about them: "P<0.001" comes out as "Po0.001", and −1.4 as 21.4. The outline
decides here; where it is none of the signs below, the code stands.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2.raw as c  # type: ignore[import-untyped]  # ships no type information

SUSPECTS = frozenset("0123456789,.;:$#!%&'()*/@\"abdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ¼¶þ6ðÞ")
"""Codes that are never right for an outline that looks like a mathematical sign."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Contour:
    """A closed line of an outline, in ems above the baseline; `straight` when it has no curve."""

    points: tuple[Point, ...]
    straight: bool

    @property
    def left(self) -> float:
        """Of its leftmost point."""
        return min(x for x, _ in self.points)

    @property
    def right(self) -> float:
        """Of its rightmost point."""
        return max(x for x, _ in self.points)

    @property
    def bottom(self) -> float:
        """Of its lowest point."""
        return min(y for _, y in self.points)

    @property
    def top(self) -> float:
        """Of its highest point."""
        return max(y for _, y in self.points)

    @property
    def width(self) -> float:
        """Of the box around it."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Of the box around it."""
        return self.top - self.bottom


def outline(font: object, code: int) -> list[Contour]:
    """The contours of a glyph; empty where pdfium gives none."""
    path = c.FPDFFont_GetGlyphPath(font, code, ctypes.c_float(1000.0))
    count = c.FPDFGlyphPath_CountGlyphSegments(path) if path else 0
    x, y = ctypes.c_float(), ctypes.c_float()
    contours: list[Contour] = []
    points: list[Point] = []
    straight = True
    for index in range(max(count, 0)):
        segment = c.FPDFGlyphPath_GetGlyphPathSegment(path, index)
        kind = c.FPDFPathSegment_GetType(segment)
        c.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        if kind == c.FPDF_SEGMENT_MOVETO and points:
            contours.append(Contour(tuple(points), straight))
            points, straight = [], True
        straight = straight and kind != c.FPDF_SEGMENT_BEZIERTO
        points.append((x.value, y.value))
    if points:
        contours.append(Contour(tuple(points), straight))
    return [one for one in contours if one.width > 0.02 or one.height > 0.02]


def sign(contours: Sequence[Contour], code: str) -> str | None:
    """The sign that an outline shows and that `code` is not; None when it is none of those known here."""
    if not contours or code not in SUSPECTS:
        return None
    return (
        _relation(sorted(contours, key=lambda one: -one.bottom))
        or _mark(contours)
        or _letterlike(contours, code)
    )


def _relation(contours: Sequence[Contour]) -> str | None:
    bars = [one for one in contours if _is_bar(one)]
    rest = [one for one in contours if not _is_bar(one)]
    if not bars and len(rest) == 2 and _is_slope(rest[1]) and rest[1].bottom < rest[0].bottom:
        bars = [rest.pop()]  # a lower bar that follows the lower arm
    if len(bars) == len(contours):
        if len(bars) in (1, 2) and bars[0].width > 0.3 and 0.1 < bars[-1].bottom < 0.45:
            return "−" if len(bars) == 1 else "="
        return "≡" if len(bars) == 3 else None
    if len(rest) != 1 or len(bars) > 1:
        return None
    under = bool(bars) and bars[0].bottom < rest[0].bottom
    if bars and not under:
        return None
    if (side := _chevron(rest[0])) is not None:
        return {"<": "≤", ">": "≥"}[side] if under else side
    if _is_cross(rest[0]):
        return "±" if under else None
    return None


def _is_bar(one: Contour) -> bool:
    return one.straight and len(set(one.points)) <= 5 and one.height < 0.12 and one.width > 3 * one.height


def _is_slope(one: Contour) -> bool:
    return one.straight and len(set(one.points)) == 4 and one.width > 0.35 and one.height < 0.7 * one.width


def _chevron(one: Contour) -> str | None:
    """`<` or `>`: straight, every corner on one of two arms that meet half way up at one side."""
    if not one.straight or len(one.points) < 6 or not 0.35 < one.width < 0.95:
        return None
    if not 0.3 < one.height < 0.85 or one.bottom > 0.3:
        return None
    middle = (one.top + one.bottom) / 2
    for side, apex, end in (("<", one.left, one.right), (">", one.right, one.left)):
        away = [(abs(x - apex) / one.width, 2 * abs(y - middle) / one.height) for x, y in one.points]
        on_arms = all(-0.12 < out - up < 0.3 for out, up in away)
        ends = {y > middle for x, y in one.points if abs(x - end) < 0.05}
        if on_arms and len(ends) == 2 and min(up for _, up in away) < 0.12:
            return side
    return None


def _is_cross(one: Contour) -> bool:
    """An upright cross of twelve corners with its arms at the middle."""
    if not one.straight or len(set(one.points)) != 12 or abs(one.width - one.height) > 0.2 * one.width:
        return False
    x, y = (one.left + one.right) / 2, (one.top + one.bottom) / 2
    high = [a for a, b in one.points if abs(b - one.top) < 0.02]
    wide = [b for a, b in one.points if abs(a - one.left) < 0.02]
    return all(abs(a - x) < 0.1 for a in high) and all(abs(b - y) < 0.1 for b in wide)


def _mark(contours: Sequence[Contour]) -> str | None:
    """A tilde or a prime."""
    if len(contours) != 1:
        return None
    [one] = contours
    if not one.straight and one.width > 0.4 and 0.06 < one.height < 0.26 and 0.12 < one.bottom < 0.4:
        return "∼"
    if one.width < 0.3 and one.bottom > 0.3 and 0.2 < one.height < 0.45 and one.height > 1.3 * one.width:
        return "′"
    return None


def _letterlike(contours: Sequence[Contour], code: str) -> str | None:
    """Greek letters and marks under the Latin letter that names them in the Symbol and Pi encodings."""
    bottom = min(one.bottom for one in contours)
    top = max(one.top for one in contours)
    width = max(one.right for one in contours) - min(one.left for one in contours)
    if code == "m" and bottom < -0.12 and top < 0.6 and width < 0.7:
        return "μ"
    if (
        code == "D"
        and len(contours) == 2
        and all(one.straight for one in contours)
        and _is_triangle(contours)
    ):
        return "Δ"
    if code in "sra" and len(contours) == 4 and width > 0.6 and top - bottom > 0.6:
        return "®"
    if code == "3" and len(contours) == 1 and contours[0].straight and _is_diagonal(contours[0]):
        return "×"
    return None


def _is_triangle(contours: Sequence[Contour]) -> bool:
    outer = max(contours, key=lambda one: one.width)
    low = [x for x, y in outer.points if y < outer.bottom + 0.05]
    high = [x for x, y in outer.points if y > outer.top - 0.05]
    middle = (outer.left + outer.right) / 2
    wide = max(low) - min(low) > 0.85 * outer.width
    return wide and all(abs(x - middle) < 0.25 * outer.width for x in high)


def _is_diagonal(one: Contour) -> bool:
    """A cross whose four ends lie in the corners of its box."""
    corners = [(x, y) for x in (one.left, one.right) for y in (one.bottom, one.top)]
    return 0.3 < one.height < 0.65 and all(
        any(abs(a - x) < 0.12 and abs(b - y) < 0.12 for a, b in one.points) for x, y in corners
    )
