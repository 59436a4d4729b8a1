"""Figures and tables: their captions and cells taken out of the flow of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.readers.pdf_layout import Block
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_style import Body, reads_as_prose

_LABEL = re.compile(
    r"^(?P<label>(?P<kind>supplementa(?:l|ry) fig(?:ure|\.)?|suppl?\.? fig(?:ure|\.)?"
    r"|extended data (?:fig(?:ure|\.)?|table)"
    r"|fig(?:ure|\.)?|figura|abbildung|abb\.|scheme|chart|plate|video|movie|box|supplementa(?:l"
    r"|ry) table|table|tabela|tabla|tableau"
    r"|tabelle|tab\.|quadro|cuadro|gr[aá]fico)\s*[A-Z]?\.?\s?(?:\d{1,3}|[IVX]{1,5})[A-Z]?)(?P<rest>.*)$",
    re.I,
)
_TABULAR = ("tab", "quadro", "cuadro", "box", "extended data tab", "supplementary tab", "supplemental tab")


@dataclass(slots=True)
class Float:
    """A figure or table: what is said about it, and its cells row by row."""

    label: str
    caption: list[Line]
    rows: list[str] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    """Sentences under a table."""

    @property
    def page(self) -> int:
        """Where it stands."""
        return self.caption[0].page


def label(line: Line, body: Body) -> re.Match[str] | None:
    """The label of a caption that begins with this line; a sentence that begins "Figure 2 shows" has none."""
    found = _LABEL.match(line.text)
    if found is None:
        return None
    rest = found["rest"]
    set_off = bool(line.lead) and _LABEL.match(line.lead.rstrip(" .:|")) is not None
    if set_off or line.bold or not rest.strip() or re.match(r"^\s*[.:|–—-]\s*\S?", rest):
        return found if not re.match(r"^\s*[a-z(,]", rest) or set_off else None
    if re.match(r"^[\s.]*[A-Z0-9“\"(À-Þ]", rest) and not (body.is_set(line) and re.match(r"^\s*\(", rest)):
        return found
    return None


def taken_out(page: Sequence[Block], body: Body) -> list[Block | Float]:
    """The blocks of a page with each caption, and the cells of each table, as one `Float` in its place."""
    blocks = [part for block in page for part in _parted(block, body)]
    found: dict[int, Float] = {}
    gone: set[int] = set()
    for index, block in enumerate(blocks):
        match = label(block.lines[0], body)
        if match is None:
            continue
        word = re.sub(r"\s+", " ", match["label"]).strip()
        item = Float(label=word, caption=list(block.lines))
        if match["kind"].lower().startswith(_TABULAR):
            inside = _cells(index, blocks, body)
            item.caption, spare = _title(block.lines, [blocks[i] for i in inside])
            cells = [Block(spare)] if spare else []
            for i in inside:
                if reads_as_prose(blocks[i]) and not _shares_rows(
                    blocks[i], [blocks[k] for k in inside if k != i]
                ):
                    item.notes += blocks[i].lines
                else:
                    cells.append(blocks[i])
            item.rows = _rows([line for cell in cells for line in cell.lines])
            gone |= set(inside)
        found[index] = item
    return [found.get(i, block) for i, block in enumerate(blocks) if i in found or i not in gone]


def _parted(block: Block, body: Body) -> list[Block]:
    """A block cut where a caption begins or the type changes between caption and text."""
    parts: list[list[Line]] = []
    for line in block.lines:
        starts = label(line, body) is not None
        if parts and not starts:
            before = parts[-1][-1]
            in_caption = label(parts[-1][0], body) is not None
            starts = in_caption and body.is_set(line) and not body.is_set(before)
        if starts or not parts:
            parts.append([])
        parts[-1].append(line)
    return [Block(part) for part in parts]


def _cells(index: int, blocks: Sequence[Block], body: Body) -> list[int]:
    """What stands under the caption of a table down to the next text of the page."""
    caption = blocks[index]
    floor = 0.0
    for i, block in enumerate(blocks):
        if (
            i != index
            and block.top < caption.bottom + 2
            and _is_text(block, body, blocks)
            and _meets(caption, block)
        ):
            floor = max(floor, block.top)
    for i, block in enumerate(blocks):
        if (
            i != index
            and label(block.lines[0], body)
            and block.top < caption.bottom
            and _meets(caption, block)
        ):
            floor = max(floor, block.top)
    inside = [
        i
        for i, block in enumerate(blocks)
        if i != index
        and block.top <= caption.top + 1
        and block.bottom >= floor - 2
        and not _is_text(block, body, blocks)
        and label(block.lines[0], body) is None
    ]
    # A wide gap ends the table: a heading or a figure below it is none of its rows.
    kept: list[int] = []
    bottom = caption.bottom
    for i in sorted(inside, key=lambda i: -blocks[i].top):
        if bottom - blocks[i].top > 6 * body.size:
            break
        kept.append(i)
        bottom = min(bottom, blocks[i].bottom)
    return kept


def _meets(caption: Block, block: Block) -> bool:
    return min(caption.right, block.right) > max(caption.left, block.left)


def _is_text(block: Block, body: Body, page: Sequence[Block]) -> bool:
    """Text of the paper: prose in the body's type, not torn into cells."""
    set_lines = [line for line in block.lines if body.is_sized(line)]
    if len(set_lines) < 0.6 * len(block.lines):
        return False
    others = [other for other in page if other is not block]
    return reads_as_prose(block) and not _shares_rows(block, others, small=True)


def _shares_rows(block: Block, others: Sequence[Block], *, small: bool = False) -> bool:
    """Whether most of its lines stand level with short lines of other blocks, as cells do."""
    bases = [line.base for other in others for line in other.lines if len(line.text) < 30 or not small]
    level = sum(any(abs(line.base - base) < 1.5 for base in bases) for line in block.lines)
    return level > 0.5 * len(block.lines)


def _title(lines: Sequence[Line], cells: Sequence[Block]) -> tuple[list[Line], list[Line]]:
    """The caption's own lines, and first rows of cells that stick to it."""
    bases = [line.base for cell in cells for line in cell.lines]
    title: list[Line] = []
    for index, line in enumerate(lines):
        level = any(abs(line.base - base) < 2.5 for base in bases)
        if index and (level or line.bold != lines[index - 1].bold and len(line.text) < 30):
            return title, list(lines[index:])
        title.append(line)
    return title, []


def _rows(lines: Sequence[Line]) -> list[str]:
    """Cells that stand level, from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if rows and abs(rows[-1][0].base - line.base) < 0.4 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [" | ".join(line.text for line in sorted(row, key=lambda line: line.left)) for row in rows]
