"""The travelling values: links that can be trusted as far as they say, JSON that reads back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.evidence import Answer, Citation, Conflict, NearMiss, Run, Searched, Sentence
from ingest.documents import Paper, Passage, Span

PAPER = Paper(
    id="made-up", title="Ageing of CAR-T cells", authors=("Doe J", "et al."), journal="Journal", year=2024
)
PASSAGE = Passage(
    "made-up#F1", "made-up", "finding", "abstract", Span(4, 9), (Span(4, 9),), "mouse", "CD28", "CD19"
)


@pytest.mark.parametrize(
    ("paper", "link", "kind"),
    [
        (replace(PAPER, doi="10.1/x", pmid="1"), "https://doi.org/10.1/x", "identifier"),
        (replace(PAPER, pmcid="PMC7", pmid="1"), "https://pmc.ncbi.nlm.nih.gov/articles/PMC7/", "identifier"),
        (replace(PAPER, pmid="1"), "https://pubmed.ncbi.nlm.nih.gov/1/", "identifier"),
        (replace(PAPER, url="https://example.org/a"), "https://example.org/a", "address"),
        (PAPER, "https://pubmed.ncbi.nlm.nih.gov/?term=Ageing+of+CAR-T+cells", "title-search"),
    ],
)
def test_a_link_says_how_far_it_can_be_trusted(paper: Paper, link: str, kind: str) -> None:
    citation = Citation.of(1, paper, PASSAGE, "012345678901", 4, 9)
    assert (citation.link, citation.link_kind) == (link, kind)


def test_a_quote_is_the_text_between_its_offsets() -> None:
    assert Citation.of(1, PAPER, PASSAGE, "012345678901", 4, 9).quote == "45678"


@pytest.mark.parametrize(
    ("paper", "short"),
    [
        (PAPER, "Doe J et al., Journal 2024"),
        (replace(PAPER, authors=("Doe J",)), "Doe J, Journal 2024"),
        (replace(PAPER, authors=("et al.",), journal=None), "2024"),
        (replace(PAPER, authors=(), journal=None, year=None), "made-up"),
    ],
)
def test_a_short_reference_shows_only_what_was_seen(paper: Paper, short: str) -> None:
    assert Citation.of(1, paper, PASSAGE, " " * 12, 4, 9).short == short


def test_an_answer_reads_back_from_its_json() -> None:
    answer = Answer(
        kind="refusal",
        question="q",
        engine="extractive",
        answer="no",
        sentences=(Sentence("s", (1,), "supported", "lead"),),
        citations=(Citation.of(1, PAPER, PASSAGE, " " * 12, 4, 9),),
        conflicts=(Conflict("c", "s", (1,), (2,), "n"),),
        confidence=0.25,
        searched=Searched(1, 2, ("a",)),
        run=Run("id", "index", 0.5),
        near_misses=(NearMiss("made-up#F1", 0.5, "why"),),
        notes=("n",),
        resolved="q",
    )
    assert Answer.from_json(answer.to_json()) == answer
