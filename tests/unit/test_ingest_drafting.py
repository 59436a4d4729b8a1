"""A draft's text, spans, pages and passages agree with each other, whatever is written into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import drafting, identity
from ingest.documents import Document, Paper
from ingest.drafting import OVERLAP, TAIL, TARGET, Draft, clean

SENTENCE = "Senescent CAR-T cells carried {} copies of the vector after {} passages of culture. "


def finished(draft: Draft) -> Document:
    return draft.document(Paper("pmid-1", "A title"), reader="text", source="memory")


def test_passages_are_whole_sentences_of_one_section_and_overlap() -> None:
    draft = Draft()
    draft.section("Results", "Telomeres")
    draft.paragraph("".join(SENTENCE.format(n, n + 1) for n in range(40)))
    draft.section("Discussion")
    draft.paragraph("One short sentence stands here.")
    document = finished(draft)
    results = [p for p in document.passages if p.section == "Results > Telomeres"]
    assert [p.id for p in results] == [f"pmid-1#results-telomeres:{k}" for k in range(1, len(results) + 1)]
    assert all(p.span.end - p.span.start <= TARGET for p in results[:-1])
    assert results[-1].span.end - results[-1].span.start <= TARGET + TAIL
    assert all(s.of(document.text).endswith("culture.") for p in results for s in p.sentences)
    for before, after in zip(results, results[1:], strict=False):
        assert 0 < before.span.end - after.span.start <= OVERLAP
    assert document.passages[-1].span.of(document.text) == "One short sentence stands here."


def test_what_is_no_evidence_is_stored_and_never_a_passage() -> None:
    draft = Draft()
    draft.section("References", evidence=False)
    draft.paragraph("Can et al. 2025. Molecular Cancer.")
    assert draft.empty
    document = finished(draft)
    assert document.passages == () and "Molecular Cancer" in document.text
    assert [s.evidence for s in document.sections] == [False]


def test_a_sentence_carries_the_page_on_which_it_begins() -> None:
    draft = Draft()
    draft.section("Results")
    draft.spread(
        [("The first began here. The second ran on", 3), ("over the break. The third came after.", 4)]
    )
    (passage,) = finished(draft).passages
    assert passage.page == 3 and passage.pages == (3, 3, 4)


def test_sections_of_one_name_count_on() -> None:
    draft = Draft()
    for text in ("One.", "Two."):
        draft.section("Box")
        draft.paragraph(text)
    assert [p.id for p in finished(draft).passages] == ["pmid-1#box:1", "pmid-1#box:2"]


def test_lines_are_sentences_of_their_own() -> None:
    draft = Draft()
    draft.lines(["p16: 3.2 fold", "p21: no change. At all"])
    (passage,) = finished(draft).passages
    assert len(passage.sentences) == 2 and passage.section == "Text"


def test_passages_cut_otherwise_make_another_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def hashed() -> str:
        draft = Draft()
        draft.paragraph("One sentence.")
        return finished(draft).sha256

    before = hashed()
    assert hashed() == before
    monkeypatch.setattr(drafting, "_CUT", "another")
    assert hashed() != before


def test_the_hash_follows_the_content_and_nothing_else() -> None:
    def one(text: str) -> Document:
        draft = Draft()
        draft.paragraph(text)
        return finished(draft)

    assert one("Same.").sha256 == one("Same.").sha256 != one("Other.").sha256


@given(st.lists(st.tuples(st.text(max_size=400), st.integers(1, 9)), max_size=8))
def test_whatever_is_written_offsets_reproduce_it(parts: list[tuple[str, int]]) -> None:
    draft = Draft()
    draft.section("Any")
    for text, page in parts:
        draft.paragraph(text, page=page)
    draft.spread(parts)
    draft.lines(text for text, _ in parts)
    document = finished(draft)
    written = [w for t, _ in parts for w in clean(t).split()]
    said = [s.of(document.text) for p in document.passages for s in p.sentences]
    assert all(text == text.strip() and text for text in said)
    assert {w for s in said for w in s.split()} == set(written)
    assert document.text.encode("utf-8")
    assert all(p.pages == () or len(p.pages) == len(p.sentences) for p in document.passages)


def test_identifiers_have_one_spelling() -> None:
    assert identity.doi("https://doi.org/10.1186/S12943-025-02371-1.") == "10.1186/s12943-025-02371-1"
    assert identity.doi("doi: 10.1016/S0140-6736(97)11096-0)") == "10.1016/s0140-6736(97)11096-0"
    assert identity.doi("no identifier") is None
    assert identity.pmid("PMID: 0012345") == "12345" and identity.pmid("PMC12") is None
    assert identity.pmcid("pmc3289602") == identity.pmcid("3289602") == "PMC3289602"
    assert identity.minted("10.1/Ab", None, "PMC1", fallback="x") == "doi-10-1-ab"
    assert identity.minted(None, None, "PMC77", fallback="x") == "pmc77"
    assert identity.slug("β—γ") == "x"
