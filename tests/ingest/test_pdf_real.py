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
        (
            "paper_wiley_fritzsch2022",
            "Adopting microservices and DevOps",
            "Jonas Fritzsch",
            "10.1002/spe.3169",
            2022,
        ),
        (
            "paper_trials_16_1",
            "Lessons learned from recruiting",
            "Tom P Thompson",
            "10.1186/1745-6215-16-1",
            2015,
        ),
        (
            "paper_scielo_a3",
            "Diabetes gestacional",
            "Cláudia Meurer Souza",
            "10.1590/1414-462x202331030043",
            2023,
        ),
        ("cart_review", "CAR-T Review", "Jeremiah Wala", None, None),
        ("paper_peerj", "VESPA: Very large-scale", "Andrew E. Webb", "10.7717/peerj-cs.118", 2017),
    ],
)
def test_the_paper_is_known_by_title_authors_doi_and_year(
    name: str, title: str, first: str, doi: str | None, year: int | None
) -> None:
    [record] = read((FOLDER / "pdf" / f"{name}.pdf").read_bytes(), name)
    assert isinstance(record, Document)
    assert record.paper.title.startswith(title) and record.paper.authors[0] == first
    assert (record.paper.doi, record.paper.year) == (doi, year)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("paper_cathepsin_immune_cells", "P<0.001", "Po0.001"),
        ("paper_cathepsin_immune_cells", "(CTSZ mRNA >0.0049)", "40.0049"),
        ("paper_cathepsin_immune_cells", "PSA (≤2.5 ng/mL", "(p2.5"),
        ("paper_cathepsin_immune_cells", "using 2 μL of cDNA", "2 mL of cDNA"),
        ("paper_pone.0115884", "from ∼2 g", ",2 g"),
        ("paper_pone.0115884", "(−1.43346, 120.30800)", "21.43346"),
    ],
)
def test_signs_in_fonts_that_code_them_as_digits_or_letters_are_read_by_their_shape(
    name: str, right: str, wrong: str
) -> None:
    [record] = read((FOLDER / "pdf" / f"{name}.pdf").read_bytes(), name)
    assert isinstance(record, Document)
    assert right in record.text and wrong not in record.text
    assert any("read by their shapes" in note for note in record.notes)
