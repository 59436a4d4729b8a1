"""The PDF reader on files that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import Document, ReadError
from ingest.readers.pdf import read
from tests.bench.pdf_twins import FOLDER, TWINS, score

pytestmark = pytest.mark.shared
FILES = sorted((FOLDER / "pdf").glob("*.pdf"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_file_gives_a_record_or_one_clear_error(path: Path) -> None:
    try:
        [record] = read(path.read_bytes(), path.name)
    except ReadError as error:
        assert str(error).startswith(f"{path.name}: ") and len(str(error)) > len(path.name) + 20
        return
    assert isinstance(record, Document)
    assert record.passages and record.paper.title
    for passage in record.passages:
        assert passage.page and passage.span.of(record.text).strip()
        for sentence in passage.sentences:
            assert sentence.of(record.text) == sentence.of(record.text).strip() != ""


@pytest.mark.parametrize("name", TWINS)
def test_the_words_of_the_paper_come_out_in_order(name: str) -> None:
    told = score((FOLDER / "pdf" / f"{name}.pdf").read_bytes(), name, FOLDER / "jats" / f"{TWINS[name]}.xml")
    assert told.in_order >= 0.97


@pytest.mark.parametrize(
    ("name", "title", "first", "doi", "year"),
    [
        (
            "paper_pone.0115884",
            "A Novel Reproductive Mode in Frogs",
            "Djoko T. Iskandar",
            "10.1371/journal.pone.0115884",
            2014,
        ),
        (
            "paper_cathepsin_immune_cells",
            "Decreased levels of cathepsin Z",
            "A.A.S. Batista",
            "10.1590/1414-431x2021e11439",
            2021,
        ),
        ("paper_peerj", "VESPA: Very large-scale", "Andrew E. Webb", "10.7717/peerj-cs.118", 2017),
    ],
)
def test_the_paper_is_known_by_title_authors_doi_and_year(
    name: str, title: str, first: str, doi: str, year: int
) -> None:
    [record] = read((FOLDER / "pdf" / f"{name}.pdf").read_bytes(), name)
    assert isinstance(record, Document)
    assert record.paper.title.startswith(title) and record.paper.authors[0] == first
    assert (record.paper.doi, record.paper.year) == (doi, year)
