"""`senescope corpus audit`: retractions, concerns and corrections, ages, saved answers, drifting quotes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.sessions.store import SessionStore
from ingest.catalog import Catalog
from ingest.pipeline import Home
from tests.cli.literature import Literature
from tests.cli.shell import SENESCENCE, Shell

CONCERN, CORRECTED, OTHER = (
    "kawalekar2016-metabolism-memory",
    "long2015-tonic-exhaustion",
    "weber2021-transient-rest",
)


@pytest.fixture
def literature(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Literature]:
    """Knows every shipped paper that has a DOI, by that DOI, as our digests describe it."""
    server = Literature()
    catalog = Catalog.open(Home(own_home).catalog)
    server.items = [
        {
            "id": f"{n}", "source": "MED", "pmid": p.pmid or str(n), "pmcid": p.pmcid, "doi": p.doi,
            "title": p.title, "pubYear": str(p.year or ""),
        }
        for n, p in enumerate(catalog.papers(), 1)
        if p.doi
    ]  # fmt: skip
    catalog.close()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.stop()


def paper_of(literature: Literature, home: Path, name: str) -> dict[str, Any]:
    """The record of a shipped paper."""
    catalog = Catalog.open(Home(home).catalog)
    paper = catalog.paper(name)
    catalog.close()
    assert paper is not None
    assert paper.doi
    return next(item for item in literature.items if item["doi"] == paper.doi)


def say(item: dict[str, Any], relation: str) -> None:
    """Let the record tell of a notice."""
    item["commentCorrectionList"] = {"commentCorrection": [{"type": relation, "id": "77", "source": "MED"}]}


def test_states_are_told_apart_stored_and_kept_out_of_answers(
    own_shell: Shell, literature: Literature
) -> None:
    home = own_shell.home
    answered = own_shell("ask", SENESCENCE, "--json").json
    known = {item["doi"] for item in literature.items}
    used = next(c["paper"] for c in answered["citations"] if c["doi"] in known)
    store = SessionStore.open(home)
    store.finish(store.begin(store.create().id, SENESCENCE), "answer", answered)
    store.close()
    offline = own_shell("corpus", "audit", "--offline", "--json").json
    assert (offline["online"], offline["states"]["unknown"], offline["checks"]["never"]) == (False, 243, 243)
    assert offline["quotes"] == {
        "saved": len(answered["citations"]), "same": len(answered["citations"]), "moved": 0, "gone": 0,
    }  # fmt: skip
    assert literature.asked == []

    say(paper_of(literature, home, used), "Retraction in")
    names = [name for name in (CONCERN, CORRECTED, OTHER) if name != used]
    say(paper_of(literature, home, names[0]), "Expression of concern in")
    say(paper_of(literature, home, names[-1]), "Erratum in")
    ran = own_shell("corpus", "audit", "--json")
    assert ran.code == 0
    told = {paper["paper"]: paper for paper in ran.json["concerned"]}
    assert told[used]["state"] == "retracted"
    assert told[used]["notices"] == [
        {"state": "retracted", "source": "MEDLINE", "notice": "77", "date": None}
    ]
    assert told[names[0]]["state"] == "concern"
    assert told[names[-1]]["state"] == "corrected"
    assert told[used]["age_days"] == 0
    assert {"paper": used, "from": "unknown", "to": "retracted"} in ran.json["changed"]
    assert [(a["paper"], a["state"], a["state_then"]) for a in ran.json["answers"] if a["paper"] == used] == [
        (used, "retracted", "unknown")
    ]
    assert ran.json["mismatches"] == []
    # Out of the evidence from now on, and still there to be shown, marked.
    again = own_shell("ask", SENESCENCE, "--json").json
    assert used not in {citation["paper"] for citation in again["citations"]}
    shown = own_shell("corpus", "show", used).out
    assert f"retraction state retracted (checked {told[used]['checked']})" in shown
    marked = own_shell("search", f"{names[0]} mitochondria", "--paper", names[0], "-k", "1").out
    assert "CONCERN" in marked
    text = own_shell("corpus", "audit", "--offline").out
    assert f"RETRACTED  {used}" in text
    assert "rests on a retracted paper" in text
    assert "Europe PMC" in text


def test_identifiers_of_other_papers_are_named_and_change_nothing(
    own_shell: Shell, literature: Literature
) -> None:
    item = paper_of(literature, own_shell.home, OTHER)
    item["title"] = "Anatomical variations of the recurrent laryngeal nerve in adult patients"
    say(item, "Retraction in")
    told = own_shell("corpus", "audit", "--json").json
    assert {wrong["paper"] for wrong in told["mismatches"]} == {OTHER}
    assert all(
        "belongs to another paper: 'Anatomical variations" in wrong["what"] for wrong in told["mismatches"]
    )
    assert told["states"]["retracted"] == 0


def test_a_service_that_is_down_is_said_and_the_other_counts(
    own_shell: Shell, literature: Literature
) -> None:
    literature.broken.add("/crossref")
    ran = own_shell("corpus", "audit", "--json")
    assert ran.code == 0
    assert ["Crossref" in what for what in ran.json["failed"]] == [True]
    assert ran.json["states"]["none"] > 100
    literature.broken.add("/europepmc")
    assert own_shell("corpus", "audit", "--json").code == 5


def test_parameters_of_the_model_that_rest_on_a_retracted_paper_are_listed(own_shell: Shell) -> None:
    from assistant.kinetics.parameters import column

    catalog = Catalog.open(Home(own_shell.home).catalog)
    sources = [p.source for p in column("bbz").values() if p.source is not None and p.source.doi]
    known = [(s.doi, paper) for s in sources for paper in catalog.find((s.doi or "").lower(), None, None)]
    assert own_shell("corpus", "audit", "--offline", "--json").json["parameters"] == []
    _, paper = known[0]
    catalog.set_check(paper, "retracted", "2026-11-24", "Crossref")
    catalog.close()
    told = own_shell("corpus", "audit", "--offline", "--json").json["parameters"]
    assert {(p["paper"], p["state"]) for p in told} == {(paper, "retracted")}


def test_quotes_that_moved_or_went_are_listed(own_shell: Shell) -> None:
    answered = own_shell("ask", SENESCENCE, "--json").json
    first, second, third, *rest = answered["citations"]
    first["start"] += 3
    second["quote"] = f"Not {second['quote']}"
    third["paper"] = "a-paper-that-left"
    store = SessionStore.open(own_shell.home)
    store.finish(store.begin(store.create().id, SENESCENCE), "answer", answered)
    store.close()
    told = own_shell("corpus", "audit", "--offline", "--json").json
    assert [(quote["quote"], quote["fate"]) for quote in told["drifted"]] == [
        (first["quote"], "moved"), (second["quote"], "gone"), (third["quote"], "gone"),
    ]  # fmt: skip
    assert told["quotes"] == {"saved": 3 + len(rest), "same": len(rest), "moved": 1, "gone": 2}
    assert "moved" in own_shell("corpus", "audit", "--offline").out
