"""From a question to hits: filters, evidence levels, spread, and a cache that may break."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.evidence import Filters
from assistant.retrieval.dense import ChromaDense, ExactDense
from assistant.retrieval.fusion import best_first
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.retriever import Retriever, passes, words_of
from assistant.retrieval.text_index import TextIndex
from ingest.catalog import Row
from ingest.documents import Paper, Passage, Span
from ingest.pipeline import ensure, mend

LEXICON = Lexicon.shipped()


@pytest.fixture(scope="module")
def retriever(home: Path) -> Retriever:
    return Retriever.open(ensure(home))


def row(number: int, text: str, paper: Paper) -> Row:
    span = Span(0, len(text))
    passage = Passage(f"{paper.id}#F{number}", paper.id, "finding", "Findings", span, (span,))
    return Row(passage, paper, text)


def over(rows: Sequence[Row]) -> Retriever:
    """A retriever whose embeddings are all alike, so that words alone decide."""
    text = TextIndex.build((words_of(r) for r in rows), LEXICON)
    direction: NDArray[np.float32] = np.eye(1, 4, dtype=np.float32)[0]
    unit = np.tile(direction, (len(rows), 1))

    def embed(_: str) -> NDArray[np.float32]:
        return direction

    return Retriever(rows, text, ExactDense(unit), embed, lexicon=LEXICON)


def ids(retriever: Retriever, question: str, **options: object) -> list[str]:
    return [hit.passage.id for hit in retriever.search(question, **options).hits]  # type: ignore[arg-type]


def test_the_study_at_the_heart_is_found_in_any_notation(retriever: Retriever) -> None:
    for domain in ("4-1BB", "CD137", "TNFRSF9", "BBζ", "41BB"):
        found = ids(retriever, f"Do {domain} CAR-T cells become senescent under activation and rest?", k=5)
        assert any(i.startswith("can2025-costim-senescence#") for i in found), domain


def test_hits_are_ranked_scored_and_repeatable(retriever: Retriever) -> None:
    one = retriever.search("Does p16 mark senescent T cells?", k=8)
    other = retriever.search("Does p16 mark senescent T cells?", k=8)
    assert one == other
    assert [h.rank for h in one.hits] == list(range(1, 9))
    scores = [h.score for h in one.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= h.score <= 1 and -1 <= h.dense <= 1 and 0 <= h.lexical <= 1 for h in one.hits)
    assert (one.papers, one.passages) == (243, 812)


def test_a_spelling_guess_is_applied_and_reported(retriever: Retriever) -> None:
    found = retriever.search("senesence of T cells")
    assert [c.guess for c in found.query.corrections] == ["senescence"]
    assert ids(retriever, "senesence of T cells") == ids(retriever, "senescence of T cells")


def test_words_of_the_corpus_and_of_english_are_not_corrected(retriever: Retriever) -> None:
    text = "Persistent mesothelial phagocytosis after gemcitabine, venetoclax and tacrolimus in hospital"
    assert retriever.analyse(text).corrections == ()


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        (Filters(year_from=2019), lambda h: h.paper.year is not None and h.paper.year >= 2019),
        (Filters(year_to=2018), lambda h: h.paper.year is not None and h.paper.year <= 2018),
        (Filters(systems=("mouse",)), lambda h: h.passage.system == "mouse"),
        (Filters(costims=("4-1BB",)), lambda h: h.passage.costim in ("4-1BB", "both")),
        (Filters(papers=("can2025-costim-senescence",)), lambda h: h.paper.id == "can2025-costim-senescence"),
        (Filters(study_types=("review",)), lambda h: h.paper.study_type == "review"),
    ],
)
def test_every_hit_passes_the_filters(retriever: Retriever, filters: Filters, holds: object) -> None:
    found = retriever.search("senescence of CAR-T cells", filters=filters)
    assert callable(holds)
    assert found.hits
    assert all(holds(hit) for hit in found.hits)
    assert found.passages < 812


def test_filters_that_leave_nothing_give_no_hits(retriever: Retriever) -> None:
    found = retriever.search("senescence", filters=Filters(papers=("no-such-paper",)))
    assert (found.hits, found.papers, found.passages) == ((), 0, 0)


def test_a_retracted_paper_is_evidence_only_when_asked_for() -> None:
    bad = Paper("bad2020", "Senescence", retraction="retracted", evidence="primary")
    rows = [row(1, "Telomeres shorten.", bad), row(1, "Cells grow.", Paper("good2021", "Growth"))]
    assert "bad2020#F1" not in ids(over(rows), "Do telomeres shorten?")
    assert (
        ids(over(rows), "Do telomeres shorten?", filters=Filters(include_retracted=True))[0] == "bad2020#F1"
    )


def test_a_retraction_is_the_only_state_that_excludes() -> None:
    paper = Paper("p", "t")
    for state in ("none", "concern", "corrected", "unknown"):
        assert passes(row(1, "x", replace(paper, retraction=state)), Filters())


def test_of_two_that_say_the_same_the_nearer_to_the_data_comes_first() -> None:
    levels = ["news", "secondary", "review", "primary"]
    rows = [row(1, "Telomeres shorten with each division.", Paper(f"p-{e}", "T", evidence=e)) for e in levels]
    assert ids(over(rows), "Do telomeres shorten with division?") == [
        f"p-{e}#F1" for e in ("primary", "review", "secondary", "news")
    ]


def test_among_equals_another_paper_comes_before_the_second_finding_of_one() -> None:
    papers = (Paper("a", "T"), Paper("b", "T"))
    rows = [row(n, "Telomeres shorten with each division.", paper) for paper in papers for n in (1, 2)]
    assert ids(over(rows), "Do telomeres shorten?", k=2) == ["a#F1", "b#F1"]
    assert ids(over(rows), "Do telomeres shorten?", k=2, diverse=False) == ["a#F1", "a#F2"]


def test_the_other_findings_of_its_paper_vouch_for_a_finding() -> None:
    one, other = Paper("a", "T"), Paper("b", "T")
    rows = [row(1, "Telomeres shorten.", one), row(1, "Telomeres shorten.", other)]
    rows.append(row(2, "Short telomeres stop division.", other))
    assert ids(over(rows), "Do telomeres shorten?", k=1) == ["b#F1"]


def test_claims_can_be_left_out(retriever: Retriever) -> None:
    question = "4-1BB CAR-T cells are more prone to senescence than CD28 CAR-T cells"
    assert any(i.startswith("claim:") for i in ids(retriever, question, k=20))
    assert not any(i.startswith("claim:") for i in ids(retriever, question, k=20, claims=False))


@pytest.mark.parametrize("damage", [b"", b"garbage"])
def test_a_damaged_index_of_words_is_built_anew(own_home: Path, damage: bytes) -> None:
    expected = ids(Retriever.open(ensure(own_home)), "senescence of CAR-T cells")
    (stored,) = own_home.glob("words-*.npz")
    whole = stored.stat().st_size
    stored.write_bytes(damage)
    assert ids(Retriever.open(ensure(own_home)), "senescence of CAR-T cells") == expected
    assert stored.stat().st_size == whole


def test_exact_search_and_chroma_find_the_same(own_home: Path) -> None:
    from ingest.vectors import open_store

    index = ensure(own_home)
    mend(index)
    rows, vectors = index.catalog.rows(), index.catalog.embeddings.matrix()
    store = open_store(index.home.vectors)
    exact, chroma = ExactDense(vectors), ChromaDense(store, [r.passage.id for r in rows], depth=200)
    for vector in vectors[::97]:
        one, other = exact.scores(vector), chroma.scores(vector)
        assert best_first(one, 20) == best_first(other, 20)
        top = best_first(one, 100)
        assert np.abs(one[top] - other[top]).max() < 1e-5
    question = "Which domain makes CAR-T cells senescent?"
    by_chroma = Retriever.open(index, dense="chroma").search(question, k=5)
    by_exact = Retriever.open(index, dense="exact").search(question, k=5)
    assert [h.passage.id for h in by_chroma.hits] == [h.passage.id for h in by_exact.hits]


def test_langchain_gets_the_same_hits(retriever: Retriever) -> None:
    from assistant.retrieval.langchain_retriever import SenescopeRetriever

    question = "Does CD137 costimulation favour senescence?"
    documents = SenescopeRetriever(search=retriever, k=4, filters=Filters(systems=("in-vitro",))).invoke(
        question
    )
    hits = retriever.search(question, k=4, filters=Filters(systems=("in-vitro",))).hits
    assert [d.id for d in documents] == [h.passage.id for h in hits]
    assert documents[0].page_content == hits[0].text
    assert documents[0].metadata["start"] == hits[0].passage.span.start
    assert documents[0].metadata["paper"] == hits[0].paper.id


def test_a_question_needs_none_of_the_slow_libraries(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ingest.pipeline import ensure\n"
        "from assistant.retrieval.retriever import Retriever\n"
        f"Retriever.open(ensure(Path({str(home)!r}))).search('Do BBz cells senesce?')\n"
        "slow = 'torch sentence_transformers chromadb langchain_core scipy numba transformers'.split()\n"
        "print([m for m in slow if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_claim_that_rests_on_retracted_papers_alone_is_no_evidence(own_home: Path) -> None:
    index = ensure(own_home)
    claim = next(c for c in index.catalog.claims() if len({s.split("#")[0] for s in c.supports}) > 1)

    def found() -> bool:
        hits = Retriever.open(index, dense="exact").search(claim.statement, k=5).hits
        return claim.passage in {hit.passage.id for hit in hits}

    first, *others = sorted({passage.split("#")[0] for passage in claim.supports})
    for paper in others:
        index.catalog.set_check(paper, "retracted", "2026-11-24", "Crossref")
    assert found()  # one support still stands
    index.catalog.set_check(first, "concern", "2026-11-24", "Crossref")
    assert found()
    index.catalog.set_check(first, "retracted", "2026-11-24", "Crossref")
    assert not found()


def test_passages_that_stay_on_disk_are_found_like_those_in_memory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.retrieval import retriever as module

    index = ensure(home)
    whole = Retriever.open(index)
    monkeypatch.setattr(module, "WHOLE_UP_TO", 100)
    lean = Retriever.open(index)
    assert not isinstance(lean.rows, list)
    assert list(lean.rows) == whole.rows
    assert lean.rows[3:5] == whole.rows[3:5]
    filters = Filters(year_from=2020, systems=("mouse",))
    for question in ("senescence of CAR-T cells", "IL-7"):
        assert lean.search(question) == whole.search(question)
        assert lean.search(question, filters=filters).hits == whole.search(question, filters=filters).hits
    paper = whole.rows[0].paper.id
    assert lean.texts_of(paper, 2) == whole.texts_of(paper, 2) != ()
