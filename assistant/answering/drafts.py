"""A model's stream cut into whole sentences with their citation marks, cleaned of what is no sentence.

A sentence is handed on as soon as what follows shows that it has ended; one that the stream tears off is
never handed on. Terminal escapes, code fences, headings, list signs and the "thinking" of reasoning models
are not part of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ingest.chunking import sentences

_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_THINKING: Final = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S | re.I)
_OPEN_THINKING: Final = re.compile(r"<think(?:ing)?>.*\Z", re.S | re.I)
_MARKS: Final = re.compile(r"\s*[\[【](\d+(?:\s*[,;–-]\s*\d+)*)[\]】]")
_SIGN: Final = re.compile(r"^\s*(?:[-*+•>]\s+|\d{1,2}[.)]\s+(?=\D))")
_NO_SENTENCE: Final = re.compile(r"^\s*(?:#{1,6}\s|```)")
_UNFINISHED_MARK: Final = re.compile(r"[.!?]\s*(?:[\[【]\d[^\]】]*[\]】]\s*)*[\[【][^\]】]{0,40}$")
_LATE_MARKS: Final = re.compile(r"([.!?])((?:\s*[\[【]\d+(?:\s*[,;–-]\s*\d+)*[\]】])+)")
_FORMAT: Final = re.compile(r"\*\*|__|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_ENDED: Final = re.compile(r"(?:[.!?][\"'”’)]*|[\]】])\s*$")
MOST_CHARACTERS: Final = 20_000
"""A reply longer than this is no answer to a question."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One complete sentence as the model wrote it, not yet checked."""

    text: str
    """Without marks."""
    marks: tuple[int, ...]
    """The numbers cited, in order, each once."""


@dataclass
class Drafts:
    """Feed pieces in, take sentences out."""

    _text: str = ""
    length: int = field(default=0)
    """Characters read so far."""

    def feed(self, piece: str) -> Iterator[Draft]:
        """Add a piece of the stream and yield the sentences that are now known to be complete."""
        self._text += piece
        self.length += len(piece)
        settled = _THINKING.sub("", self._text)
        if _OPEN_THINKING.search(settled) or _UNFINISHED_MARK.search(settled):
            return
        *complete, rest = _pieces(settled)
        # The last one may still grow: a mark, a decimal or a further word can follow its full stop.
        self._text = rest
        for text in complete:
            yield from _draft(text)

    def finish(self) -> tuple[tuple[Draft, ...], str]:
        """The sentences at the end of a stream that ended by itself, and what was torn off, "" if nothing."""
        text = _OPEN_THINKING.sub("", _THINKING.sub("", self._text))
        self._text = ""
        pieces = _pieces(text)
        torn = ""
        if pieces and not _ENDED.search(pieces[-1]):
            rest = pieces.pop()
            torn = "" if _NO_SENTENCE.match(rest) else _cleaned(rest)
        return tuple(draft for piece in pieces for draft in _draft(piece)), torn


def _pieces(text: str) -> list[str]:
    """The text in sentences; the last may be incomplete and keeps its blanks, "" after a line that ended."""
    # Marks that stand after the full stop belong to the sentence before it.
    text = _LATE_MARKS.sub(lambda m: f"{m[2]}{m[1]}", text)
    *lines, last = text.split("\n")
    found = [sentence for line in lines if not _NO_SENTENCE.match(line) for sentence in _cut(line)]
    if _NO_SENTENCE.match(last):
        return [*found, last]
    last = _SIGN.sub("", last)
    spans = sentences(last)
    found += [last[span.start : span.end] for span in spans[:-1]]
    return [*found, last[spans[-1].start :] if spans else last]


def _cut(line: str) -> list[str]:
    line = _SIGN.sub("", line)
    return [line[span.start : span.end] for span in sentences(line)]


def _cleaned(text: str) -> str:
    text = _CONTROL.sub("", _ESCAPES.sub("", text))
    return " ".join(_FORMAT.sub("", text).split())


def _draft(text: str) -> Iterator[Draft]:
    text = _cleaned(text)
    marks: dict[int, None] = {}
    for match in _MARKS.finditer(text):
        marks.update(dict.fromkeys(_numbers(match[1])))
    bare = re.sub(r"\s+([.,;:!?])", r"\1", _MARKS.sub("", text)).strip()
    if re.search(r"\w", bare):
        yield Draft(bare, tuple(marks))


def _numbers(inside: str) -> list[int]:
    """`1, 3` and `2-4` as numbers; a range that is none, or an endless one, counts by its ends."""
    found: list[int] = []
    for part in re.split(r"[,;]", inside):
        ends = [int(n[:6]) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and 0 < ends[1] - ends[0] < 20:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return found
