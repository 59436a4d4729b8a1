"""The PDF reader on pages that the tests set themselves."""

from __future__ import annotations

import io

import pytest

from ingest.documents import Document, ReadError
from ingest.readers.pdf import read
from tests.ingest.typesetter import Sheet, pdf

LEFT = (
    "Repeated stimulation drove the cells into a state of permanent arrest. The share of cells that were "
    "positive for the marker rose with every round of stimulation, and it did not fall again during rest. We "
    "therefore asked whether the domain that gives the second signal decides how fast this"
)
RIGHT = (
    "state is reached. Cells with the first domain arrived there after four rounds, and cells with the second"
    " one after seven. Neither left it when the antigen was taken away, which tells the state apart "
    "from exhaustion as it is commonly understood in this field of work."
)


def document(data: bytes) -> Document:
    [record] = read(data, "paper.pdf")
    assert isinstance(record, Document)
    return record


def sections(data: bytes) -> dict[str, str]:
    told = document(data)
    return {section.path: " ".join(section.span.of(told.text).split()) for section in told.sections}


def page(number: int = 1) -> Sheet:
    """A page of two columns with a running head, a foot and a page number."""
    sheet = Sheet()
    sheet.put(60, 760, "Arrest of engineered cells", size=8)
    if number == 1:
        sheet.put(60, 720, "Costimulation sets the pace of arrest in engineered cells", size=18, font="bold")
        sheet.put(60, 695, "Anna Berg, Carlos Díaz and Mei Lin", size=11)
        sheet.put(60, 680, "Department of Immunology, University of Somewhere", size=8)
    sheet.put(60, 640, "Introduction" if number == 1 else "Results", size=12, font="bold")
    sheet.column(60, 620, LEFT)
    sheet.column(320, 640, RIGHT)
    sheet.put(60, 30, f"Journal of Examples 2021, 7:12 doi:10.5555/example.{7}", size=8)
    sheet.put(540, 30, f"{number} of 3", size=8)
    return sheet


def paper() -> bytes:
    return pdf([page(1), page(2), page(3)])


def test_columns_are_read_one_after_the_other_and_join_in_one_sentence() -> None:
    text = sections(paper())["Introduction"]
    assert "decides how fast this state is reached. Cells with the first domain" in text


def test_columns_drawn_in_the_wrong_order_are_put_right_and_noted() -> None:
    sheet = Sheet()
    sheet.column(320, 640, RIGHT)
    sheet.column(60, 640, LEFT)
    told = document(pdf([sheet]))
    assert "decides how fast this state is reached" in told.text
    assert any("drawn out of order" in note for note in told.notes)


def test_heads_feet_and_page_numbers_are_no_text() -> None:
    told = document(paper())
    for passage in told.passages:
        words = passage.span.of(told.text)
        assert (
            "Arrest of engineered cells" not in words
            and "Journal of Examples" not in words
            and "of 3" not in words
        )


def test_title_authors_doi_and_year_come_from_the_first_page_and_are_noted() -> None:
    told = document(paper())
    assert told.paper.title == "Costimulation sets the pace of arrest in engineered cells"
    assert told.paper.authors == ("Anna Berg", "Carlos Díaz", "Mei Lin")
    assert (told.paper.doi, told.paper.year) == ("10.5555/example.7", 2021)
    assert any(note.startswith("title taken") for note in told.notes)
    assert any(note.startswith("authors taken") for note in told.notes)


def test_pages_are_kept_for_every_sentence() -> None:
    told = document(paper())
    assert {passage.page for passage in told.passages} == {1, 2, 3}
    assert all(len(passage.pages) == len(passage.sentences) for passage in told.passages)


def test_a_sentence_over_two_pages_belongs_to_the_page_where_it_begins() -> None:
    first, second = Sheet(), Sheet()
    first.column(60, 640, "The experiment was done three times with cells of four donors. " + LEFT, width=80)
    second.column(60, 700, RIGHT, width=80)
    told = document(pdf([first, second]))
    [passage] = told.passages[:1]
    pages = {
        span.of(told.text)[:12]: number for span, number in zip(passage.sentences, passage.pages, strict=True)
    }
    assert pages["We therefore"] == 1 and pages["Cells with t"] == 2


def hyphens(*lines: str) -> str:
    sheet = Sheet()
    for number, line in enumerate(lines):
        sheet.put(60, 700 - 12 * number, line)
    return " ".join(document(pdf([sheet])).text.split())


@pytest.mark.parametrize(
    ("lines", "want"),
    [
        (("All of the cells were in perma-", "nent arrest after the end of it."), "in permanent arrest"),
        (("They were long-lived cells, and long-", "lived ones are rare as we know."), "long-lived ones"),
        (("They made the CAR-", "T cells of all of these donors here."), "CAR-T cells"),
        (("We used anti-", "CD3 beads in all of these experiments."), "anti-CD3 beads"),
        (("Times ran from 2019 to 2020-", "2021 in all of the centres here."), "2020-2021"),
    ],
)
def test_hyphens_at_the_end_of_a_line_are_undone_where_they_break_a_word(
    lines: tuple[str, ...], want: str
) -> None:
    assert want in hyphens(*lines)


def test_ligatures_become_letters() -> None:
    sheet = Sheet()
    sheet.column(
        60, 700, "The e\x03ect was signi\x01cant and the re\x02ection was not, in all of the cells.", width=80
    )
    text = document(pdf([sheet], differences="/fi /fl /ff")).text
    assert "effect was significant and the reflection" in text


