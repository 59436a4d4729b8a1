"""PubMed records: sets, structured abstracts, books, links to notices, deleted and broken records."""

from __future__ import annotations

from ingest.documents import Document, Notice, Problem, Record, Reference
from ingest.readers import read_bytes

CITATION = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<DateRevised><Year>2021</Year><Month>04</Month><Day>09</Day></DateRevised>
<Article><Journal><JournalIssue><PubDate><MedlineDate>2020 Nov-Dec</MedlineDate></PubDate></JournalIssue>
<Title>Journal of Examples</Title></Journal>
<ArticleTitle>Rest and <i>CD8</i><sup>+</sup> cells.</ArticleTitle>
<ELocationID EIdType="doi" ValidYN="Y">10.1234/{pmid}</ELocationID>
<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Cells tire.</AbstractText>
<AbstractText Label="RESULTS">We gave 10<sup>6</sup> cells. They rested.</AbstractText>
<CopyrightInformation>Copyright 2020.</CopyrightInformation></Abstract>
<AuthorList><Author ValidYN="Y"><LastName>Doe</LastName><Initials>JA</Initials></Author>
<Author ValidYN="N"><LastName>Wrong</LastName></Author>
<Author ValidYN="Y"><CollectiveName>Example Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList><PublicationType>Journal Article</PublicationType>{types}
</PublicationTypeList></Article><CommentsCorrectionsList>{links}</CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC4567</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1/other</ArticleId></ArticleIdList>
</Reference></ReferenceList></PubmedData></PubmedArticle>"""


def records(*inner: str) -> list[Record]:
    return list(read_bytes(f"<PubmedArticleSet>{''.join(inner)}</PubmedArticleSet>".encode(), "set.xml"))


def citation(pmid: str = "123", links: str = "", types: str = "") -> str:
    return CITATION.format(pmid=pmid, links=links, types=types)


def one(**fields: str) -> Document:
    (record,) = records(citation(**fields))
    assert isinstance(record, Document)
    return record


def test_a_record() -> None:
    found = one()
    paper = found.paper
    assert (paper.pmid, paper.doi, paper.pmcid) == ("123", "10.1234/123", "PMC4567")
    assert paper.title == "Rest and CD8+ cells"
    assert paper.authors == ("Doe JA", "Example Group")
    assert (paper.year, paper.journal, paper.language) == (2020, "Journal of Examples", "en")
    assert (paper.retraction, paper.retraction_checked, paper.seen) == ("none", "2021-04-09", "abstract")
    assert [s.path for s in found.sections] == ["Abstract > Background", "Abstract > Results"]
    assert [s.of(found.text) for p in found.passages for s in p.sentences] == [
        "Cells tire.",
        "We gave 10^6 cells.",
        "They rested.",
    ]
    assert "Copyright" not in found.text


def test_a_record_says_what_became_of_it() -> None:
    link = '<CommentsCorrections RefType="{}"><RefSource>J. 2021</RefSource></CommentsCorrections>'
    states = {
        kind: one(links=link.format(kind)).paper.retraction
        for kind in ("RetractionIn", "ExpressionOfConcernIn", "ErratumIn", "Cites")
    }
    assert states == {
        "RetractionIn": "retracted",
        "ExpressionOfConcernIn": "concern",
        "ErratumIn": "corrected",
        "Cites": "none",
    }
    flag = "<PublicationType>Retracted Publication</PublicationType>"
    assert one(types=flag).paper.retraction == "retracted"


def test_a_notice_names_the_paper_it_is_about_and_is_no_evidence() -> None:
    link = (
        '<CommentsCorrections RefType="RetractionOf"><RefSource>J. doi: 10.1234/Bad.</RefSource>'
        "<PMID>77</PMID></CommentsCorrections>"
    )
    found = one(links=link, types="<PublicationType>Retraction of Publication</PublicationType>")
    assert found.notices == (Notice("retracted", "10.1234/bad", "77", date="2020"),)
    assert found.passages == ()


def test_a_record_without_an_abstract_can_only_be_quoted_by_its_title() -> None:
    text = citation()
    start, end = text.index("<Abstract>"), text.index("</Abstract>") + len("</Abstract>")
    (found,) = records(text[:start] + text[end:])
    assert isinstance(found, Document)
    assert found.text.strip() == "Title\nRest and CD8+ cells"
    assert "only the title" in found.notes[0]


def test_a_broken_record_does_not_cost_the_others() -> None:
    first, second, third = records(citation("1"), "<PubmedArticle><x/></PubmedArticle>", citation("2"))
    assert isinstance(first, Document)
    assert isinstance(second, Problem)
    assert second.where == "set.xml, record 2"
    assert isinstance(third, Document)


def test_a_set_that_breaks_off_keeps_what_came_before() -> None:
    data = f"<PubmedArticleSet>{citation('1')}{citation('2')[:300]}".encode()
    first, second = read_bytes(data, "set.xml")
    assert isinstance(first, Document)
    assert isinstance(second, Problem)
    assert "after record 1" in second.where


def test_an_entity_of_an_unread_dtd_is_its_character() -> None:
    dtd = '<!DOCTYPE PubmedArticleSet SYSTEM "http://127.0.0.1:9/none.dtd">'
    text = (
        f"{dtd}<PubmedArticleSet>{citation().replace('Cells tire.', 'TGF-&beta; rose.')}</PubmedArticleSet>"
    )
    (found,) = read_bytes(text.encode(), "set.xml")
    assert isinstance(found, Document)
    assert "TGF-β rose." in found.text


def test_deleted_citations_are_named() -> None:
    _, deleted = records(citation(), "<DeleteCitation><PMID>99</PMID></DeleteCitation>")
    assert deleted == Problem("PMID 99", "PubMed has deleted this citation")


def test_a_book_is_read_with_its_title_and_authors() -> None:
    text = """<PubmedBookArticle><BookDocument><PMID>5</PMID><Book><BookTitle>A guideline</BookTitle>
    <PubDate><Year>2009</Year></PubDate><AuthorList Type="authors"><Author><LastName>Roe</LastName>
    <Initials>R</Initials></Author></AuthorList></Book><Language>eng</Language>
    <Abstract><AbstractText>Rest is advised.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"""
    (found,) = records(text)
    assert isinstance(found, Document)
    assert (found.paper.title, found.paper.year, found.paper.authors) == ("A guideline", 2009, ("Roe R",))


FLAT = """
PMID- 123
TI  - A title that
      goes on.
