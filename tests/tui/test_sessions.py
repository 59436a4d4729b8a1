"""Earlier sessions: told apart in their list, and restored where the reader left them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.tui.screens import SessionPicker
from tests.tui.driver import NARROW, WIDE, Driver, chat


async def rows(driver: Driver) -> tuple[str, ...]:
    await driver.pilot.press("ctrl+o")
    await driver.until(lambda: isinstance(driver.app.screen, SessionPicker), "the list of sessions")
    assert isinstance(driver.app.screen, SessionPicker)
    return driver.app.screen.rows


async def test_sessions_titled_alike_show_where_each_led(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        for last in ("How long do they live?", "What about zinc?"):
            await driver.ask("Which domain?")
            await driver.ask(last)
            await driver.send("/new")
        await driver.ask("Another question?")
        other, second, first = await rows(driver)
        assert "last: How long do they live?" in first and "last: What about zinc?" in second
        assert "last:" not in other


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_restored_session_shows_its_last_turn_and_stays_there(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, size=size) as driver:
        for n in range(6):
            await driver.ask(f"Question {n}?")
    async with chat(tmp_path, size=size, session="latest") as driver:
        room = driver.app.conversation
        await driver.until(lambda: len(room.answers) == 6, "the session")
        last = room.query(".question").last()
        await driver.until(
            lambda: last.region.y == room.region.y or room.scroll_y == room.max_scroll_y, "the last question"
        )
        before = room.scroll_y
        for _ in range(10):
            await driver.pilot.pause(0.02)
        assert room.scroll_y == before and room.region.contains_region(last.region)


async def test_a_turn_that_failed_says_why_when_it_is_restored(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("What goes badly?")
    async with chat(tmp_path, session="latest") as driver:
        await driver.until(lambda: driver.app.query(".error-panel"), "the panel")
        assert "The question is odd." in driver.text(".error-panel")
        assert driver.text(".stopped") == "Ask again"


async def test_a_disk_that_is_full_costs_no_answer_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("Which domain?")
        store = driver.app.dialogue.store
        assert store is not None
        (pages,) = store._db.execute("PRAGMA max_page_count = 1").fetchone()  # as many as there are
        assert pages > 1
        for question in ("Long? " + "x" * 15_000, "Which other domain? " + "x" * 15_000):
            await driver.ask(question)
            assert driver.app.conversation.answers[-1].kind == "answer"
        assert "Check free space" in driver.notices()
        assert driver.notices().count("is not being kept") == 1, "told once"
        assert "⚠ not kept" in driver.text("RoomBar")
        await driver.send("/export kept.md")
        assert "could not be written down are missing" in driver.notices()
        store._db.execute("PRAGMA max_page_count = 100000")
        await driver.send("/new")
        await driver.ask("Which domain, again?")
        assert "not kept" not in driver.text("RoomBar"), "there is room again"
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["answer"]
