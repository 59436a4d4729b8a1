"""Papers in PDF: columns in reading order, margins removed, sections and pages kept.

Read with pypdfium2 (PDFium; BSD and Apache, 9 MB): its plain text was the best in order of six libraries on
seven papers, and the fastest (pypdf, pdfminer.six and pdfplumber took 12 to 45 times as long; pdf_oxide, 26
MB, lost words; PyMuPDF is AGPL). With our layout on top the whole takes one to three times pypdf's plain
text: models that find a layout need weights from a hub.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from ingest.documents import Paper, ReadError, Record
from ingest.identity import minted
from ingest.readers import named
from ingest.readers.pdf_flow import Flow
from ingest.readers.pdf_front import front
from ingest.readers.pdf_layout import Block, blocks, ordered
from ingest.readers.pdf_lines import Line, lines
from ingest.readers.pdf_margins import strip
from ingest.readers.pdf_pages import Page, Pdf
from ingest.readers.pdf_prose import Spelling
from ingest.readers.pdf_style import body


def read(data: bytes, source: str) -> Iterator[Record]:
    """The paper in a PDF, as one document.

    Arguments:
        data: the bytes of the file.
        source: its path or address, for messages and for the document.

    Raises:
        ReadError: no PDF, encrypted with a password, damaged, without pages, or without text (a scan).
    """
    name = named(source)
    with Pdf(data, name) as pdf:
        pages = list(pdf)
        metadata, broken = pdf.metadata(), pdf.broken
    drawn = [lines(page.pieces, page.number) for page in pages]
    _refuse_without_text(pages, drawn, broken, name)
    kept, margins = strip(drawn, [page.height for page in pages])
    told = body(line for page in kept for line in page)
    arranged, reordered = _arranged(pages, kept)
    head = front(arranged, margins, metadata, told)
    spelling = Spelling(line for page in kept for line in page)
    flow = Flow(told, spelling, head.title_lines)
    flow.write(arranged)
    loose = flow.draft.empty
    if loose:
        flow = Flow(told, spelling, (), paper=False)
        flow.write(arranged)
    notes = [*head.notes, *_notes(pages, broken, reordered, data), *flow.notes]
    if loose:
        notes.append("not laid out like a paper: all of its text taken as it stands")
    paper = Paper(
        id=minted(head.doi, None, None, fallback=hashlib.sha256(data).hexdigest()[:16]),
        title=head.title or _named(name, notes),
        authors=head.authors,
        year=head.year,
        doi=head.doi,
    )
    yield flow.draft.document(paper, reader="pdf", source=source, notes=notes)


def _named(name: str, notes: list[str]) -> str:
    notes.append(f"no title found: the file's name stands in for it ({name!r})")
    return PurePath(name).stem


def _arranged(pages: Sequence[Page], kept: Sequence[Sequence[Line]]) -> tuple[list[list[Block]], list[int]]:
    arranged, reordered = [], []
    for page, page_lines in zip(pages, kept, strict=True):
        order, changed = ordered(blocks(page_lines))
        arranged.append(order)
        if changed:
            reordered.append(page.number)
    return arranged, reordered


def _refuse_without_text(
    pages: Sequence[Page], drawn: Sequence[Sequence[Line]], broken: Sequence[int], name: str
) -> None:
    if not pages and broken:
        raise ReadError(f"{name}: it has no page that can be loaded: fetch the PDF again")
    if not pages:
        raise ReadError(f"{name}: the PDF has no pages: fetch it again")
    letters = sum(map(str.isalnum, (sign for page in drawn for line in page for sign in line.text)))
    if letters:
        return
    if any(page.pictures for page in pages):
        raise ReadError(f"{name}: a scan without a text layer: run character recognition (OCR) over it first")
    raise ReadError(f"{name}: its pages hold no text")


def _notes(
    pages: Sequence[Page], broken: Sequence[int], reordered: Sequence[int], data: bytes
) -> Iterator[str]:
    if broken:
        yield f"pages that could not be loaded and are missing: {_listed(broken)}"
    if b"%%EOF" not in data[-2048:]:
        yield "the file looks cut off (its end is missing): text may be missing"
    silent = [page.number for page in pages if not page.pieces and page.pictures]
    if silent:
        yield f"pages without text, pictures only: {_listed(silent)}"
    layered = [
        page.number for page in pages if page.invisible > 0.5 * max(sum(len(p.text) for p in page.pieces), 1)
    ]
    if layered:
        yield f"text of character recognition (OCR) under a scan, may be misread: pages {_listed(layered)}"
    turned = [page.number for page in pages if page.turned]
    if turned:
        yield f"text that runs across or outside the page left out: pages {_listed(turned)}"
    reshaped = sorted({told for page in pages for told in page.reshaped})
    if reshaped:
        yield f"signs that the file codes as something else, read by their shapes: {', '.join(reshaped)}"
    if reordered:
        yield f"drawn out of order, columns followed instead: pages {_listed(reordered)}"


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:12]))
    return shown if len(numbers) <= 12 else f"{shown} and {len(numbers) - 12} more"
