"""What the chat asks of the real kinetic model: proposals of a chat model, rankings, runs to come back to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.kinetics import replay, whatif
from assistant.models.chat import Stopped
from assistant.models.opening import open_model
from assistant.settings import load
from assistant.tui.levers import Request
from assistant.tui.model import KineticModel

WORDS = "gimme fancy AP-1 stuff for the twenty-eight zeta"
SHORT = {"whatif.draws": 8, "whatif.days": 40}


@pytest.fixture
def scripted(tmp_path: Path) -> str:
    """The name of a chat model that proposes c-Jun in 28z."""
    proposal = {
        "design_a": "28z",
        "design_b": "28z",
        "changes": [{"side": "A", "kind": "lever", "target": "c-jun"}],
        "not_in_model": ["fancy"],
    }
    table = tmp_path / "replies.yaml"
    table.write_text(json.dumps({"*": json.dumps(proposal)}), encoding="utf-8")
    return f"scripted:{table}"


@pytest.fixture
def model(own_home: Path, scripted: str) -> KineticModel:
    settings = load({"home": str(own_home), "model": scripted, **SHORT}, {})
    return KineticModel(settings, lambda name: open_model(settings) if name != "none" else None)


def test_a_chat_model_proposes_what_the_grammar_does_not_read(
    model: KineticModel, scripted: str, own_home: Path
) -> None:
    payload = model.whatif(Request(text=WORDS, model=scripted))
    assert payload["understood"]["by"] == "scripted:replies.yaml"
    assert any("fancy" in u for u in payload["understood"]["unknown"])
    assert any("proposed the change, and it was checked" in w for w in payload["warnings"])
    tuned = Request(
        text=WORDS,
        model=str(payload["inputs"]["by"]),
        proposal=json.dumps(payload["inputs"]["proposal"]),
        sets_a={"dose": "2e7"},
    )
    moved = model.whatif(tuned)  # no model is asked again under a slider
    again = whatif.answer(replay.recall(own_home, moved["run"]["id"])).payload()
    assert again["outcomes"] == moved["outcomes"] != payload["outcomes"]


def test_without_a_chat_model_the_words_are_refused_with_help(model: KineticModel) -> None:
    from assistant.errors import InputError

    with pytest.raises(InputError, match="not understood as a what-if"):
        model.whatif(Request(text=WORDS))


def test_what_the_grammar_reads_whole_asks_no_chat_model(model: KineticModel, scripted: str) -> None:
    payload = model.whatif(Request(text="28z with and without TET2 loss", model=scripted))
    assert payload["understood"]["by"] == "grammar"


def test_a_ranking_tells_how_far_it_is_and_stops_when_told(model: KineticModel, own_home: Path) -> None:
    seen: list[tuple[int, int]] = []
    asked = Request(text="which lever most lowers Cmax in 28z?")
    payload = model.whatif(asked, lambda done, total: seen.append((done, total)))
    total = len(payload["ranking"]["levers"])
    assert seen == [(n, total) for n in range(total)]
    again = whatif.answer(replay.recall(own_home, payload["run"]["id"])).payload()
    assert again["ranking"] == payload["ranking"] and again["outcomes"] == payload["outcomes"]
    with pytest.raises(Stopped):
        model.whatif(asked, cancelled=lambda: len(seen) > 0)
