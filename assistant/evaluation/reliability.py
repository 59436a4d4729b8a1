"""Whether probabilities keep their word: of the questions given 0.8, do eight in ten have an answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_SIZE = 320
_MARGIN = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """The cases whose probability lies in one stretch."""

    low: float
    high: float
    count: int
    said: float
    """Mean probability."""
    seen: float
    """Share that were answerable."""


def bins(probabilities: Sequence[float], outcomes: Sequence[bool], parts: int = 10) -> tuple[Bin, ...]:
    """Equal stretches of 0..1 that hold any case, in order."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(parts)]
    for p, outcome in zip(probabilities, outcomes, strict=True):
        members[min(int(p * parts), parts - 1)].append((p, outcome))
    return tuple(
        Bin(
            i / parts,
            (i + 1) / parts,
            len(own),
            sum(p for p, _ in own) / len(own),
            sum(o for _, o in own) / len(own),
        )
        for i, own in enumerate(members)
        if own
    )


def calibration_error(found: Sequence[Bin]) -> float:
    """Mean distance between said and seen, weighted by count (expected calibration error)."""
    total = sum(b.count for b in found)
    return sum(b.count * abs(b.said - b.seen) for b in found) / total if total else 0.0


def table(found: Sequence[Bin]) -> str:
    """A Markdown table with a bar for the share seen."""
    lines = ["| probability | questions | mean said | answerable | |", "|---|---|---|---|---|"]
    for b in found:
        bar = "#" * round(20 * b.seen)
        lines.append(f"| {b.low:.1f}-{b.high:.1f} | {b.count} | {b.said:.2f} | {b.seen:.2f} | `{bar:<20}` |")
    return "\n".join(lines)


def svg(found: Sequence[Bin], title: str) -> str:
    """The reliability plot: said across, seen upwards, area of a dot by its count."""
    total = sum(b.count for b in found) or 1

    def x(p: float) -> float:
        return _MARGIN + p * _SIZE

    def y(p: float) -> float:
        return _MARGIN + (1 - p) * _SIZE

    side = _SIZE + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"'
        ' font-family="sans-serif" font-size="11">',
        f'<text x="{_MARGIN}" y="20" font-size="13">{escape(title)}</text>',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="#888"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#bbb" stroke-dasharray="4"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{x(tick) - 8:.0f}" y="{y(0) + 16:.0f}">{tick:.1f}</text>')
        parts.append(f'<text x="{x(0) - 26:.0f}" y="{y(tick) + 4:.0f}">{tick:.1f}</text>')
    for b in found:
        radius = 3 + 25 * (b.count / total) ** 0.5
        parts.append(
            f'<circle cx="{x(b.said):.1f}" cy="{y(b.seen):.1f}" r="{radius:.1f}"'
            ' fill="#2a6f97" fill-opacity="0.6">'
            f"<title>{b.count} questions</title></circle>"
        )
    parts.append(f'<text x="{_MARGIN + 90}" y="{side - 8}">probability said</text>')
    parts.append("</svg>\n")
    return "\n".join(parts)
