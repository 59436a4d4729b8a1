"""`senescope corpus`: count, list, show, remove, rebuild."""

from __future__ import annotations

import pytest

from ingest import vectors
from ingest.pipeline import Home, ensure
from tests.cli.shell import Shell

PAPER = "a2ar-crispr-human-cart"


def test_status_counts_what_is_there(shell: Shell) -> None:
    facts = shell("corpus", "status", "--json").json
    assert (facts["papers"], facts["passages"], facts["claims"]) == (243, 812, 40)
    assert facts["without_embedding"] == 0
    assert str(facts["papers"]) in shell("corpus", "status").out


def test_list_has_one_line_a_paper_and_knows_topics(shell: Shell) -> None:
    assert len(shell("corpus", "list").out.splitlines()) == 243
    some = shell("corpus", "list", "--json", "--topic", "senescence").json["papers"]
    assert 0 < len(some) < 243
    ran = shell("corpus", "list", "--topic", "cookery")
    assert (ran.code, ran.out) == (3, "")
    assert "senescence" in ran.err


@pytest.mark.parametrize("identifier", [PAPER, f"{PAPER}#F1"])
def test_show_prints_the_paper_of_a_paper_or_passage(shell: Shell, identifier: str) -> None:
    ran = shell("corpus", "show", identifier)
    assert ran.code == 0
    assert "F1  " in ran.out
    assert "Limits" in ran.out
    document = shell("corpus", "show", "--json", identifier).json
    for passage in document["passages"]:
        assert document["text"][passage["start"] : passage["end"]] == passage["text"]


@pytest.mark.parametrize("name", ["show", "remove"])
def test_a_paper_that_is_not_there_is_named(shell: Shell, name: str) -> None:
    ran = shell("corpus", name, f"{PAPER}x")
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)
    assert PAPER in ran.err


def test_a_removed_paper_is_gone_until_the_corpus_is_rebuilt(own_shell: Shell) -> None:
    whole = own_shell("corpus", "status", "--json").json["index"]
    assert own_shell("corpus", "remove", PAPER).code == 0
    assert own_shell("corpus", "show", PAPER).code == 3
    assert own_shell("corpus", "status", "--json").json["index"] != whole
    rebuilt = own_shell("corpus", "rebuild", "--json")
    assert rebuilt.code == 0
    assert rebuilt.json["index"] == whole
    assert own_shell("corpus", "show", PAPER).code == 0
    store = Home(own_shell.home).vectors
    assert vectors.check(store, ensure(own_shell.home).fingerprint).condition == "good"
