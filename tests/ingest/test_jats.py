"""JATS: reading order, inline markup, tables, what is never evidence, what is said of other papers."""

from __future__ import annotations

from ingest.documents import Document, Notice
from ingest.readers import read_bytes

FRONT = """<front><journal-meta><journal-title-group><journal-title>Journal of Examples</journal-title>
</journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">PMC4567</article-id>
<article-id pub-id-type="doi">10.1234/ABC</article-id>
<title-group><article-title>Rest keeps <italic>CD8</italic><sup>+</sup> cells young
<xref ref-type="fn">*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname>
<given-names>Jane A.</given-names></name></contrib><contrib contrib-type="editor"><name><surname>Not</surname>
<given-names>Me</given-names></name></contrib>
<contrib contrib-type="author"><collab>The Example Group</collab></contrib></contrib-group>
<pub-date pub-type="epub"><day>3</day><month>12</month><year>2023</year></pub-date>
<pub-date pub-type="ppub"><month>2</month><year>2024</year></pub-date>
<permissions><license xmlns:xlink="http://www.w3.org/1999/xlink"
 xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>Open.</license-p></license></permissions>
RELATED
<abstract><sec><title>Aims</title><p>We asked whether rest helps.</p></sec></abstract>
<abstract abstract-type="toc"><p>Rest is best!</p></abstract>
<trans-abstract xml:lang="fr"><p>Le repos aide.</p></trans-abstract>
</article-meta></front>"""

BODY = """<body><sec><title>Results</title>
<p>Rest lowered p16<sup>INK4a</sup> in CD8<sup>+</sup> cells<sup><xref ref-type="bibr">1</xref>,<xref
ref-type="bibr">2</xref></sup>. We gave 10<sup>6</sup> cells in CO<sub>2</sub> at 37&nbsp;&deg;C
(<xref ref-type="fig">Figure 1</xref>)<fig><label>Figure 1</label><caption><title>Rest.</title>
<p>Cells after rest.</p></caption></fig> and saw &alpha;&beta; cells, where <inline-formula><mml:math
xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>d</mml:mi><mml:mo>=</mml:mo><mml:mfrac><mml:mi>a</mml:mi>
<mml:mrow><mml:mi>b</mml:mi><mml:mo>+</mml:mo><mml:mn>1</mml:mn></mml:mrow></mml:mfrac></mml:math>
</inline-formula>.</p>
<table-wrap><label>Table 1</label><caption><p>Counts of cells.</p></caption><table><thead><tr><th/><th
colspan="2">Rested</th></tr><tr><th>Design</th><th>n</th><th>%</th></tr></thead><tbody><tr><td
rowspan="2">BBz</td><td>4</td><td>12.5</td></tr><tr><td>5</td><td>13</td></tr></tbody></table></table-wrap>
<sec><title>Inner</title><p>A list:</p><list><list-item><p>one thing</p></list-item></list></sec></sec>
<sec><title>Conflict of interest</title><p>None declared.</p></sec></body>"""

BACK = """<back><ack><p>We thank everyone.</p></ack><app-group>
<app><title>Appendix A</title><p>More detail.</p></app></app-group>
<ref-list><ref><mixed-citation>Secret 1999</mixed-citation></ref></ref-list></back>"""
REVIEW = """<sub-article article-type="decision-letter"><front-stub><title-group><article-title>Letter
</article-title></title-group></front-stub><body><p>We reviewed this.</p></body></sub-article>"""
DTD = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS 1.0//EN" "http://127.0.0.1:9/none.dtd">'
ARTICLE = (
    f'<?xml version="1.0"?>{DTD}<article article-type="research-article" xml:lang="en">'
    f"{FRONT.replace('RELATED', '')}{BODY}{BACK}{REVIEW}</article>"
)


def document(text: str) -> Document:
    (record,) = read_bytes(text.encode(), "paper.xml")
    assert isinstance(record, Document)
    return record


