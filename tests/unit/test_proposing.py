"""A chat model's proposal passes the schema or is refused; it is corrected once and never trusted."""

from __future__ import annotations

import json

import pytest

from assistant.answering.proposing import propose
from assistant.errors import ModelUnavailable
from assistant.kinetics.proposal import ProposalError
from assistant.models.chat import Message
from assistant.models.fake import FailingModel, ScriptedModel
from assistant.models.prompts import load

GOOD = {
    "design_a": "bbz",
    "design_b": "bbz",
    "changes": [{"side": "A", "kind": "times", "target": "A50", "value": 10}],
}
BAD = {**GOOD, "changes": [{"side": "A", "kind": "lever", "target": "cjun"}]}
TEXT = "weaken the binder tenfold in 4-1BB"


def test_a_proposal_is_found_in_whatever_surrounds_it() -> None:
    model = ScriptedModel(f"Sure!\n```json\n{json.dumps(GOOD)}\n```")
    proposal = propose(TEXT, model, load()["what-if"], seconds=10)
    assert proposal.changes[0].target == "A50"
    seen = model.heard[0]
    assert TEXT in seen[-1].text and "- c-jun: " in seen[-1].text and "- bbz: " in seen[-1].text
    assert "{{" not in seen[-1].text


def test_a_bad_proposal_is_told_its_faults_once() -> None:
    replies = iter((json.dumps(BAD), json.dumps(GOOD)))

    def reply(messages: object) -> str:
        return next(replies)

    model = ScriptedModel(reply)
    assert propose(TEXT, model, load()["what-if"], seconds=10).changes[0].target == "A50"
    second: Message = model.heard[1][-1]
    assert "refused" in second.text and "nearest: c-jun" in second.text


@pytest.mark.parametrize("reply", [json.dumps(BAD), "no idea", "{}", "{" * 9000, '{"design_a": 3}'])
def test_a_second_bad_proposal_is_refused(reply: str) -> None:
    with pytest.raises(ProposalError):
        propose(TEXT, ScriptedModel(reply), load()["what-if"], seconds=10)


def test_a_model_that_cannot_be_reached_says_so() -> None:
    with pytest.raises(ModelUnavailable):
        propose(TEXT, FailingModel(), load()["what-if"], seconds=0.2)
