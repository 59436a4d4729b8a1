"""What a chat model may propose, and what is told when it proposes something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.kinetics import requests, whatif
from assistant.kinetics.proposal import Proposal, ProposalError, catalogue, schema, understood
from assistant.kinetics.replay import recall, store

TEXT = "tenfold weaker binder in a 4-1BB CAR, resting four days out of every fourteen"
REST = {"side": "A", "kind": "lever", "target": "dasatinib-rest"}
GOOD: dict[str, Any] = {
    "design_a": "bbz",
    "design_b": "bbz",
    "changes": [
        {"side": "A", "kind": "times", "target": "A50", "value": 10.0},
        {**REST, "schedule": {"duration": 4, "every": 14}},
        {"side": "both", "kind": "set", "target": "H0", "value": 5e11, "unit": "cells"},
    ],
    "days": None,
    "not_in_model": ["cytokine release"],
}


def test_a_proposal_becomes_what_the_grammar_would_have_read() -> None:
    found = understood(Proposal.from_json(GOOD), TEXT, by="fake:model")
    a, b = found.designs()
    assert a.value("A50") == pytest.approx(10.0 * b.value("A50"))
    assert a.value("H0") == b.value("H0") == 5e11
    rest = [e for e in a.events if e.kind == "rest"]
    assert [(e.duration, e.every) for e in rest] == [(4.0, 14.0)] and not any(
        e.kind == "rest" for e in b.events
    )
    assert "both: " in found.echo and found.by == "fake:model"
    assert any("cytokine release" in u for u in found.unknown)


def test_a_size_that_the_words_do_not_hold_is_laid_at_the_door_of_the_model() -> None:
    found = understood(Proposal.from_json(GOOD), TEXT, by="fake:model")
    told = " ".join(found.assumed)
    assert "H0" in told and "A50" not in told and "every 14" not in told
    request = requests.from_proposal(Proposal.from_json(GOOD), TEXT, by="fake:model", draws=4, days=60.0)
    payload = whatif.answer(request).payload()
    because = {c["parameter"]: c["because"] for c in payload["changes"] if c["by"] == "user"}
    assert because["A50"] == "user" and because["H0"] == "assumed"
    assert payload["understood"]["by"] == "fake:model"


def test_a_proposal_travels_as_json() -> None:
    proposal = Proposal.from_json(GOOD)
    assert Proposal.from_json(json.dumps(proposal.to_json())) == proposal


def test_good_proposals_fit_the_schema_and_the_schema_is_one() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(Proposal.from_json(GOOD).to_json(), schema())


def test_all_that_a_model_may_name_is_in_the_catalogue() -> None:
    text = catalogue()
    for name in schema()["properties"]["changes"]["items"]["properties"]["target"]["enum"]:
        assert not name or f"- {name}: " in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"side": "A", "kind": "lever", "target": "cjun"}, "no lever (nearest: c-jun"),
        ({"side": "A", "kind": "lever", "target": "IL-12"}, "no lever"),
        ({"side": "C", "kind": "lever", "target": "c-jun"}, "side: 'C' is not one of"),
        ({"side": "A", "kind": "add", "target": "c-jun"}, "kind: 'add' is not one of"),
        ({"side": "A", "kind": "lever", "target": "c-jun", "value": 2}, "value: a lever has none"),
        ({"side": "A", "kind": "lever", "target": "c-jun", "schedule": {"time": 3}}, "lever c-jun has none"),
        ({"side": "A", "kind": "set", "target": "kXX", "value": 1}, "no parameter"),
        ({"side": "A", "kind": "set", "target": "kX", "value": "much"}, "needs a number"),
        ({"side": "A", "kind": "set", "target": "kX", "value": float("nan")}, "needs a number"),
        ({"side": "A", "kind": "set", "target": "kX", "value": True}, "needs a number"),
        ({"side": "A", "kind": "set", "target": "dose", "value": -1e8}, "unphysical"),
        ({"side": "A", "kind": "set", "target": "dose", "value": 5, "unit": "day"}, "day"),
        ({"side": "A", "kind": "times", "target": "A50", "value": 0}, "above 0"),
        ({"side": "A", "kind": "set", "target": "rest", "value": 1}, "driven by events"),
        (
            {**REST, "schedule": {"duration": 9, "every": 7}},
            "never ends",
        ),
        (
            {**REST, "schedule": {"share": 3}},
            "not between 0 and 1",
        ),
        (
            {**REST, "schedule": {"dy": 3}},
            "unknown key 'dy'",
        ),
        ({"side": "A", "kind": "lymphodepletion", "target": "w0"}, "an event has none"),
        ({"side": "A", "kind": "lever", "target": ["c-jun"]}, "are words"),
        ("c-jun", "an object is needed"),
    ],
)
def test_faults_are_named_with_their_place(change: Any, says: str) -> None:
    with pytest.raises(ProposalError) as caught:
        Proposal.from_json({**GOOD, "changes": [GOOD["changes"][0], change]})
    assert any("changes[1]" in p and says in p for p in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("not json", "no JSON"),
        ("[1]", "no JSON object"),
        ({**GOOD, "design_a": "ICOS"}, "'ICOS' is no design; designs: bbz"),
        ({**GOOD, "days": 3}, "not between 14"),
        ({**GOOD, "extra": 1}, "unknown key 'extra'"),
        ({**GOOD, "changes": "all"}, "a list"),
        ({**GOOD, "not_in_model": "x"}, "list of words"),
    ],
)
def test_objects_of_another_shape_are_refused(data: Any, says: str) -> None:
    with pytest.raises(ProposalError, match=says.replace("[", r"\[")):
        Proposal.from_json(data)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(ProposalError) as caught:
        Proposal.from_json({"design_a": "x", "design_b": "y", "changes": [{"side": "Z", "kind": "lever"}]})
    assert len(caught.value.problems) >= 4


def test_a_comparison_of_nothing_is_refused() -> None:
    with pytest.raises(ProposalError, match="the same"):
        understood(Proposal.from_json({**GOOD, "changes": []}), TEXT, by="fake:model")


def test_an_event_of_its_own_is_scheduled() -> None:
    change = {"side": "A", "kind": "lymphodepletion", "target": "", "schedule": {"time": 60}}
    found = understood(Proposal.from_json({**GOOD, "changes": [change]}), "again on day 60", by="m:x")
    a, _ = found.designs()
    assert [e.time for e in a.events if e.kind == "lymphodepletion"] == [60.0] and not found.assumed


def test_a_proposed_what_if_is_replayed_from_its_id(tmp_path: Path) -> None:
    request = requests.from_proposal(Proposal.from_json(GOOD), TEXT, by="fake:model", draws=8, days=60.0)
    done = whatif.answer(request)
    store(tmp_path, done)
    again = whatif.answer(recall(tmp_path, done.comparison.run["id"]))
    assert again.sentence == done.sentence and again.request.understood == done.request.understood
    assert [r.to_json() for r in again.comparison.outcomes] == [r.to_json() for r in done.comparison.outcomes]
