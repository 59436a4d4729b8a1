"""The type that a paper is set in, so that everything else can be told from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.readers.pdf_layout import Block
from ingest.readers.pdf_lines import Line


@dataclass(frozen=True, slots=True)
class Body:
    """Size and font of most of the text."""

    size: float
    font: str
    fonts: Counter[str]
    """Characters of the whole file in each font."""

    def is_sized(self, line: Line) -> bool:
        """Whether a line has the size of the body text."""
        return abs(line.size - self.size) <= 0.05 * self.size

    def is_set(self, line: Line) -> bool:
        """Whether a line is in the type of the body text; italics and bold words inside do not matter."""
        return self.is_sized(line) and (
            line.font == self.font or self.fonts[line.font] > 0.2 * self.fonts[self.font]
        )


def body(lines: Iterable[Line]) -> Body:
    """The commonest size among lines that are long enough for prose, and the commonest font in it."""
    weights: Counter[tuple[float, str]] = Counter()
    fonts: Counter[str] = Counter()
    told = list(lines)
    # A long list of references can outweigh a short paper.
    end = next(
        (i for i, line in enumerate(told) if i > len(told) // 5 and _REFERENCES.match(line.text)), None
    )
    for line in told[:end]:
        fonts[line.font] += len(line.text)
        if len(line.text) > 25 or (len(line.text) > 5 and not weights):
            weights[line.size, line.font] += len(line.text)
    sizes: Counter[float] = Counter()
    for (size, _), count in weights.items():
        sizes[size] += count
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    inside = Counter({font: count for (s, font), count in weights.items() if abs(s - size) < 0.4})
    font = inside.most_common(1)[0][0] if inside else ""
    return Body(size, font, fonts)


_REFERENCES = re.compile(
    r"^(?:\d+\.?\s+)?(?:references?|refer[eê]ncias?|bibliography|literatur\w*)\W*$", re.I
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def reads_as_prose(block: Block) -> bool:
    """Whether a block is sentences, whatever its type: long lines of mostly words."""
    text = block.text
    words = _WORD.findall(text)
    letters = sum(map(str.isalpha, text))
    filled = [len(line.text) for line in block.lines[:-1]] or [len(text)]
    return (
        len(words) >= 8
        and letters > 0.6 * len(text.replace(" ", ""))
        and sum(filled) / len(filled) > 28
        and sum(word.islower() for word in words) > 0.5 * len(words)
    )
