"""What stands around the text of a page and is none of it: running heads and feet, page and line numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.readers.pdf_lines import Line

ZONE = 0.12
"""Heads and feet stand in this share of the page's height, from either end."""

_FOLIO = re.compile(
    r"^(?:(?:page|seite|p[aá]gina|p\.)\s*)?[–—-]?\s*(?:\d{1,5}|[ivxlc]{1,6}|[es]\d{1,5})\s*[–—-]?"
    r"(?:\s*(?:/|of|von|de)\s*\d{1,5}(?:\s*pages?)?)?$",
    re.I,
)


def strip(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> tuple[list[list[Line]], list[Line]]:
    """The lines of each page without what stands in its margins; and what was taken away."""
    unnumbered, taken = _without_line_numbers(pages)
    rows = [_rows(page, height) for page, height in zip(unnumbered, heights, strict=True)]
    seen: Counter[tuple[str, str]] = Counter()
    places: defaultdict[str, list[float]] = defaultdict(list)
    for page_rows in rows:
        for key in {(zone, _signature(line)) for zone, line in page_rows}:
            seen[key] += 1
    for page_rows in rows:
        for zone, line in page_rows:
            if seen[zone, _signature(line)] > 1 or _FOLIO.match(line.text):
                places[zone].append(line.base)
    kept: list[list[Line]] = []
    for page, page_rows, height in zip(unnumbered, rows, heights, strict=True):
        marginal = {
            id(line)
            for zone, line in page_rows
            if _is_marginal(line, zone, seen, places[zone], page, height, len(pages))
        }
        kept.append([line for line in page if id(line) not in marginal])
        taken += [line for line in page if id(line) in marginal]
    return kept, taken


def _rows(page: Sequence[Line], height: float) -> list[tuple[str, Line]]:
    return [
        ("head" if line.base > height / 2 else "foot", line)
        for line in page
        if line.base > (1 - ZONE) * height or line.base < ZONE * height
    ]


def _signature(line: Line) -> str:
    """What a running line keeps from page to page: its words; numbers count on."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.lower())


def _is_marginal(
    line: Line,
    zone: str,
    seen: Counter[tuple[str, str]],
    places: Sequence[float],
    page: Sequence[Line],
    height: float,
    total: int,
) -> bool:
    if _FOLIO.match(line.text) and _outermost(line, zone, page):
        return True
    same_height = sum(abs(line.base - base) < 3 for base in places)
    if seen[zone, _signature(line)] > 1 and same_height > 1:
        return _outermost(line, zone, page)
    # A head that is used once (a chapter of two pages): at the height of the others, and apart from the text.
    return same_height > max(1, total // 4) and _outermost(line, zone, page) and _apart(line, zone, page)


def _outermost(line: Line, zone: str, page: Sequence[Line]) -> bool:
    """Whether no more than three rows of lines stand farther out."""
    sign = 1 if zone == "head" else -1
    outer = {round(other.base / 3) for other in page if sign * (other.base - line.base) > 3}
    return len(outer) <= 3


def _apart(line: Line, zone: str, page: Sequence[Line]) -> bool:
    if zone == "head":
        inner = [other.base for other in page if other.base < line.base - 3]
        return bool(inner) and line.base - max(inner) > 1.7 * line.size
    inner = [other.base for other in page if other.base > line.base + 3]
    return bool(inner) and min(inner) - line.base > 1.7 * line.size


def _without_line_numbers(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], list[Line]]:
    """Manuscripts for review number their lines: counting numbers at one edge, beside the text."""
    kept, taken = [], []
    for page in pages:
        numbers = [line for line in page if re.fullmatch(r"\d{1,5}", line.text)]
        found = _counting(numbers, page)
        kept.append([line for line in page if id(line) not in found])
        taken += [line for line in page if id(line) in found]
    return kept, taken


def _counting(numbers: Sequence[Line], page: Sequence[Line]) -> set[int]:
    found: set[int] = set()
    edges: defaultdict[int, list[Line]] = defaultdict(list)
    for line in numbers:
        edges[round(line.right / 8)].append(line)
    prose = [line for line in page if len(line.text) > 25]
    for edge in edges:
        column = sorted(edges[edge] + edges.get(edge + 1, []), key=lambda line: -line.base)
        values = [int(line.text) for line in column]
        steps = Counter(b - a for a, b in zip(values, values[1:], strict=False))
        step, count = steps.most_common(1)[0] if steps else (0, 0)
        if len(column) < 5 or step not in (1, 5) or count < 0.8 * (len(column) - 1):
            continue
        outside = all(
            number.right < line.left or number.left > line.right
            for number in column
            for line in prose
            if abs(line.base - number.base) < 4
        )
        if outside and prose and column[0].right < min(line.left for line in prose) + 2:
            found |= {id(line) for line in column}
    return found