def section(found: Document, path: str) -> str:
    return next(s.span.of(found.text) for s in found.sections if s.path == path)


def test_bibliography() -> None:
    paper = document(ARTICLE).paper
    assert (paper.doi, paper.pmid, paper.pmcid) == ("10.1234/abc", "123", "PMC4567")
    assert paper.id == "doi-10-1234-abc"
    assert paper.title == "Rest keeps CD8+ cells young"
    assert paper.authors == ("Doe JA", "The Example Group")
    assert (paper.journal, paper.year, paper.license) == ("Journal of Examples", 2024, "CC BY 4.0")
    assert (paper.article_type, paper.language, paper.seen) == ("research-article", "en", "full-text")
    assert paper.retraction == "unknown"


def test_inline_markup_reads_as_the_field_writes_it() -> None:
    assert section(document(ARTICLE), "Results") == (
        "Rest lowered p16INK4a in CD8+ cells [1,2]. We gave 10^6 cells in CO2 at 37 °C (Figure 1) "
        "and saw αβ cells, where d = a/(b + 1)."
    )


def test_figures_and_tables_follow_the_paragraphs_of_their_section() -> None:
    found = document(ARTICLE)
    paths = [s.path for s in found.sections if s.path.startswith("Results")]
    assert paths == ["Results", "Results > Figure 1", "Results > Table 1", "Results > Inner"]
    assert section(found, "Results > Figure 1") == "Rest.\nCells after rest."
    assert section(found, "Results > Inner") == "A list:\none thing"


def test_each_row_of_a_table_can_be_quoted_alone() -> None:
    assert section(document(ARTICLE), "Results > Table 1").split("\n") == [
        "Counts of cells.",
        "Design: BBz | Rested n: 4 | Rested %: 12.5",
        "Design: BBz | Rested n: 5 | Rested %: 13",
    ]


def test_what_is_never_evidence_is_stored_and_never_a_passage() -> None:
    found = document(ARTICLE)
    silent = {s.path for s in found.sections if not s.evidence}
    assert silent == {
        "Teaser",
        "Abstract (fr)",
        "Conflict of interest",
        "Acknowledgements",
        "Peer review: Letter",
    }
    quoted = " ".join(passage.span.of(found.text) for passage in found.passages)
    for words in ("Rest is best", "Le repos", "None declared", "We thank", "We reviewed", "Secret"):
        assert words not in quoted
    assert "More detail." in quoted
    assert "Secret" not in found.text
    assert "reference list left out (1 entries)" in found.notes


def test_an_english_translation_of_a_foreign_paper_is_evidence() -> None:
    text = ARTICLE.replace('xml:lang="en"', 'xml:lang="pt"').replace(
        'article-type="decision-letter"', 'article-type="translation" xml:lang="en"'
    )
    translated = [s for s in document(text).sections if s.path == "Translation (en)"]
    assert [s.evidence for s in translated] == [True]


def test_a_retraction_notice_names_its_paper_and_is_no_evidence() -> None:
    link = (
        '<related-article related-article-type="retracted-article" ext-link-type="doi" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="10.1234/Bad"/>'
    )
    text = ARTICLE.replace("<abstract>", link + "<abstract>", 1).replace("research-article", "retraction")
    found = document(text)
    assert found.notices == (Notice("retracted", doi="10.1234/bad", date="2023-12-03"),)
    assert found.passages == ()


def test_a_retracted_paper_says_so() -> None:
    link = '<related-article related-article-type="retraction-forward"/>'
    assert document(ARTICLE.replace("<abstract>", link + "<abstract>", 1)).paper.retraction == "retracted"


def test_no_entity_is_fetched_or_expanded() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    subset = f'[<!ENTITY l0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY me "Doe &#38; Co">{bomb}]'
    text = ARTICLE.replace(DTD, f"<!DOCTYPE article {subset}>").replace("A list:", "&x; &l9; &l0;")
    told = section(document(text), "Results > Inner")
    assert told.startswith("&x; &l9; ha")
    assert "root:" not in told
