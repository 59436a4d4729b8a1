"""The values an ingest produces: a document, its sections, sentences and passages.

Offsets count characters of `Document.text`, the one string that is stored and quoted from:
`document.text[s.start:s.end]` is the sentence or passage, byte for byte. Everything shown to a
reader as a quote goes through these offsets, so a reader must build `text` first and slice it
afterwards, never the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Retraction = Literal["none", "retracted", "concern", "corrected", "unknown"]
System = Literal["in-vitro", "mouse", "patients", "computation", "review", "donors", "n/a"]
Costim = Literal["4-1BB", "CD28", "both", "other", "none", "n/a"]
PassageKind = Literal["finding", "claim", "text"]


class ReadError(Exception):
    """A file cannot be read as a document; the message names the file and the repair."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of `Document.text`: characters `start` (inclusive) to `end` (exclusive)."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a document; `path` is the title path joined by " > "."""

    path: str
    span: Span
    evidence: bool = True
    """False for references, acknowledgements, funding and author notes: never quoted."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Bibliography of one paper; a field that was not seen is None or empty, never guessed."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    license: str | None = None
    study_type: str = "n/a"
    evidence: str = "primary"
    """primary, review, secondary or news: how near the text is to the data."""
    topics: tuple[str, ...] = ()
    seen: str = "full-text"
    """abstract, full-text or secondary: what the stored text was written from."""
    retraction: Retraction = "unknown"
    retraction_checked: str | None = None
    """ISO date of the last check of the retraction state."""
    article_type: str | None = None
    """As the source says it: "research-article", "Review", "Retraction of Publication" ..."""
    language: str | None = None
    """ISO 639 code of the stored text, as the source says it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is retrieved: one finding, one claim, or a run of whole sentences of a section."""

    id: str
    """`<paper>#F3` for a finding, `<paper>#<section>:<k>` for full text, `claim:<id>` for a claim."""
    paper: str
    kind: PassageKind
    section: str
    span: Span
    sentences: tuple[Span, ...]
    """Whole sentences of the passage, in order, as spans of the document's text."""
    system: str = "n/a"
    costim: str = "n/a"
    target: str = "n/a"
    page: int | None = None
    """The page on which the passage begins, counted from 1."""
    pages: tuple[int, ...] = ()
    """The page on which each sentence begins; empty where the source has no pages."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a document says about ANOTHER paper: a retraction notice, a correction, a concern."""

    state: Literal["retracted", "concern", "corrected"]
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    date: str | None = None
    """ISO date of the notice, as exact as the source gives it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of a reference list: identifiers to fetch, no text."""

    where: str
    title: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One record of a file that holds several cannot be read; the others go on."""

    where: str
    """The record: its identifier or its number in the file."""
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One paper as read from one source, ready for the catalog."""

    paper: Paper
    text: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    source: str
    """Where it was read from: a path or an address."""
    sha256: str
    """Of the bytes that were read; an unchanged hash means an unchanged document."""
    notes: tuple[str, ...] = field(default=())
    """What the reader skipped or guessed, for the report."""
    reader: str = "digest"
    """digest, jats, medline, europepmc, pdf, markdown or text: what the text was read with."""
    notices: tuple[Notice, ...] = ()


Record = Document | Reference | Problem
"""What one record of a file comes to."""
