"""Lines joined into paragraphs: words broken at the end of a line made whole, pages remembered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.readers.pdf_lines import Line

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010\u2011]$")
_ENDED = re.compile(r"[.!?:;][\"”’»)\]]*(?:\s*\[[\d,;–\s-]+\])?$")
_ADDRESS = re.compile(r"(?:https?://|www\.|doi\.org|10\.\d{4,9}/)\S*$", re.I)


class Spelling:
    """How the file itself writes words: with it a hyphen at the end of a line is kept or undone."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._words: Counter[str] = Counter()
        self._compounds: Counter[str] = Counter()
        for line in lines:
            for match in _WORD.finditer(line.text):
                word = match.group().lower()
                parts = re.split("[-\u2010\u2011]", word)
                whole = match.end() < len(line.text) - 1 or line.text[-1] not in "-\u2010\u2011\u00ad"
                if len(parts) > 1:
                    self._compounds["-".join(parts)] += 1
                elif whole and match.start() > 0:
                    self._words[word] += 1

    def joined(self, before: str, after: str) -> str:
        """Two ends of a broken line put together; `before` ends in a hyphen."""
        head, tail = _BROKEN.search(before), re.match(r"[^\W\d_]+", after)
        if head is None or tail is None or not tail.group()[0].islower():
            return before + after
        left, right = head.group(1), tail.group()
        bare = before[: head.end(1)]
        if self._keeps_hyphen(left, right):
            return f"{bare}-{after}"
        return bare + after

    def _keeps_hyphen(self, left: str, right: str) -> bool:
        low, high = left.lower(), right.lower()
        whole, compound = self._words[low + high], self._compounds[f"{low}-{high}"]
        if whole or compound:
            return compound > whole
        if len(left) > 1 and left.isupper():
            return True
        if low in _PREFIXES:
            return False
        known = self._words[low] > 0 and self._words[high] > 0
        return known and len(low) > 2 and len(high) > 2


_PREFIXES = frozenset({
    "anti", "auto", "bi", "co", "contra", "de", "dis", "en", "ex", "extra", "hyper", "hypo", "im", "in",
    "inter", "intra", "ir", "iso", "macro", "mega", "meta", "micro", "mid", "mis", "mono", "multi",
    "nano", "non", "out", "over", "para", "per", "peri", "poly", "post", "pre", "pro", "proto",
    "pseudo", "re", "semi", "sub", "super", "sur", "trans", "tri", "un", "under", "up",
})  # fmt: skip
"""Left alone at the end of a line, these are as a rule the beginning of one word."""


@dataclass(slots=True)
class Paragraph:
    """Text in the making: its parts with their pages."""

    parts: list[tuple[str, int]] = field(default_factory=list)
    last: Line | None = None

    @property
    def text(self) -> str:
        """All parts joined."""
        return " ".join(text for text, _ in self.parts)

    @property
    def ended(self) -> bool:
        """Whether it ends where a sentence does."""
        return not self.parts or _ENDED.search(self.parts[-1][0]) is not None

    def add(self, line: Line, spelling: Spelling) -> None:
        """Go on with `line`; the rest of a word broken over two pages goes to the page where it begins."""
        text = line.text
        if not self.parts:
            self.parts.append((text, line.page))
        else:
            before, page = self.parts[-1]
            if page == line.page:
                self.parts[-1] = (_appended(before, text, spelling), page)
            elif _BROKEN.search(before) and text[:1].islower():
                rest = text.split(" ", 1)
                self.parts[-1] = (_appended(before, rest[0], spelling), page)
                self.parts += [(rest[1], line.page)] if len(rest) > 1 else []
            else:
                self.parts.append((text, line.page))
        self.last = line


def _appended(before: str, text: str, spelling: Spelling) -> str:
    if before.endswith(("-", "\u00ad", "\u2010", "\u2011")):
        if _ADDRESS.search(before) or not re.search(r"\w.$", before):
            return before + text
        return spelling.joined(before, text)
    if _ADDRESS.search(before) and before.endswith(("/", ".", "_", "=", "?", "&")) and not text[:1].isupper():
        return before + text
    if before.endswith(("–", "—", "/")) and before[-2:-1].isalnum():
        return before + text
    return f"{before} {text}"
