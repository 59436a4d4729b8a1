"""`senescope corpus enrich`: what is lacking is looked up, shown, and filled in only when told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import corpus
from ingest.catalog import Catalog
from ingest.documents import Paper
from ingest.pipeline import Home
from tests.cli.literature import Literature
from tests.cli.shell import Shell

WITHOUT_ANYTHING = "can2025-costim-senescence"  # a title, authors and a year, but no identifier
WITH_A_DOI = "bcd0177-clonal-hematopoiesis"  # a DOI, no authors, no year, a title as in the address
UNTITLED = "anon-nd-cart19-senescence"
NEWS = "mayo2025-aging-news"
PARTIAL = "bloodadv2021-chip"  # a title as in the address, no DOI


@pytest.fixture
def literature(monkeypatch: pytest.MonkeyPatch) -> Iterator[Literature]:
    server = Literature()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.stop()


def shipped(home: Path, name: str) -> Paper:
    catalog = Catalog.open(Home(home).catalog)
    paper = catalog.paper(name)
    catalog.close()
    assert paper is not None
    return paper


def record(paper: Paper, **changes: Any) -> dict[str, Any]:
    """A record of Europe PMC that describes a paper, with what ours lacks."""
    authors = [name for name in paper.authors if name != "et al."] or ["Roe R"]
    item = {
        "id": "40000001",
        "source": "MED",
        "pmid": "40000001",
        "doi": paper.doi or "10.1000/found",
        "title": paper.title,
        "authorList": {"author": [{"fullName": name} for name in authors]},
        "journalInfo": {"journal": {"title": paper.journal or "Journal of Tests"}},
        "pubYear": str(paper.year or 2022),
    }
    return {**item, **changes}


def proposal(shell: Shell, name: str, *more: str) -> dict[str, Any]:
    ran = shell("corpus", "enrich", name, "--json", *more)
    assert ran.code == 0, ran.err
    (told,) = ran.json["proposals"]
    assert told["paper"] == name
    return dict(told)


def test_nothing_is_written_before_it_is_told_to(own_shell: Shell, literature: Literature) -> None:
    before = shipped(own_shell.home, WITHOUT_ANYTHING)
    literature.items = [record(before)]
    told = proposal(own_shell, WITHOUT_ANYTHING)
    assert told["status"] == "fill"
    assert {"field": "doi", "value": "10.1000/found", "source": "Europe PMC"} in told["fills"]
    assert shipped(own_shell.home, WITHOUT_ANYTHING) == before
    text = own_shell("corpus", "enrich", WITHOUT_ANYTHING)
    assert "would fill in doi: 10.1000/found  from Europe PMC" in text.out
    assert "--apply" in text.err

    assert proposal(own_shell, WITHOUT_ANYTHING, "--apply")["status"] == "fill"
    after = shipped(own_shell.home, WITHOUT_ANYTHING)
    assert (after.doi, after.pmid) == ("10.1000/found", "40000001")
    assert (after.title, after.authors, after.year) == (before.title, before.authors, before.year)
    assert own_shell("corpus", "show", WITHOUT_ANYTHING, "--json").json["doi"] == "10.1000/found"
    # What is complete is not asked about again.
    asked = len(literature.asked)
    assert own_shell("corpus", "enrich", WITHOUT_ANYTHING, "--json").json["proposals"] == []
    assert len(literature.asked) == asked


def test_an_identifier_fills_authors_year_and_pmid(own_shell: Shell, literature: Literature) -> None:
    paper = shipped(own_shell.home, WITH_A_DOI)
    assert paper.doi
    title = "Clonal hematopoiesis is associated with increased toxicity in lymphoma"
    literature.items = [record(paper, title=title, doi=paper.doi.lower())]
    told = proposal(own_shell, WITH_A_DOI)
    assert {fill["field"] for fill in told["fills"]} == {"authors", "year", "pmid"}


@pytest.mark.parametrize(
    ("name", "changes", "status"),
    [
        (WITHOUT_ANYTHING, {"title": "Anatomical variations of the laryngeal nerve"}, "not-found"),
        (WITHOUT_ANYTHING, {"pubYear": "2011"}, "possible"),
        (WITHOUT_ANYTHING, {"authorList": {"author": [{"fullName": "Stranger S"}]}}, "possible"),
        (WITH_A_DOI, {"title": "Anatomical variations of the laryngeal nerve"}, "mismatch"),
        (UNTITLED, {}, "skipped"),
        (NEWS, {}, "skipped"),
        (PARTIAL, {"journalInfo": {"journal": {"title": "Another journal"}}}, "possible"),
    ],
)
def test_what_does_not_agree_is_shown_and_never_merged(
    own_shell: Shell, literature: Literature, name: str, changes: dict[str, Any], status: str
) -> None:
    before = shipped(own_shell.home, name)
    described = record(before, doi=(before.doi or "10.1000/found").lower())
    if name == PARTIAL:
        described["title"] = (
            "Clonal hematopoiesis in patients receiving chimeric antigen receptor T-cell therapy"
        )
    literature.items = [{**described, **changes}]
    told = proposal(own_shell, name, "--apply")
    assert (told["status"], told["fills"]) == (status, [])
    assert told["why"]
    assert shipped(own_shell.home, name) == before


def test_an_identifier_of_another_paper_of_the_index_is_not_given_twice(
    own_shell: Shell, literature: Literature
) -> None:
    owner = shipped(own_shell.home, WITH_A_DOI)
    literature.items = [record(shipped(own_shell.home, WITHOUT_ANYTHING), doi=owner.doi)]
    told = proposal(own_shell, WITHOUT_ANYTHING)
    assert "doi" not in {fill["field"] for fill in told["fills"]}
    assert any(f"belongs to {WITH_A_DOI}" in conflict for conflict in told["conflicts"])


def test_two_papers_of_one_title_are_not_guessed_between(own_shell: Shell, literature: Literature) -> None:
    paper = shipped(own_shell.home, WITHOUT_ANYTHING)
    literature.items = [record(paper), record(paper, doi="10.1000/twin", id="2", pmid="2")]
    assert proposal(own_shell, WITHOUT_ANYTHING)["why"] == "several papers have this title"
    # A preprint gives way to its article.
    literature.items[1].update(source="PPR", id="PPR2", pmid=None)
    told = proposal(own_shell, WITHOUT_ANYTHING)
    assert [fill["value"] for fill in told["fills"] if fill["field"] == "doi"] == ["10.1000/found"]


def test_offline_and_unknown_papers_are_named(shell: Shell) -> None:
    ran = shell("corpus", "enrich", "--offline")
    assert (ran.code, ran.complaints) == (5, 1)
    assert "offline is set" in ran.err
    assert shell("corpus", "enrich", "no-such-paper").code == 3


def test_every_command_of_the_group_is_named_in_its_help() -> None:
    named = {command.name or "" for command in corpus.app.registered_commands}
    named |= {group.name or "" for group in corpus.app.registered_groups}
    assert named - set((corpus.app.info.help or "").replace(",", "").replace(".", "").split()) == set()
