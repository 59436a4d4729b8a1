"""A stranger's walk at 80x24 with nothing but the line of keys, F1, and what the screen says.

Each key that is pressed here is shown on the screen at that moment: a label that goes, or a step that has
to be guessed, fails the walk.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.content import Content

from assistant.sessions.store import SessionStore
from assistant.tui.keybar import KeyBar
from assistant.tui.screens import SessionPicker
from assistant.tui.slider import Slider
from tests.tui.driver import Driver, chat
from tests.tui.fake import QUOTES, answered


async def press(driver: Driver, label: str, *keys: str) -> None:
    """Press keys that the line at the bottom names."""
    shown = driver.app.base.query_one(KeyBar).render()
    assert isinstance(shown, Content) and f" {label} " in shown.plain, f"{label!r} is not in {shown.plain!r}"
    await driver.pilot.press(*keys)


def slider(driver: Driver) -> Slider:
    focused = driver.app.focused
    assert isinstance(focused, Slider)
    return focused


def yesterday(home: Path) -> None:
    """A session of the day before, with one answer."""
    store = SessionStore.open(home, now=lambda: datetime.now(UTC) - timedelta(days=1))
    session = store.create("Domains and senescence")
    answer = answered("Which domain senesces more?")
    store.finish(store.begin(session.id, answer.question), "answer", answer.to_json())
    store.close()


async def test_a_stranger_asks_reads_a_quote_tunes_a_what_if_finds_yesterday_and_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    yesterday(tmp_path)
    async with chat(tmp_path) as driver:
        app = driver.app
        # Ask.
        assert "Type a question below" in driver.text()
        await driver.pilot.press(*"Which domain?")
        await press(driver, "⏎ Send", "enter")
        await driver.until(
            lambda: driver.idle and "senesce more than" in driver.text(".turn *"), "the answer"
        )
        # Follow a citation to its quote.
        await press(driver, "tab Sources", "tab")
        await press(driver, "⏎ Open quote", "enter")
        await driver.until(lambda: f"❝{QUOTES[0]}❞" in driver.text("Card *"), "the quote in its context")
        assert app.bar.room == "evidence"
        await press(driver, "esc Chat", "escape")
        # Run the what-if that the answer offers, and tune it.
        assert "▸ Try it in the model" in driver.text(".turn *")
        await driver.pilot.press("tab", "tab")
        await press(driver, "⏎ Run this what-if", "enter")
        await driver.until(lambda: driver.idle and "(F4)" in driver.text(".whatif-summary"), "the what-if")
        await driver.pilot.press("f4")
        await press(driver, "←→ Change", "right")
        await driver.until(lambda: driver.backend.requests[-1].sets_a, "the model is asked with the new dose")
        assert "✎" in slider(driver).render().plain
        await press(driver, "⌫ Reset", "backspace")
        assert "✎" not in slider(driver).render().plain
        # Find yesterday's session.
        await press(driver, "esc Chat", "escape")
        await press(driver, "^o Sessions", "ctrl+o")
        await driver.until(lambda: isinstance(app.screen, SessionPicker), "the list of sessions")
        picker = app.screen
        assert isinstance(picker, SessionPicker)
        assert any("yesterday" in row and "Domains and senescence" in row for row in picker.rows)
        await driver.pilot.press("down", "enter")
        await driver.until(lambda: app.dialogue.title() == "Domains and senescence", "yesterday's session")
        # Export it, from its list, as the line under the list says.
        await press(driver, "^o Sessions", "ctrl+o")
        await driver.until(lambda: isinstance(app.screen, SessionPicker), "the list of sessions")
        assert "^E exports" in str(app.screen.query_one(".picker").border_subtitle)
        await driver.pilot.press("down", "ctrl+e")
        await driver.until(lambda: "The ending decides" in driver.text(), "where to")
        await driver.pilot.press("enter")
        await driver.until(lambda: "1 turn written to" in driver.notices(), "the export")
        (written,) = tmp_path.glob("senescope-*.md")
        assert "Which domain senesces more?" in written.read_text() and QUOTES[0] in written.read_text()


async def test_f1_names_every_step_of_the_walk(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f1")
        await driver.until(lambda: "Everywhere" in driver.text(), "the help")
        text = driver.text()
        for words in (
            "send the question",
            "earlier sessions: find, open, export",
            "/export",
            "/whatif",
            "F3",
            "F4",
        ):
            assert words in text
