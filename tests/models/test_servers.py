"""Models behind a server on loopback, through the library's own client: a function, and a real model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.engine import Engine
from assistant.answering.events import Checked, Done
from assistant.models import reach
from assistant.models.chat import Message
from assistant.models.fake import fake
from assistant.models.opening import open_model
from assistant.settings import load
from tests.models import small_model
from tests.models.openai_server import Server

QUESTION = "Which costimulatory domain makes CAR-T cells more prone to senescence?"


def behind(name: str) -> Any:
    """A writing function that behaves like the fake of that name."""

    def write(messages: Sequence[dict[str, Any]]) -> Iterator[str]:
        heard = [Message("system" if m["role"] == "system" else "user", m["content"]) for m in messages]
        return fake(name).stream(heard)

    return write


def asked(home: Path, url: str, question: str = QUESTION, seconds: int = 60) -> tuple[Any, list[Checked]]:
    flags: dict[str, str | int | bool | None]
    flags = {"home": str(home), "model": "server:local", "models.url": url, "models.seconds": seconds}
    settings = load(flags, environment={})
    with Engine.open(settings) as engine:
        events = list(engine.ask_events(question, open_model(settings), length="brief"))
    done = events[-1]
    assert isinstance(done, Done)
    return done.answer, [e for e in events if isinstance(e, Checked)]


def test_a_server_on_loopback_writes_the_answer(home: Path) -> None:
    with Server(behind("parrot")) as server:
        answer, checked = asked(home, server.url)
    assert answer.engine == "server:local"
    assert checked and all(c.sentence.verdict == "supported" for c in checked)
    (body,) = server.requests
    assert (body["stream"], body["temperature"]) == (True, 0.0)
    assert not {"tools", "functions", "tool_choice"} & set(body)
    assert '<finding id="1"' in body["messages"][1]["content"]


def test_no_key_of_another_provider_reaches_a_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with Server(behind("parrot")) as server:
        asked(home, server.url)
    assert "sk-secret" not in str(server.headers) + str(server.requests)


def test_what_a_server_invents_never_reaches_the_reader(home: Path) -> None:
    with Server(behind("inventive")) as server:
        answer, checked = asked(home, server.url)
    assert answer.engine == "extractive"
    assert checked and all(c.sentence.verdict != "supported" for c in checked)


def test_a_reach_tells_a_server_that_answers_from_none() -> None:
    with Server(behind("parrot")) as server:
        settings = load({"model": "server:local", "models.url": server.url}, environment={})
        there = reach.chosen(settings)
    gone = reach.chosen(settings)
    assert there is not None and there.usable
    assert gone is not None and not gone.usable
    assert {r.provider for r in reach.providers()} >= {"ollama", "llamacpp", "openai", "anthropic", "google"}


@pytest.mark.smallmodel
@pytest.mark.skipif(not os.environ.get("SENESCOPE_BENCH_MODEL"), reason="opt-in: SENESCOPE_BENCH_MODEL=1")
@pytest.mark.skipif(bool(small_model.missing()), reason=small_model.missing())
@pytest.mark.filterwarnings("ignore")  # the model's library warns of its own future
def test_a_real_model_that_is_too_small_is_refused_by_the_verifier(home: Path) -> None:
    with Server(small_model.SmallModel(), "smollm2-135m") as server:
        answer, checked = asked(home, server.url, seconds=900)
    assert checked
    supported = [c for c in checked if c.sentence.verdict == "supported"]
    assert len(supported) < len(checked) / 2
    assert all(s.verdict == "supported" for s in answer.sentences)
