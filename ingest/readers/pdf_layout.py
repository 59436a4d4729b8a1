"""Lines of a page gathered into blocks, and blocks put in reading order.

Publishers' files are drawn in reading order far more often than geometry can tell it (sidebars, figures
across columns), so the order of drawing stands unless it contradicts the page; then columns are followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from ingest.readers.pdf_lines import Line


@dataclass(slots=True)
class Block:
    """Lines below each other in one column."""

    lines: list[Line] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Of its leftmost line."""
        return min(line.left for line in self.lines)

    @property
    def right(self) -> float:
        """Of its rightmost line."""
        return max(line.right for line in self.lines)

    @property
    def top(self) -> float:
        """Of its highest line."""
        return max(line.top for line in self.lines)

    @property
    def bottom(self) -> float:
        """Of its lowest line."""
        return min(line.bottom for line in self.lines)

    @property
    def text(self) -> str:
        """All of its words."""
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        """Type size of most of its lines."""
        return median(line.size for line in self.lines)


def blocks(lines: Sequence[Line]) -> list[Block]:
    """Blocks in the order of drawing."""
    out: list[Block] = []
    for line in lines:
        host = next((block for block in reversed(out[-60:]) if _below(block, line)), None)
        if host is not None:
            host.lines.append(line)
        elif (
            host := next((block for block in reversed(out[-4:]) if _same_row(block, line)), None)
        ) is not None:
            last = host.lines[-1]
            host.lines[-1] = replace(last, text=f"{last.text} {line.text}", right=line.right)
        else:
            out.append(Block([line]))
    return out


def _below(block: Block, line: Line) -> bool:
    last = block.lines[-1]
    drop = last.base - line.base
    small, large = sorted((last.size, line.size))
    if small < 0.86 * large or not 0.6 * small < drop < 1.9 * large:
        return False
    overlap = min(block.right, line.right) - max(block.left, line.left)
    narrow = min(block.right - block.left, line.right - line.left)
    return overlap > 0.6 * narrow


def _same_row(block: Block, line: Line) -> bool:
    """A line torn by a wide word space: the lines above reach across the tear."""
    last = block.lines[-1]
    gap = line.left - last.right
    if (
        abs(last.base - line.base) > 0.2 * last.size
        or not 0 < gap < 2.2 * last.size
        or last.size != line.size
    ):
        return False
    above = block.lines[:-1]
    across = [
        other for other in above if other.left < last.right and other.right > line.left + 0.5 * last.size
    ]
    return len(block.lines) == 1 or bool(across)


def ordered(page: Sequence[Block]) -> tuple[list[Block], bool]:
    """Blocks in reading order, and whether that differs from the order of drawing."""
    drawn = sorted(page, key=lambda block: block.lines[0].number)
    prose = [block for block in drawn if _is_prose(block)]
    broken = sum(_contradicts(a, b) for a, b in zip(prose, prose[1:], strict=False))
    if not broken:
        return drawn, False
    placed = _by_place(drawn)
    if _fit([block for block in placed if _is_prose(block)]) > _fit(prose):
        return placed, True
    return drawn, False


def _is_prose(block: Block) -> bool:
    return len(block.lines) > 2 and len(block.text) > 35 * len(block.lines) ** 0.5


def _contradicts(a: Block, b: Block) -> bool:
    """Whether `b`, drawn after `a`, is read before it: above it in one column, or a column to the left."""
    if _overlaps(a, b):
        return b.bottom >= a.top - 1
    return b.right < a.left and b.top > a.bottom and b.bottom < a.top


def _overlaps(a: Block, b: Block) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) > 0.3 * min(a.right - a.left, b.right - b.left)


def _by_place(page: Sequence[Block]) -> list[Block]:
    """Columns followed from the top: after Breuel (2003), two rules and a topological sort.

    A block comes before the blocks below it that share its column; and before those to its right, unless a
    block that reaches over both columns stands between their heights.
    """
    before: dict[int, set[int]] = {index: set() for index in range(len(page))}
    for i, a in enumerate(page):
        for j, b in enumerate(page):
            if i == j:
                continue
            if _overlaps(a, b):
                if a.top > b.top:
                    before[j].add(i)
            elif a.right <= b.left + 2 and not any(
                _overlaps(other, a) and _overlaps(other, b) and _between(other, a, b)
                for other in page
                if other is not a and other is not b
            ):
                before[j].add(i)
    out: list[Block] = []
    left = set(before)
    while left:
        free = [index for index in left if not before[index] & left] or list(left)
        index = min(free, key=lambda index: page[index].lines[0].number)
        out.append(page[index])
        left.remove(index)
    return out


def _between(other: Block, a: Block, b: Block) -> bool:
    return min(a.top, b.top) <= other.top <= max(a.top, b.top)


def _fit(prose: Sequence[Block]) -> float:
    """How well blocks go on into each other: unfinished into lower case, finished into a new sentence."""
    score = 0.0
    for a, b in zip(prose, prose[1:], strict=False):
        ended = re.search(r"[.!?:][\"”’)\]]*(?:\s*\[[\d,–-]+\])?$", a.lines[-1].text) is not None
        lower = b.lines[0].text[:1].islower()
        score += (ended != lower) + (a.lines[-1].text.endswith("-") and lower)
        score -= 0.25 * _contradicts(a, b)
    return score
