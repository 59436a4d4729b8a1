"""The digest reader: findings become passages whose offsets reproduce the stored text."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ReadError
from ingest.readers.digest import parse_digest, read_digest

GOOD = """---
id: made-up-paper
title: "A made-up paper"
authors: ["Doe J", "et al."]
journal: "Journal of Examples"
year: 2024
doi: "10.1234/abc"
pmid: null
pmcid: null
url: "https://doi.org/10.1234/abc"
license: unknown
study_type: in-vitro
topics: [senescence]
seen: abstract
sources: ["https://example.org/x"]
evidence: primary
---
## Question
Does the reader work?
## System
None.
## Findings
- F1: The 4-1BB design aged faster than the other one. [{first}]
- F2: A second statement, with vs. inside, stays whole. [{second}]
## Limits
Made up.
""".format(
    first="system: in-vitro; costim: both; target: CD19; locator: abstract",
    second="system: mouse; costim: CD28; target: n/a; locator: figure 2",
)


def parse(text: str) -> object:
    return parse_digest(text, name="made-up-paper.md", source="x", sha256="0")


def test_each_finding_is_a_passage_with_its_tags_and_exact_offsets() -> None:
    document = parse_digest(GOOD, name="x.md", source="x", sha256="0")
    first, second = document.passages
    assert first.id == "made-up-paper#F1"
    assert first.span.of(document.text) == "The 4-1BB design aged faster than the other one."
    assert (first.system, first.costim, first.target, first.section) == (
        "in-vitro",
        "both",
        "CD19",
        "abstract",
    )
    assert second.span.of(document.text) == "A second statement, with vs. inside, stays whole."
    assert [s.of(document.text) for s in second.sentences] == [second.span.of(document.text)]
    assert (second.system, second.costim, second.section) == ("mouse", "CD28", "figure 2")


def test_tags_are_not_part_of_the_stored_text() -> None:
    document = parse_digest(GOOD, name="x.md", source="x", sha256="0")
    assert "[system" not in document.text


def test_only_the_findings_section_is_evidence() -> None:
    document = parse_digest(GOOD, name="x.md", source="x", sha256="0")
    assert [s.path for s in document.sections if s.evidence] == ["Findings"]
    limits = next(s for s in document.sections if s.path == "Limits")
    assert limits.span.of(document.text) == "Made up."


def test_windows_line_ends_read_the_same() -> None:
    assert parse_digest(GOOD.replace("\n", "\r\n"), name="x", source="x", sha256="0") == parse_digest(
        GOOD, name="x", source="x", sha256="0"
    )


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (("---\nid", "id"), "no front matter"),
        (("id: made-up-paper", "id: Made Up"), "is not lower-case words"),
        (('title: "A made-up paper"', "title: null"), "no title"),
        (("year: 2024", "year: soon"), "is not a number"),
        (("year: 2024", "year: [2024"), "front matter is not YAML"),
        (("## Limits\nMade up.\n", ""), "section Limits is missing"),
        (("- F2:", "- F3:"), "finding 2 is not"),
        (("; costim: CD28", ""), "F2 has no costim"),
        (("aged faster", "aged \x1b[31mfaster"), r"control character U\+001B"),
        (("aged faster", "aged \u202efaster"), r"control character U\+202E"),
    ],
)
def test_a_broken_digest_is_one_clear_error_that_names_the_file(
    damage: tuple[str, str], message: str
) -> None:
    text = GOOD.replace(*damage)
    assert text != GOOD
    with pytest.raises(ReadError, match=message) as caught:
        parse(text)
    assert "made-up-paper.md" in str(caught.value)


def test_a_file_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes(GOOD.replace("Doe", "Döe").encode("latin-1"))
    with pytest.raises(ReadError, match=r"latin\.md: not UTF-8"):
        read_digest(path)


def test_identifiers_are_kept_in_one_spelling() -> None:
    shouted = GOOD.replace('"10.1234/abc"', '"https://doi.org/10.1234/ABC"').replace(
        "pmid: null", 'pmid: "012345"'
    )
    paper = parse_digest(shouted, name="x.md", source="x", sha256="0").paper
    assert (paper.doi, paper.pmid, paper.pmcid) == ("10.1234/abc", "12345", None)
