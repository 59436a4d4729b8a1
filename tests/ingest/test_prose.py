"""Markdown and plain text: headings become sections, markup goes, what is no evidence stays out."""

from __future__ import annotations

import pytest

from ingest.documents import Document, ReadError
from ingest.readers import read_bytes

MARKDOWN = """---
title: A review
authors: [Jane Doe, {name: R. Roe}]
date: '2023-01-09'
doi: 10.1234/ABC
lang: en-US
license: CC BY 4.0
---
<!-- a note to machines -->
Cells *tire* without [rest](https://example.org)[@pubmed:123; @doi:10.1/x].

## Methods {#methods}
- one `thing`
- another thing

| Design | n |
| --- | --- |
| BBz | 4 |

### Details
More ^(+) text.

## References
1. Secret 1999
"""


def one(text: str, name: str) -> Document:
    (record,) = read_bytes(text.encode(), name)
    assert isinstance(record, Document)
    return record


def test_markdown() -> None:
    found = one(MARKDOWN, "review.md")
    paper = found.paper
    assert (paper.title, paper.authors, paper.year) == ("A review", ("Jane Doe", "R. Roe"), 2023)
    assert (paper.doi, paper.language, paper.license) == ("10.1234/abc", "en", "CC BY 4.0")
    assert [(s.path, s.evidence, s.span.of(found.text)) for s in found.sections] == [
        ("Text", True, "Cells tire without rest."),
        ("Methods", True, "one thing\nanother thing\nDesign: BBz | n: 4"),
        ("Methods > Details", True, "More + text."),
        ("References", False, "Secret 1999"),
    ]


def test_front_matter_with_nothing_below_is_known_by_its_title() -> None:
    text = "---\ntitle: T cells age\nlinkTitle: https://pubmed.ncbi.nlm.nih.gov/38755088/?x=1\n---\nNo ...\n"
    found = one(text, "feed.md")
    assert (found.paper.pmid, found.text.strip()) == ("38755088", "Title\nT cells age")


def test_plain_text() -> None:
    text = "Rest and cells\n\nAbstract\nCells tire.\nThey rest.\n\nMethods\n\nWe waited.\n\n"
    text += "References\n\nSecret 1999\n"
    found = one(text, "notes.txt")
    assert found.paper.title == "Rest and cells"
    assert [(s.path, s.evidence) for s in found.sections] == [
        ("Abstract", True),
        ("Methods", True),
        ("References", False),
    ]
    assert "Secret" not in " ".join(p.span.of(found.text) for p in found.passages)


def test_text_of_another_encoding_is_read_and_said() -> None:
    (found,) = read_bytes("Résumé\n\nLes cellules sont fatiguées après neuf jours.".encode("cp1252"), "a.txt")
    assert isinstance(found, Document)
    assert "fatiguées" in found.text
    assert found.notes == ("not UTF-8 in 4 bytes: read as Windows-1252",)


@pytest.mark.parametrize(("text", "name"), [("1 2 3", "a.txt"), ("# \n", "a.md")])
def test_too_little_text_is_an_error(text: str, name: str) -> None:
    with pytest.raises(ReadError, match=name):
        one(text, name)
