"""Lists of papers: Europe PMC replies in three dialects, RIS, ISI, EndNote, BibTeX and CSL-JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from ingest.documents import Document, Notice, Problem, ReadError, Reference
from ingest.readers import read_bytes

RESULT = {
    "id": "123",
    "source": "MED",
    "pmid": "123",
    "pmcid": "PMC4567",
    "doi": "10.1234/ABC",
    "title": "Rest &amp; <i>CD8</i><sup>+</sup> cells.",
    "authorString": "Doe J, Roe R.",
    "authorList": {"author": [{"fullName": "Doe J"}, {"collectiveName": "Example Group"}]},
    "journalInfo": {"yearOfPublication": 2020, "journal": {"title": "Journal of Examples"}},
    "pubYear": "2020",
    "abstractText": "<h4>Background</h4>Cells tire (p < 0.05).<h4>Results</h4>CO<sub>2</sub> helps.",
    "language": "eng",
    "license": "cc by-nc",
    "pubTypeList": {"pubType": ["Review", "Journal Article"]},
    "commentCorrectionList": {"commentCorrection": [{"id": "9", "source": "MED", "type": "Retraction in"}]},
    "dateOfRevision": "2021-02-03",
}


def reply(*results: Mapping[str, object]) -> bytes:
    return json.dumps({"hitCount": len(results), "resultList": {"result": results}}).encode()


def test_a_full_europe_pmc_record_is_a_paper() -> None:
    (found,) = read_bytes(reply(RESULT), "reply.json")
    assert isinstance(found, Document)
    paper = found.paper
    assert (paper.title, paper.authors) == ("Rest & CD8+ cells", ("Doe J", "Example Group"))
    assert (paper.pmid, paper.pmcid, paper.doi, paper.year) == ("123", "PMC4567", "10.1234/abc", 2020)
    assert (paper.journal, paper.license, paper.evidence) == ("Journal of Examples", "CC BY-NC", "review")
    assert (paper.retraction, paper.retraction_checked) == ("retracted", "2021-02-03")
    assert [(s.path, s.span.of(found.text)) for s in found.sections] == [
        ("Abstract > Background", "Cells tire (p < 0.05)."),
        ("Abstract > Results", "CO2 helps."),
    ]


def test_old_downloads_with_every_value_in_a_list_read_the_same() -> None:
    old = {key: [value] if not isinstance(value, list) else value for key, value in RESULT.items()}
    (found,) = read_bytes(json.dumps([old]).encode(), "eupmc_results.json")
    (same,) = read_bytes(reply(RESULT), "reply.json")
    assert isinstance(found, Document)
    assert isinstance(same, Document)
    assert (found.paper, found.text) == (same.paper, same.text)


def test_a_short_reply_is_a_list_to_fetch() -> None:
    short = {k: RESULT[k] for k in ("id", "source", "pmid", "doi", "title", "authorString", "pubYear")}
    (found,) = read_bytes(reply(short), "reply.json")
    assert found == Reference("reply.json, result 1", "Rest & CD8+ cells", 2020, "10.1234/abc", "123", None)


def test_europe_pmc_xml_says_the_same() -> None:
    xml = """<responseWrapper><resultList><result><id>123</id><source>MED</source><pmid>123</pmid>
    <title>Rest</title><authorString>Doe J.</authorString><pubYear>2020</pubYear>
    <abstractText>Cells tire when they never rest at all.</abstractText></result>
    </resultList></responseWrapper>"""
    (found,) = read_bytes(xml.encode(), "reply.xml")
    assert isinstance(found, Document)
    assert (found.paper.pmid, found.paper.authors, found.paper.year) == ("123", ("Doe J",), 2020)


def test_an_empty_reply_is_said_to_be_empty() -> None:
    with pytest.raises(ReadError, match="found nothing"):
        list(read_bytes(reply(), "reply.json"))


def test_a_retraction_notice_of_europe_pmc_names_its_paper() -> None:
    link = {"id": "77", "source": "MED", "type": "Retraction of"}
    notice = RESULT | {"commentCorrectionList": {"commentCorrection": [link]}}
    (found,) = read_bytes(reply(notice), "reply.json")
    assert isinstance(found, Document)
    assert found.notices == (Notice("retracted", None, "77"),)


RIS = """Provider: someone
TY  - JOUR
TI  - A title
AU  - Doe, J
PY  - 2020/05//
DO  - https://doi.org/10.1234/ABC
UR  - https://pubmed.ncbi.nlm.nih.gov/12345/
ER  -

TY  - JOUR
AU  - Nobody
ER  -
"""


def test_ris() -> None:
    first, second = read_bytes(RIS.encode(), "list.ris")
    assert first == Reference("list.ris, entry 1", "A title", 2020, "10.1234/abc", "12345", None)
    assert second == Problem("list.ris, entry 2", "neither title nor identifier")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FN ISI Export Format\nVR 1.0\nPT J\nTI A title\nPY 2020\nDI 10.1234/abc\nER\n\nEF", "a.isi"),
        ("%0 Journal Article\n%T A title\n%D 2020\n%R doi:10.1234/abc\n", "a.enw"),
        ("@article{doe,\n title = {{A} title},\n year = 2020,\n doi = {10.1234/ABC},\n}\n", "a.bib"),
        (
            '[{"title": "A title", "DOI": "10.1234/abc", "issued": {"date-parts": [[2020, 1]]}}]',
            "a.csl.json",
        ),
        ('{"message": {"title": ["A title"], "DOI": "10.1234/ABC", "year": 2020}}', "crossref.json"),
    ],
)
def test_every_list_says_the_same(text: str, name: str) -> None:
    (found,) = read_bytes(text.encode(), name)
    assert isinstance(found, Reference)
    assert (found.title, found.year, found.doi) == ("A title", 2020, "10.1234/abc")


def test_a_broken_bibtex_entry_is_named_and_the_others_go_on() -> None:
    text = "@article{one, title = {A}}\n@article{two, title = {B \n@article{three, title = {C}}\n"
    found = list(read_bytes(text.encode(), "a.bib"))
    assert any(isinstance(r, Reference) and r.title == "A" for r in found)
    assert any(isinstance(r, Problem) for r in found)


def test_json_without_papers_is_an_error() -> None:
    with pytest.raises(ReadError, match="lists no papers"):
        list(read_bytes(b'{"is_oa": true}', "a.json"))
    with pytest.raises(ReadError, match="not JSON"):
        list(read_bytes(b'{"title": ', "a.json"))
