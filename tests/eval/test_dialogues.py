"""Dialogues: every later turn is read with the turns before it, or said not to be understood."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.answering.engine import Engine
from assistant.evidence import Answer
from assistant.settings import load

FILES = [Path(__file__).parent / f"dialogues-{name}.yaml" for name in ("dev", "second")]
DIALOGUES: list[dict[str, Any]] = [
    {**dialogue, "id": f"{file.stem}:{dialogue['id']}"}
    for file in FILES
    for dialogue in yaml.safe_load(file.read_text("utf-8"))
]


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with Engine.open(load({"home": str(home)}, {})) as opened:
        yield opened


def problems(turn: dict[str, Any], answer: Answer) -> list[str]:
    """What is wrong with how a turn was read, in words."""
    read = f"{answer.resolved or answer.question} {answer.searched.filters}".lower()
    lost = answer.kind == "refusal" and "Not understood as a follow-up" in answer.answer
    if turn["wanted"] == "refuse":
        return [] if lost else ["was read as a question"]
    if turn["wanted"] == "alone" and answer.resolved:
        return [f"was not left alone: {read}"]
    if lost:
        return [] if turn.get("or_refuse") else ["was not understood"]
    found = [
        f"{either!r} is not in {read!r}"
        for either in turn["holds"]
        if not any(word.lower() in read for word in either.split("|"))
    ]
    found += [f"{word!r} was carried over" for word in turn.get("lacks", ()) if word.lower() in read]
    lead = answer.citations[0].paper if answer.citations else ""
    if turn.get("papers") and lead and lead not in turn["papers"]:
        found.append(f"{lead} was given for the paper that was meant")
    return found


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda d: d["id"])
def test_each_turn_is_read_with_the_turns_before_it(engine: Engine, dialogue: dict[str, Any]) -> None:
    history: list[Answer] = []
    wrong = []
    for turn in dialogue["turns"]:
        answer = engine.ask(turn["ask"], history=history)
        history.append(answer)
        if "wanted" in turn:
            wrong += [f"{turn['ask']!r}: {text}" for text in problems(turn, answer)]
    assert wrong == []


def test_the_dialogues_hold_enough_turns() -> None:
    assert sum("wanted" in turn for dialogue in DIALOGUES for turn in dialogue["turns"]) >= 80
