"""Tables as lines that can be quoted alone: each cell with the head of its column.

Spanned cells are repeated where they reach, so that a row says what it says in print. XHTML tables and
OASIS (CALS) tables are read alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.readers.inline import text_of, tidy
from ingest.readers.markup import Element, local

WIDEST_HEAD = 60
"""Characters up to which the head of a column is repeated in front of its cells."""
MOST_CELLS = 200_000
"""Cells of one table, spans included; a span of a million columns is a mistake or an attack."""

_SAYS_NOTHING = frozenset(
    ["variable", "variables", "parameter", "parameters", "characteristic", "characteristics", "item", "items"]
)
"""Heads of a first column that only say that it names the rows."""

Row = list[tuple[str, bool]]
"""Cell texts from left to right; True where a spanned cell is repeated."""


def lines(table: Element) -> list[str]:
    """The rows of a `table` or `tgroup` element as lines."""
    head, body = _split(table)
    heads = _heads(head)
    if heads and heads[0].lower() in _SAYS_NOTHING:
        heads[0] = ""
    if not body:
        return [line for row in head if (line := _joined(text for text, _ in row))]
    told = [] if _fits(heads) else [" | ".join(filter(None, heads))]
    for row in body:
        texts = [text for text, _ in row]
        distinct = {text for text in texts if text}
        if len(distinct) == 1 and texts[0]:
            told.append(texts[0])  # one cell alone or over all columns: a heading inside the table
        elif _fits(heads):
            told.append(_paired(row, heads))
        else:
            told.append(_joined(texts))
    return [line for line in told if line]


def _fits(heads: list[str]) -> bool:
    return any(heads) and all(len(head) <= WIDEST_HEAD for head in heads)


def _joined(texts: Iterable[str]) -> str:
    return " | ".join(text for text in texts if text)


def _paired(row: Row, heads: list[str]) -> str:
    cells = []
    for place, (text, repeated) in enumerate(row):
        if not text or (repeated and place and row[place - 1][0] == text):
            continue
        head = heads[place] if place < len(heads) else ""
        cells.append(f"{head}: {text}" if head and head != text else text)
    return " | ".join(cells)


def _heads(rows: list[Row]) -> list[str]:
    """One head a column: the levels above it, joined, each said once."""
    width = max((len(row) for row in rows), default=0)
    heads = []
    for column in range(width):
        levels: list[str] = []
        for row in rows:
            text = row[column][0].rstrip(":") if column < len(row) else ""
            if text and text not in levels:
                levels.append(text)
        heads.append(" ".join(levels))
    return heads


def _split(table: Element) -> tuple[list[Row], list[Row]]:
    """Head and body rows; without a `thead`, a first row of nothing but `th` is the head."""
    head = _grid([row for part in table.iter("thead") for row in _rows(part)])
    rest = [row for row in _rows(table) if not any(local(above) == "thead" for above in row.iterancestors())]
    body = _grid(rest)
    if not head and len(body) > 1 and all(local(cell) == "th" for cell in _cells(rest[0])):
        return body[:1], body[1:]
    return head, body


def _rows(part: Element) -> list[Element]:
    return [row for row in part.iter("tr", "row")]


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row if local(cell) in ("td", "th", "entry")]


def _grid(rows: list[Element]) -> list[Row]:
    grid: list[Row] = []
    reaching: dict[int, tuple[str, int]] = {}
    """Column -> text, and rows that it still reaches down."""
    total = 0
    for row in rows:
        line: Row = []
        below: dict[int, tuple[str, int]] = {}
        for cell in [*_cells(row), None]:
            while (column := len(line)) in reaching:
                text, left = reaching.pop(column)
                line.append((text, True))
                total += 1
                if left > 1:
                    below[column] = (text, left - 1)
            if cell is None:
                break
            text = _text(cell)
            across, down = _spans(cell)
            total += across
            if total > MOST_CELLS:
                return grid
            for step in range(across):
                if down > 1:
                    below[len(line)] = (text, down - 1)
                line.append((text, step > 0))
        reaching = {**reaching, **below}
        grid.append(line)
    return grid


def _text(cell: Element) -> str:
    blocks = [tidy(text_of(part)) for part in cell.iter("p", "list-item", "title")]
    own = text_of(cell)
    return " ".join(filter(None, [own, *blocks]))


def _spans(cell: Element) -> tuple[int, int]:
    """Columns and rows that a cell covers."""
    across, below = _number(cell.get("colspan"), 1), _number(cell.get("rowspan"), 1)
    if local(cell) == "entry":
        first, last = _column(cell.get("namest")), _column(cell.get("nameend"))
        across = last - first + 1 if first and last and last > first else 1
        below = _number(cell.get("morerows"), 0) + 1
    return min(max(across, 1), 500), min(max(below, 1), 5000)


def _column(name: str | None) -> int:
    return _number("".join(c for c in name or "" if c.isdigit()), 0)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 7 else otherwise
