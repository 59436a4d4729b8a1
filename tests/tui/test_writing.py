"""A chat model writes over the evidence: sentences arrive, can be cancelled, and nothing is lost."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.sessions.store import SessionStore
from assistant.tui.answer_text import AnswerText
from assistant.tui.answer_view import Withheld
from tests.tui.driver import NARROW, WIDE, Driver, chat
from tests.tui.fake import FakeBackend

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE])
QUESTION = "Which domain?"


def slow() -> FakeBackend:
    """A backend whose model waits for a permit before each sentence."""
    backend = FakeBackend()
    backend.write = threading.Semaphore(0)
    return backend


def written(driver: Driver) -> str:
    return driver.app.query(AnswerText).last().source


@SIZES
async def test_sentences_arrive_one_by_one_over_the_quotes(tmp_path: Path, size: tuple[int, int]) -> None:
    backend = slow()
    async with chat(tmp_path, size=size, backend=backend, model="fake:strong") as driver:
        await driver.send(QUESTION)
        await driver.until(lambda: "fake:strong writes over 3 quotes" in driver.text(".waiting"))
        assert driver.app.evidence.answer is not None, "the quotes are there before the first sentence"
        backend.write.release()
        await driver.until(lambda: "The model says thing 1. [1]" in written(driver))
        assert "thing 2" not in written(driver)
        await driver.pilot.press("alt+1")
        await driver.until(lambda: driver.app.bar.room == "evidence")
        assert driver.app.dialogue.running is not None, "following a mark cancels nothing"
        backend.write.release(5)
        await driver.until(lambda: driver.idle)
        assert "written by fake:strong" in driver.text(".footing")
        assert driver.app.dialogue.answers[-1].engine == "fake:strong"


async def test_what_is_not_supported_is_never_shown_as_text(tmp_path: Path) -> None:
    async with chat(tmp_path, model="fake:strong") as driver:
        await driver.ask(QUESTION)
        assert "The model invents" not in driver.text() + written(driver)
        assert "▸ 1 sentence withheld" in driver.text(".withheld")
        driver.app.query_one(Withheld).focus()
        await driver.pilot.press("enter")
        assert "✗ The model invents.  the quote says less" in driver.text(".withheld")


async def test_escape_cancels_while_a_model_writes_and_the_next_question_is_answered(tmp_path: Path) -> None:
    backend = slow()
    async with chat(tmp_path, backend=backend, model="fake:strong") as driver:
        await driver.send(QUESTION)
        backend.write.release()
        await driver.until(lambda: "thing 1" in written(driver))
        await driver.pilot.press("escape")
        await driver.until(lambda: "Cancelled." in driver.text(".stopped"))
        assert "thing 1" not in driver.text(".turn *")
        backend.write.release(20)
        await driver.ask("Which other domain?")
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["cancelled", "answer"]


async def test_the_view_stays_where_the_reader_scrolled(tmp_path: Path) -> None:
    backend = slow()
    async with chat(tmp_path, backend=backend) as driver:
        for n in range(3):
            await driver.ask(f"Question {n}?")
        await driver.send("/model fake:strong")
        await driver.send(QUESTION)
        backend.write.release()
        await driver.until(lambda: "thing 1" in written(driver))
        await driver.pilot.press("pageup")
        room = driver.app.conversation
        before = room.scroll_y
        assert before < room.max_scroll_y
        backend.write.release(5)
        await driver.until(lambda: driver.idle)
        assert room.scroll_y == before


async def test_a_model_that_fails_leaves_the_quotes_and_says_why(tmp_path: Path) -> None:
    async with chat(tmp_path, model="fake:failing") as driver:
        await driver.ask(QUESTION)
        panel = driver.text(".error-panel")
        assert "fake:failing cannot be reached." in panel and "→ Choose another." in panel
        assert "4-1BB" in written(driver) and "[1]" in driver.text(".sources")
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["answer"]


async def test_the_quotes_are_kept_when_the_terminal_dies_while_a_model_writes(tmp_path: Path) -> None:
    backend = slow()
    async with chat(tmp_path, backend=backend, model="fake:strong") as driver:
        await driver.send(QUESTION)
        await driver.until(lambda: "writes over" in driver.text(".waiting"))
        store = SessionStore.open(tmp_path)  # what another process finds at this moment
        try:
            (turn,) = store.turns(store.recent(1)[0].id)
        finally:
            store.close()
        assert turn.question == QUESTION and turn.kind == "answer" and turn.answer is not None
        assert len(turn.answer.citations) == 3


async def test_the_model_is_chosen_in_the_chat(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.send("/model")
        assert "made of quotes" in driver.notices()
        await driver.send("/model olama:x")
        assert "'olama' is no provider" in driver.notices()
        await driver.send("/model fake:strong")
        assert "fake:strong" in driver.text("RoomBar")
        await driver.ask(QUESTION)
        assert driver.app.dialogue.answers[-1].engine == "fake:strong"
        await driver.send("/model none")
        await driver.ask("Which other?")
        assert driver.app.dialogue.answers[-1].engine == "extractive"
        await driver.type("/model o")
        assert "ollama:" in [str(option.prompt) for option in driver.app.query_one("#menu").options]  # type: ignore[attr-defined]


async def test_a_refusal_never_reaches_a_model(tmp_path: Path) -> None:
    async with chat(tmp_path, model="fake:strong") as driver:
        await driver.ask("What about zinc?")
        assert "Not enough evidence" in str(driver.app.query_one(".refusal").border_title)
        assert "written by" not in driver.text(".footing")
