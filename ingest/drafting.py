"""From a reader's sections and paragraphs to a document: text first, then spans, then passages.

Every reader but the digest's writes through a `Draft`, so that cleaning, offsets and the cutting into
passages are done in one place and one way.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from ingest.chunking import CHUNKER_VERSION, sentences
from ingest.documents import Document, Notice, Paper, Passage, Section, Span
from ingest.identity import slug

TARGET = 800
"""Characters of a passage. The default embedder reads 256 tokens, title included: of passages of 1,000
characters it leaves the end of every fourth unread. Against those (with an overlap of 200) this cut found the
marked answers of COVID-QA within 3,000 characters of reading in 77.2 % instead of 73.8 % (nDCG@10 .725, .713)
at 3 % fewer tokens; windows of three sentences gave 78.3 % and .688 at 64 % more. Abstracts (SciFact)
lie between .840 and .846 with all. See `python -m tests.bench.passage_sizes`."""
OVERLAP = 100
"""Characters of whole sentences that a passage repeats from the one before."""
TAIL = 200
"""Characters at the end of a section that go with the passage before them: alone they would say little."""
_CUT = f"{CHUNKER_VERSION}, {TARGET}, {OVERLAP}, {TAIL}"
"""Part of a document's hash: cut otherwise, it is another document, and replaces the one that is in."""

# What no stored text holds: controls, bidirectional overrides, half characters, and the invisible marks
# that publishers leave inside words (soft hyphen, zero-width space, byte-order mark).
_DROP = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """`text` on one line: composed characters (NFC), single blanks, nothing a terminal could act on."""
    return " ".join(_DROP.sub("", unicodedata.normalize("NFC", text)).split())


class Draft:
    """A document in the making. Call `section`, then `paragraph` and `lines`; at the end `document`."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._sections: list[tuple[str, int, bool, list[tuple[Span, int | None]]]] = []
        self._ends: list[int] = []

    @property
    def empty(self) -> bool:
        """Whether no evidence text has been written yet."""
        return not any(spans for _, _, evidence, spans in self._sections if evidence)

    def section(self, *titles: str, evidence: bool = True) -> None:
        """Begin a section; `titles` is its path from the outermost title inwards.

        With `evidence` false (references, acknowledgements, funding, author notes, reviews) the text is
        stored and never becomes a passage.
        """
        self._close()
        path = " > ".join(filter(None, map(clean, titles))) or "Text"
        self._write(f"{path}\n")
        self._sections.append((path, self._length, evidence, []))

    def paragraph(self, text: str, *, page: int | None = None) -> None:
        """A paragraph of prose; it is cut into sentences here."""
        self._add([(clean(text), page)])

    def spread(self, parts: Sequence[tuple[str, int]]) -> None:
        """A paragraph that runs over pages: its parts in order, each with its page, joined by a blank.

        A word that is broken over two pages belongs whole into the first part.
        """
        self._add([(clean(text), page) for text, page in parts])

    def lines(self, texts: Iterable[str], *, page: int | None = None) -> None:
        """Lines that stand by themselves (rows of a table, items of a list): one sentence each."""
        for text in texts:
            if bare := clean(text):
                start = self._begin()
                self._write(bare)
                self._sections[-1][3].append((Span(start, self._length), page))

    def _add(self, parts: Sequence[tuple[str, int | None]]) -> None:
        parts = [(text, page) for text, page in parts if text]
        if not parts:
            return
        start = self._begin()
        begins: list[tuple[int, int | None]] = []
        for number, (text, page) in enumerate(parts):
            if number:
                self._write(" ")
            begins.append((self._length - start, page))
            self._write(text)
        for s in sentences(" ".join(text for text, _ in parts)):
            page = next(page for begin, page in reversed(begins) if begin <= s.start)
            self._sections[-1][3].append((Span(start + s.start, start + s.end), page))

    def document(
        self,
        paper: Paper,
        *,
        reader: str,
        source: str,
        notes: Iterable[str] = (),
        notices: Iterable[Notice] = (),
    ) -> Document:
        """The finished document; its hash covers bibliography and text, not the file around them."""
        self._close()
        text = "".join(self._pieces)
        bibliography = {k: v for k, v in asdict(paper).items() if k != "retraction_checked"}
        told = json.dumps([bibliography, reader, [asdict(n) for n in notices], _CUT], sort_keys=True)
        return Document(
            paper=paper,
            text=text,
            sections=tuple(
                Section(path, Span(start, end), evidence)
                for (path, start, evidence, _), end in zip(self._sections, self._ends, strict=True)
            ),
            passages=tuple(self._passages(paper.id)),
            source=source,
            sha256=hashlib.sha256(f"{told}\n{text}".encode()).hexdigest(),
            notes=tuple(notes),
            reader=reader,
            notices=tuple(notices),
        )

    def _write(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _begin(self) -> int:
        if not self._sections:
            self.section("Text")
        if self._length > self._sections[-1][1]:
            self._write("\n")
        return self._length

    def _close(self) -> None:
        if len(self._ends) < len(self._sections):
            self._ends.append(self._length)
            self._write("\n\n")

    def _passages(self, paper: str) -> Iterable[Passage]:
        taken: dict[str, int] = {}
        for path, _, evidence, spans in self._sections:
            if not evidence:
                continue
            name = slug(path)
            number = taken.get(name, 0)
            for run in runs(spans):
                number += 1
                pages = tuple(page for _, page in run if page is not None)
                yield Passage(
                    id=f"{paper}#{name}:{number}",
                    paper=paper,
                    kind="text",
                    section=path,
                    span=Span(run[0][0].start, run[-1][0].end),
                    sentences=tuple(span for span, _ in run),
                    page=pages[0] if pages else None,
                    pages=pages if len(pages) == len(run) else (),
                )
            taken[name] = number


def runs(
    flat: Sequence[tuple[Span, int | None]], target: int = TARGET, overlap: int = OVERLAP, tail: int = TAIL
) -> Iterable[Sequence[tuple[Span, int | None]]]:
    """Runs of whole sentences near `target` characters, each repeating up to `overlap` of the one before.

    The last one takes in up to `tail` more.
    """
    start = 0
    while start < len(flat):
        stop = start + 1
        while stop < len(flat) and flat[stop][0].end - flat[start][0].start <= target:
            stop += 1
        if stop < len(flat) and flat[-1][0].end - flat[stop][0].start <= tail:
            stop = len(flat)
        yield flat[start:stop]
        if stop == len(flat):
            return
        back = stop
        while back - 1 > start and flat[stop - 1][0].end - flat[back - 1][0].start <= overlap:
            back -= 1
        start = back