AB  - BACKGROUND: Cells tire. METHODS: We let them rest. RESULTS: They
      did not tire.
AU  - Doe J
LA  - eng
DP  - 2020 Nov
LID - 10.1234/x [doi]
PT  - Journal Article
RIN - J Ex. 2021;1:1. PMID: 124

PMID- 125
TI  - Without an abstract
PMC - PMC4567
"""


def test_flat_text_gives_papers_and_references() -> None:
    paper, reference = read_bytes(FLAT.encode(), "export.nbib")
    assert isinstance(paper, Document)
    assert (paper.paper.title, paper.paper.doi, paper.paper.year) == (
        "A title that goes on",
        "10.1234/x",
        2020,
    )
    assert paper.paper.retraction == "retracted"
    assert [s.path for s in paper.sections] == [
        f"Abstract > {x}" for x in ("Background", "Methods", "Results")
    ]
    assert reference == Reference(
        "export.nbib, record 2", "Without an abstract", None, None, "125", "PMC4567"
    )


def test_a_stray_byte_in_a_set_costs_nothing_and_is_said_once() -> None:
    wrong = citation(pmid="2").encode().replace(b"Cells tire", b"Caf\xe9 \xce\xb2 cells")
    body = b"".join((citation(pmid="1").encode(), wrong, citation(pmid="3").encode()))
    found = list(read_bytes(b"<PubmedArticleSet>" + body + b"</PubmedArticleSet>", "set.xml"))
    assert [record.paper.pmid for record in found if isinstance(record, Document)] == ["1", "2", "3"]
    assert "Café β cells" in found[1].text  # type: ignore[union-attr]  # all three are documents
    notes = [note for record in found if isinstance(record, Document) for note in record.notes]
    assert [note for note in notes if "UTF-8" in note] == [
        "not UTF-8 in 1 byte: read as Windows-1252, here or just behind"
    ]


def test_a_set_in_another_declared_encoding_is_read() -> None:
    body = citation().replace("Cells tire", "Café cells")
    data = f'<?xml version="1.0" encoding="iso-8859-1"?><PubmedArticleSet>{body}</PubmedArticleSet>'
    (found,) = read_bytes(data.encode("latin-1"), "set.xml")
    assert isinstance(found, Document)
    assert "Café cells" in found.text