def test_powers_and_citations_are_told_from_numbers_and_words() -> None:
    sheet = Sheet()
    sheet.put(60, 700, "We gave 10")
    sheet.put(104, 704, "6", size=6)
    sheet.put(108, 700, "cells to each of the mice, as before by others.")
    sheet.put(284, 704, "12,13", size=6)
    sheet.put(60, 688, "All of them were alive after ten days, and none of them lost weight in that time.")
    text = document(pdf([sheet])).text
    assert "10^6 cells" in text
    assert "others. [12,13]" in text


@pytest.mark.parametrize(("width", "sign"), [(5.64, "±"), (60.0, "+"), (0.0, "+")])
def test_a_plus_over_a_bar_of_its_width_is_plus_or_minus(width: float, sign: str) -> None:
    sheet = page()
    sheet.put(60, 300, "The arrested share was 0.05", size=10)
    sheet.put(180, 300, "+", size=10)
    sheet.put(187, 300, "0.01 in all donors.", size=10)
    if width:
        sheet.line(180, 297.5, width)
    told = document(pdf([sheet, page(2), page(3)]))
    assert f"0.05{sign}0.01" in told.text.replace(" ", "")
    assert any("± for + over a line" in note for note in told.notes) == (sign == "±")


def test_references_thanks_and_funding_are_never_evidence() -> None:
    sheet = Sheet()
    y = 740.0
    for title in ("Discussion", "Acknowledgements", "Funding", "Conflict of interest", "References"):
        sheet.put(60, y, title, size=12, font="bold")
        y = sheet.column(60, y - 18, f"{title}: " + LEFT[:160] + ".", width=80) - 24
    told = document(pdf([sheet]))
    assert {passage.section for passage in told.passages} == {"Discussion"}
    assert [section.path for section in told.sections if not section.evidence] == [
        "Acknowledgements", "Funding", "Conflict of interest", "References",
    ]  # fmt: skip


def test_captions_stand_by_themselves_and_table_cells_are_no_prose() -> None:
    sheet = Sheet()
    sheet.put(60, 740, "Results", size=12, font="bold")
    sheet.column(60, 720, LEFT[:180] + " and", width=80)
    sheet.put(60, 600, "Table 1.", font="bold", size=8)
    sheet.put(95, 600, "Cells in arrest after each round.", size=8)
    for row, cells in enumerate((("Round", "BBz", "28z"), ("1", "12", "7"), ("2", "25", "11"))):
        for place, cell in enumerate(cells):
            sheet.put(60 + 100 * place, 586 - 10 * row, cell, size=8)
    sheet.column(
        60, 540, "the cells that remained in culture went on to divide for many days after that.", width=80
    )
    told = sections(pdf([sheet]))
    assert told["Results > Table 1"].endswith("Table 1. Cells in arrest after each round.")
    assert "Round | BBz | 28z 1 | 12 | 7" in told["Results > Table 1 > Cells"]
    assert "and the cells that remained in culture" in told["Results"]


def test_numbers_of_lines_in_a_manuscript_are_left_out() -> None:
    sheet = Sheet()
    words = (LEFT + " " + RIGHT).split()
    lines = [" ".join(words[at : at + 11]) for at in range(0, len(words), 11)]
    for number, line in enumerate(lines, 1):
        sheet.put(40, 700 - 14 * number, str(number), size=8)
        sheet.put(80, 700 - 14 * number, line)
    text = " ".join(document(pdf([sheet])).text.split())
    assert " ".join(words) in text


def test_text_up_the_margin_is_left_out_and_noted() -> None:
    sheet = page()
    sheet.put(20, 300, "Downloaded from somewhere on a day", size=8, turn=True)
    told = document(pdf([sheet]))
    assert "Downloaded" not in told.text
    assert any("runs across" in note for note in told.notes)


def test_a_scan_with_a_text_layer_is_read_with_a_warning() -> None:
    sheet = Sheet()
    sheet.picture()
    for number, line in enumerate((LEFT[:75], LEFT[75:150])):
        sheet.put(60, 700 - 12 * number, line, mode=3)
    told = document(pdf([sheet]))
    assert "Repeated stimulation" in told.text
    assert any("OCR" in note for note in told.notes)


def empty() -> bytes:
    return pdf([Sheet()])


def scan() -> bytes:
    sheet = Sheet()
    sheet.picture()
    return pdf([sheet])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "not a PDF"),
        (b"%PDF-1.4\nthis is all there is", "cut off"),
        (paper()[:900], "cut off"),
        (pdf([]), "no page"),
        (empty(), "no text"),
        (scan(), "scan without a text layer"),
    ],
    ids=["empty", "not-a-pdf", "stump", "truncated", "no-pages", "no-text", "scan"],
)
def test_a_file_that_cannot_be_read_gives_one_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        list(read(data, "folder/paper.pdf"))
    assert str(caught.value).startswith("paper.pdf: ")


def encrypted(user: str) -> bytes:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper()))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_encrypted_files_need_a_password_unless_it_is_empty() -> None:
    with pytest.raises(ReadError, match="needs a password"):
        list(read(encrypted("secret"), "paper.pdf"))
    assert "state is reached" in document(encrypted("")).text


def test_the_same_bytes_give_the_same_document() -> None:
    assert document(paper()) == document(paper())


def test_a_doi_in_the_prose_belongs_to_another_paper() -> None:
    sheet = page()
    sheet.commands = [command for command in sheet.commands if "example.7" not in command]
    sheet.column(60, 300, "This had been seen before (doi:10.5555/other.1) by others. " + LEFT, width=80)
    assert document(pdf([sheet])).paper.doi is None
