"""Pieces of a page joined into lines: raised and lowered signs keep their meaning, gutters stay open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.pdf_pages import GUTTER, Piece

_MARK = re.compile(r"^\[?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*[,\]]?$")
_POWER = re.compile(r"^[-−–+]?\d{1,2}$")
_UNIT = re.compile(r"(?:^|[\s(/·.\d])(?:[kcmnµμ]?m|[mµμn]?s|[kmµμn]?g|[mµμn]?[lL]|h|min|d|x|ha|km|yr)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column. Coordinates as in `Piece`."""

    text: str
    left: float
    right: float
    base: float
    size: float
    """Size of most of its characters."""
    font: str
    """Font of most of its characters."""
    bold: bool
    """Whether all of it is bold."""
    italic: bool
    page: int
    number: int
    """Place of its first piece in the order of drawing."""
    lead: str = ""
    """The characters at its beginning that stand out by weight or font, where the rest does not."""

    @property
    def top(self) -> float:
        """Height of its ascenders, as far as the type size tells."""
        return self.base + 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Height of its descenders."""
        return self.base - 0.25 * self.size

    @property
    def middle(self) -> float:
        """Half way between its ends."""
        return (self.left + self.right) / 2


def lines(pieces: Sequence[Piece], page: int) -> list[Line]:
    """The lines of a page in the order of drawing."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        if rows and _joins(rows[-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [line for row in _mended(rows) if (line := _line(row, page)).text]


def _main(row: Iterable[Piece]) -> Piece:
    return max(row, key=lambda piece: (round(piece.size, 1), len(piece.text)))


def _joins(row: list[Piece], piece: Piece) -> bool:
    """Whether `piece`, drawn next, goes on with the line."""
    main = _main(row)
    em = max(main.size, piece.size)
    gap = piece.left - row[-1].right
    return -0.6 * em < gap < GUTTER * em and _level(main, piece)


def _level(main: Piece, piece: Piece) -> bool:
    shift = piece.base - main.base
    small, large = sorted((piece.size, main.size))
    if small > 0.88 * large:
        return abs(shift) < 0.3 * large
    rise = shift if piece.size < main.size else -shift
    return -0.45 * large < rise < 0.75 * large


def _mended(rows: list[list[Piece]]) -> list[list[Piece]]:
    """Rows joined that stand tightly side by side and were drawn apart: italics, signs, marks set later."""
    out: list[list[Piece]] = []
    by_band: dict[int, list[list[Piece]]] = {}
    for row in rows:
        main = _main(row)
        band = round(main.base / 6)
        near = [other for step in (-1, 0, 1) for other in by_band.get(band + step, ())]
        host = next((other for other in near if _beside(other, row)), None)
        if host is None:
            out.append(row)
            by_band.setdefault(band, []).append(row)
        else:
            host[:] = _merged(host, row)
    return out


def _merged(host: list[Piece], row: list[Piece]) -> list[Piece]:
    return (
        [*host, *row] if row[0].left >= host[-1].left else sorted([*host, *row], key=lambda piece: piece.left)
    )


def _beside(host: list[Piece], row: list[Piece]) -> bool:
    main, other = _main(host), _main(row)
    em = max(main.size, other.size)
    small = min(main.size, other.size) < 0.88 * em
    after = row[0].left - host[-1].right
    before = host[0].left - row[-1].right
    reach = 0.35 * em
    touching = -0.25 * em < after < reach or -0.25 * em < before < reach
    if not touching:
        # A mark set into a hole of the line.
        touching = small and any(
            -0.2 * em < row[0].left - a.right < reach and -0.2 * em < b.left - row[-1].right < reach
            for a, b in zip(host, host[1:], strict=False)
        )
    return touching and _level(main, other)


def _line(row: list[Piece], page: int) -> Line:
    weights: Counter[tuple[float, str]] = Counter()
    for piece in row:
        weights[round(piece.size, 1), piece.font] += len(piece.text)
    (size, font), _ = weights.most_common(1)[0]
    main = max((piece for piece in row if round(piece.size, 1) == size), key=lambda piece: len(piece.text))
    return Line(
        text=_text(row, main),
        left=min(piece.left for piece in row),
        right=max(piece.right for piece in row),
        base=main.base,
        size=size,
        font=font,
        bold=all(piece.bold for piece in row if any(sign.isalpha() for sign in piece.text)) and main.bold,
        italic=main.italic,
        page=page,
        number=row[0].number,
        lead=_lead(row, main),
    )


def _lead(row: list[Piece], main: Piece) -> str:
    taken: list[str] = []
    for piece in row:
        if piece.size < 0.88 * main.size:
            break
        if (piece.font, piece.bold) == (main.font, main.bold):
            break
        if taken and (piece.font, piece.bold) != (row[0].font, row[0].bold):
            break
        taken.append((" " if piece.spaced and taken else "") + piece.text)
    return "".join(taken) if 0 < len(taken) < len(row) else ""


def _text(row: list[Piece], main: Piece) -> str:
    out = ""
    for index, piece in enumerate(row):
        gap = piece.left - row[index - 1].right if index else 0.0
        blank = bool(out) and (piece.spaced or gap > 0.3 * main.size)
        raised = piece.size < 0.88 * main.size and piece.base - main.base > 0.15 * main.size
        if raised:
            out += _raised(out, piece.text.strip(), blank)
        else:
            out += (
                " " if blank and not (piece.text[0] in ",.;:)" and gap < 0.25 * main.size) else ""
            ) + piece.text
    return out.strip()


def _raised(before: str, text: str, blank: bool) -> str:
    """A raised sign: a power after a digit or a unit, a citation in brackets after a word, else as it is.

    Without this "10" and a raised "6" would read as 106, and a citation would become part of its word.
    """
    last = before[-1:]
    if _POWER.match(text) and last and (last.isdigit() or _UNIT.search(before) or text[0] in "-−–"):
        return f"^{text}"
    if _MARK.match(text) and last and (last.isalpha() or last in ".,;:)]”’\"'%"):
        ending = "," if text.endswith(",") else ""
        return f" [{text.strip('[],')}]{ending}"
    return (" " if blank else "") + text
