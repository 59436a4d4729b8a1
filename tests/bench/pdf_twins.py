"""How much of a paper comes out of its PDF, in order: PDFs against the XML of the same papers.

    python -m tests.bench.pdf_twins [folder with pdf/ and jats/]

The words of the body's paragraphs in the XML (captions, tables and formulas not counted, citations counted;
NFKC, lower case, runs of letters or of digits) are compared with the words of the text from the PDF:
`in order` is the longest common subsequence over the number of words of the XML. `whole` is the share of
the XML's sentences that stand in our text word for word without a gap, which is what a quote needs; `pure`
is the share of our evidence, captions aside, that is common with the XML's abstract and body.
Rivals in the same run: pypdf's and pdfminer.six's plain text.
"""

from __future__ import annotations

import re
import sys
import time
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from rapidfuzz.distance import LCSseq

from ingest.documents import Document
from ingest.readers.pdf import read

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "testdata"
TWINS = {
    "paper_pone.0115884": "norma__journal.pone.0115884",
    "paper_scielo_a1": "scielo__a1",
    "paper_scielo_a2": "scielo__a2",
    "paper_scielo_a3": "scielo__a3",
    "paper_cathepsin_immune_cells": "scielo__cathepsin_z",
    "paper_trials_16_1": "bmc_art__trials_16_1_1",
    "paper_trials_16_2": "bmc_art__trials_16_1_2",
}
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NOT_PROSE = {
    "fig", "table-wrap", "table", "tbl", "disp-formula", "inline-formula", "tex-math", "math", "graphic",
    "supplementary-material", "ref-list",
}  # fmt: skip


@dataclass(frozen=True)
class Score:
    """Shares between 0 and 1, and seconds."""

    in_order: float
    whole: float
    pure: float
    seconds: float
    pages: int


def words(text: str) -> list[str]:
    """Normalised words."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower().replace("\u00ad", ""))


def prose(path: Path, *parts: str) -> str:
    """The paragraphs below the elements named by `parts` of an XML file, a blank line between them."""
    out: list[str] = []

    def walk(element: ElementTree.Element, inside: bool) -> None:
        name = element.tag.rsplit("}", 1)[-1]
        if name in _NOT_PROSE:
            return
        inside = inside or name == "p"
        if inside and element.text:
            out.append(element.text)
        for child in element:
            walk(child, inside)
            if inside and child.tail:
                out.append(child.tail)
        if name == "p":
            out.append("\n\n")

    for element in ElementTree.parse(path).getroot().iter():
        if element.tag.rsplit("}", 1)[-1] in parts:
            walk(element, False)
    return "".join(out)


def score(data: bytes, name: str, twin: Path) -> Score:
    """Our reader against the XML."""
    began = time.perf_counter()
    [document] = read(data, name)
    seconds = time.perf_counter() - began
    assert isinstance(document, Document)
    body = prose(twin, "body", "bdy")
    want, have = words(body), words(document.text)
    joined = f" {' '.join(have)} "
    sentences = [
        told for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])|\n\n", body) if len(told := words(part)) > 4
    ]
    whole = sum(f" {' '.join(told)} " in joined for told in sentences) / len(sentences)
    evidence = words(" ".join(_evidence(document)))
    all_of_it = words(prose(twin, "abstract", "abs", "trans-abstract") + body)
    pure = LCSseq.similarity(all_of_it, evidence) / len(evidence)
    pages = max(passage.page or 1 for passage in document.passages)
    return Score(LCSseq.similarity(want, have) / len(want), whole, pure, seconds, pages)


def _evidence(document: Document) -> Iterator[str]:
    for section in document.sections:
        last = section.path.rsplit(" > ", 1)[-1]
        if section.evidence and not re.search(r"^(?:fig|tab|quadro|gr)\S* \S?\d", last, re.I):
            yield section.span.of(document.text)


def rival(extract: Callable[[bytes], str], data: bytes, twin: Path) -> tuple[float, float]:
    """Share in order and seconds of another library's plain text."""
    began = time.perf_counter()
    text = extract(data)
    seconds = time.perf_counter() - began
    want = words(prose(twin, "body", "bdy"))
    return LCSseq.similarity(want, words(text)) / len(want), seconds


def by_pypdf(data: bytes) -> str:
    """pypdf's `extract_text`."""
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def by_pdfminer(data: bytes) -> str:
    """pdfminer.six's `extract_text`."""
    from pdfminer.high_level import extract_text

    return extract_text(BytesIO(data))


def main(folder: Path) -> None:
    """Print a row a twin."""
    heads = ("in order", "whole", "pure", "s", "pypdf", "s", "pdfminer", "s")
    rows = [f"{'paper':30}" + "".join(f"{head:>9}" for head in heads)]
    for name, twin_name in TWINS.items():
        data, twin = (folder / "pdf" / f"{name}.pdf").read_bytes(), folder / "jats" / f"{twin_name}.xml"
        ours = score(data, name, twin)
        figures = [ours.in_order, ours.whole, ours.pure, ours.seconds]
        figures += [*rival(by_pypdf, data, twin), *rival(by_pdfminer, data, twin)]
        rows.append(f"{name:30}" + "".join(f"{figure:9.4f}" for figure in figures))
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
