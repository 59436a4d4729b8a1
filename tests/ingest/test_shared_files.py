"""Every real file gives records or one clear error: no traceback, no hang, no empty success."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.documents import Document, ReadError, Record
from ingest.readers import read

FOLDERS = ("jats", "medline", "europepmc", "api", "refs", "markdown")
pytestmark = pytest.mark.shared


def records(path: Path) -> list[Record]:
    try:
        return list(read(path))
    except ReadError as error:
        assert str(error).startswith(f"{path.name}: "), error
        assert "\n" not in str(error)
        return []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_gives_records_or_one_clear_error(shared: Path, folder: str) -> None:
    readable = 0
    for path in sorted((shared / "testdata" / folder).iterdir()):
        found = records(path)
        readable += bool(found)
        for document in (record for record in found if isinstance(record, Document)):
            sound(document)
    assert readable


def sound(document: Document) -> None:
    """Offsets reproduce the text, passages hold whole sentences of evidence, and no markup is left."""
    assert document.paper.title
    for passage in document.passages:
        text = passage.span.of(document.text)
        assert text == text.strip()
        assert text
        assert passage.sentences[0].start == passage.span.start
        assert passage.sentences[-1].end == passage.span.end
        section = next(s for s in document.sections if s.span.start <= passage.span.start < s.span.end)
        assert section.evidence
        assert passage.span.end <= section.span.end
    assert not re.search(r"</?(?:p|i|b|sup|sub|sec|xref|italic)>|&(?:lt|gt|nbsp|alpha);", document.text)


@pytest.mark.parametrize(
    ("name", "doi", "pmid", "year", "first", "licence"),
    [
        (
            "jats/pmc__1471-2180-11-174.nxml",
            "10.1186/1471-2180-11-174",
            "21810267",
            2011,
            "Dennehy JJ",
            "CC BY 2.0",
        ),
        ("jats/elife__elife04953.xml", "10.7554/elife.04953", None, 2015, "Kumari S", "CC BY 4.0"),
        (
            "jats/bmc_art__trials_16_1_2.xml",
            "10.1186/1745-6215-16-2",
            "25572800",
            2015,
            "Forster AJ",
            "CC BY 4.0",
        ),
        ("jats/norma__PMC3310457.xml", "10.3201/eid1509.090442", "19788800", 2009, "Hayes EB", None),
        (
            "jats/plos__journal.pone.0067227.xml",
            "10.1371/journal.pone.0067227",
            None,
            2013,
            "Kim JH",
            "CC BY",
        ),
        ("medline/pmid_39236155.xml", "10.1126/science.adn0327", "39236155", 2024, "Park MD", None),
        ("markdown/rss_38659368.md", None, "38659368", 2024, None, None),
    ],
)
def test_bibliography_of_real_papers(
    shared: Path,
    name: str,
    doi: str | None,
    pmid: str | None,
    year: int,
    first: str | None,
    licence: str | None,
) -> None:
    (found,) = records(shared / "testdata" / name)
    assert isinstance(found, Document)
    paper = found.paper
    assert (paper.doi, paper.pmid, paper.year, paper.license) == (doi, pmid, year, licence)
    assert next(iter(paper.authors), None) == first


def test_real_retractions_and_corrections_name_their_papers(shared: Path) -> None:
    told = {}
    for path in sorted((shared / "testdata" / "jats").glob("plos__*")):
        for found in records(path):
            if isinstance(found, Document) and found.notices:
                told[path.stem] = {(notice.state, notice.doi) for notice in found.notices}
    assert told["plos__journal.ppat.1005207"] == {("retracted", "10.1371/journal.ppat.1003435")}
    assert told["plos__journal.pone.0097541"] == {("corrected", "10.1371/journal.pone.0086816")}
