"""Ten questions answered by quotes and by a scripted strong model: nothing unsupported reaches the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.answering.engine import Engine
from assistant.answering.events import Done
from assistant.evidence import Answer
from assistant.models.fake import ScriptedModel
from assistant.settings import load

FILE = Path(__file__).parents[1] / "eval" / "strong-model.yaml"
ITEMS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def script(item: dict[str, Any], grounded: Answer) -> tuple[list[str], list[str], str]:
    """The good and bad sentences whose finding is among the evidence, and the reply with marks."""
    numbers = {c.passage: c.n for c in grounded.citations}
    kept = {
        kind: [(text, numbers[passage]) for text, passage in item[kind] if passage in numbers]
        for kind in ("good", "bad")
    }
    lines = [f"{text[:-1]} [{n}]." for pair in (kept["good"], kept["bad"]) for text, n in pair]
    good, bad = ([text for text, _ in kept[kind]] for kind in ("good", "bad"))
    return good, bad, "\n".join(lines)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["question"][:40])
def test_what_a_strong_model_gets_wrong_is_withheld(home: Path, item: dict[str, Any]) -> None:
    with Engine.open(load({"home": str(home)}, environment={})) as engine:
        grounded = engine.ask(item["question"], length="full")
        good, bad, reply = script(item, grounded)
        model = ScriptedModel(reply)
        *_, done = engine.ask_events(item["question"], model, length="full")
    assert isinstance(done, Done)
    if grounded.kind == "refusal":
        assert (done.answer, model.heard) == (grounded, [])
        return
    shown = [s.text for s in done.answer.sentences]
    assert not set(bad) & set(shown)
    assert not any(text[:-1] in done.answer.answer for text in bad)
    assert all(s.verdict == "supported" for s in done.answer.sentences)
    assert {s.text for s in done.answer.withheld} >= set(bad)
    assert not set(good) & {s.text for s in done.answer.withheld}
