"""Senescope for programmers: the same objects as the commands give."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import assistant
from assistant import Answer, Filters, Senescope
from assistant.answering.engine import Engine
from assistant.errors import ConfigError, InputError
from assistant.settings import load

QUESTION = "Which costimulatory domain makes CAR-T cells more prone to senescence?"


def test_the_public_names_are_those_that_are_offered() -> None:
    assert all(getattr(assistant, name) is not None for name in assistant.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Senesce'"):
        assistant.Senesce  # noqa: B018 - the access is the test


def test_an_answer_is_that_of_the_engine(home: Path) -> None:
    with Senescope(home) as senescope, Engine.open(load({"home": str(home)}, {})) as engine:
        ours, theirs = senescope.ask(QUESTION), engine.ask(QUESTION)
    assert isinstance(ours, Answer)
    assert ours == theirs
    assert ours.citations


def test_settings_are_checked_and_used(home: Path) -> None:
    with Senescope(home, settings={"answer.length": "brief"}) as brief, Senescope(home) as usual:
        assert len(brief.ask(QUESTION).sentences) < len(usual.ask(QUESTION).sentences)
    with pytest.raises(ConfigError, match="no value"):
        Senescope(home, settings={"answer.length": "endless"})


def test_a_follow_up_and_a_filter_reach_the_answer(home: Path) -> None:
    with Senescope(home) as senescope:
        first = senescope.ask(QUESTION)
        second = senescope.ask("and in patients?", history=[first])
        found = senescope.search("senescence", 5, filters=Filters(systems=("mouse",)))
    assert second.resolved == QUESTION
    assert {c.system for c in second.citations if c.passage[:6] != "claim:"} == {"patients"}
    assert {hit.passage.system for hit in found} == {"mouse"}


def test_a_passage_comes_whole_with_its_offsets(home: Path) -> None:
    with Senescope(home) as senescope:
        passage = senescope.passage("can2025-costim-senescence#F1")
        document = senescope._engine().index.catalog.document(passage.paper)
        assert document is not None
        assert document.text[passage.start : passage.end] == passage.quote
        with pytest.raises(InputError, match="No passage 'nowhere#F1'"):
            senescope.passage("nowhere#F1")


def test_a_whatif_in_words_and_one_by_design_agree(home: Path) -> None:
    with Senescope(home) as senescope:
        worded = senescope.whatif("4-1BB vs CD28", days=60, draws=8)
        named = senescope.whatif(design="bbz", vs="28z", days=60, draws=8)
        with pytest.raises(InputError, match="takes no design"):
            senescope.whatif("4-1BB vs CD28", vs="28z")
    assert worded.payload()["outcomes"] == named.payload()["outcomes"]


def test_a_parameter_says_where_it_comes_from(home: Path) -> None:
    with Senescope(home) as senescope:
        entry = senescope.parameter("kS", "bbz")
        with pytest.raises(InputError, match="kZ"):
            senescope.parameter("kZ")
    assert entry["unit"]
    assert entry["status"] in ("published", "guided", "fitted", "assumed")


def test_what_is_ingested_is_found_at_once(own_home: Path, tmp_path: Path) -> None:
    shipped = Path(assistant.__file__).parents[1] / "corpus" / "papers" / "can2025-costim-senescence.md"
    text = shipped.read_text(encoding="utf-8").replace("can2025-costim-senescence", "mine2026-quokka")
    own = tmp_path / "mine2026-quokka.md"
    own.write_text(text, encoding="utf-8")
    with Senescope(own_home) as senescope:
        assert senescope.ask(QUESTION).citations
        outcomes = senescope.ingest(own)
        assert [o.status for o in outcomes] == ["added"], outcomes
        assert senescope.passage("mine2026-quokka#F1").quote
        with pytest.raises(InputError, match="no such file"):
            senescope.ingest(tmp_path / "absent.md")


def test_several_threads_get_the_same_answer(home: Path) -> None:
    found: list[Answer] = []
    with Senescope(home) as senescope:
        threads = [threading.Thread(target=lambda: found.append(senescope.ask(QUESTION))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 4
    assert len({answer.answer for answer in found}) == 1


def test_the_retriever_is_one_of_langchain(home: Path) -> None:
    from langchain_core.retrievers import BaseRetriever

    with Senescope(home) as senescope:
        retriever = senescope.retriever(3)
        assert isinstance(retriever, BaseRetriever)
        assert len(retriever.invoke("p16 in CAR-T cells")) == 3
