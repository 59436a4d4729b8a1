"""Full text as evidence: whole sentences quoted at their place, with section and page, never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.engine import Engine
from assistant.answering.selection import one_work
from assistant.evidence import Answer, Filters
from assistant.settings import load
from ingest.documents import Document, Paper
from ingest.drafting import Draft
from ingest.pipeline import ensure, finish, ingest_records

PAPER = Paper(
    id="file-quokka",
    title="Thermal priming of quokka lymphocytes",
    authors=("Doe J", "Roe R"),
    journal="Marsupial Immunology",
    year=2021,
    doi="10.1000/quokka.1",
)
ABSTRACT = (
    "Quokka lymphocytes are hard to grow in the laboratory.",
    "Thermal priming at 39 degrees raised the doubling of quokka lymphocytes to 14.7 divisions.",
)
RESULTS = (
    "Cells were counted each morning by two people who did not know the groups.",
    "Primed quokka lymphocytes divided 14.7 times within 21 days, whereas unprimed ones divided 3.2 times.",
    "This difference vanished when wombat serum was added to the medium.",
    "The room was kept dark, and the medium was changed every second day as described above.",
    "The thermal shield of quokka lymphocytes was assembled by the protein QWRP, imaged by TIRF and counted.",
    "Fasting of the donors did not alter the yield of the preparation in any of the groups.",
)


def document() -> Document:
    draft = Draft()
    draft.section("Abstract")
    draft.paragraph(" ".join(ABSTRACT), page=1)
    draft.section("Results", "Priming")
    draft.paragraph(" ".join(RESULTS), page=3)
    draft.section("References", evidence=False)
    draft.paragraph("Roe R. Quokka lymphocytes and wombat serum. 1999.", page=9)
    return draft.document(PAPER, reader="pdf", source="quokka.pdf")


@pytest.fixture(scope="module")
def engine(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    import shutil

    own = tmp_path_factory.mktemp("quokka") / "home"
    shutil.copytree(home, own, ignore=shutil.ignore_patterns("*.lock"))
    index = ensure(own)
    list(ingest_records(index, [("quokka.pdf", document())]))
    finish(index.home, index.catalog, index.embedder)
    index.catalog.close()
    with Engine.open(load({"home": str(own)}, environment={})) as opened:
        yield opened


@pytest.fixture
def ask(engine: Engine) -> Callable[..., Answer]:
    return engine.ask


def test_the_sentence_that_answers_is_quoted_whole_and_found_again(engine: Engine) -> None:
    answer = engine.ask("How many times did primed quokka lymphocytes divide within 21 days?")
    assert answer.kind == "answer"
    assert answer.sentences[0].text == RESULTS[1]
    lead = answer.citations[0]
    assert (lead.section, lead.page, lead.paper) == ("Results > Priming", 3, "file-quokka")
    assert engine.context(lead).text[lead.start : lead.end] == lead.quote == RESULTS[1]
    assert "*(Priming, page 3)*" in answer.answer
    assert "Results > Priming, page 3" in answer.answer


def test_a_sentence_that_leans_on_the_one_before_brings_it(ask: Callable[..., Answer]) -> None:
    answer = ask("Does wombat serum abolish the difference in primed quokka lymphocytes?")
    assert answer.kind == "answer"
    assert answer.sentences[0].text == f"{RESULTS[1]} {RESULTS[2]}"


def test_what_abstract_and_results_both_say_comes_once(ask: Callable[..., Answer]) -> None:
    answer = ask("Does thermal priming raise the divisions of quokka lymphocytes?", length="full")
    told = [s.text for s in answer.sentences if "14.7" in s.text]
    assert len(told) == 1


def test_full_text_that_does_not_hold_the_answer_is_refused(ask: Callable[..., Answer]) -> None:
    answer = ask("Which virus kills quokka lymphocytes?")
    assert answer.kind == "refusal"
    assert all(
        miss.text in " ".join((*ABSTRACT, *RESULTS))
        for miss in answer.near_misses
        if "quokka" in miss.passage
    )


@pytest.mark.parametrize(("verb", "named"), [("assembles", 1.0), ("dissolves", 0.0)])
def test_a_molecule_that_the_glossary_never_met_is_a_name_where_the_rest_is_said(
    engine: Engine, verb: str, named: float
) -> None:
    look = engine._looker.look(f"Which protein {verb} the thermal shield of quokka lymphocytes?", Filters())
    held = {m.value("names_wanted") for m in look.matches if "QWRP" in m.hit.text}
    assert held == {named}


def test_references_are_no_evidence(ask: Callable[..., Answer]) -> None:
    answer = ask("Did primed quokka lymphocytes divide more than unprimed ones?", length="full")
    assert all("1999" not in c.quote for c in answer.citations)


def test_a_digest_and_a_file_of_one_paper_are_one_work() -> None:
    other = replace(PAPER, id="quokka2021-priming")
    assert one_work(PAPER, other)
    assert one_work(replace(PAPER, doi=None), replace(other, doi="10.1000/other"))
    assert not one_work(PAPER, replace(other, doi="10.1000/other", title="On wombats"))
