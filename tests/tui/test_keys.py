"""Keys as a reader meets them: the line at the bottom, text typed anywhere, and the palette."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.command import Command, CommandList
from textual.content import Content

from assistant.tui.keybar import KeyBar
from assistant.tui.palette import entries
from assistant.tui.screens import Page
from tests.tui.driver import NARROW, WIDE, Driver, chat


def bar(driver: Driver) -> str:
    shown = driver.app.base.query_one(KeyBar).render()
    assert isinstance(shown, Content) and shown.cell_length <= driver.app.size.width
    return shown.plain


@pytest.mark.parametrize("size", [(40, 20), NARROW, WIDE])
async def test_every_room_shows_the_help_key_first_and_no_label_cut_in_two(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Which domain?")
        assert bar(driver).startswith(" F1 Help  ⏎ Send ")
        for key in ("f3", "f4"):
            await driver.pilot.press(key)
            assert bar(driver).startswith(" F1 Help  esc Chat ")
            assert bar(driver).endswith(" ")
        await driver.pilot.press("escape")
        assert driver.app.focused is driver.app.prompt


async def test_a_click_on_a_label_presses_its_key(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.click(KeyBar, offset=(3, 0))
        await driver.until(lambda: isinstance(driver.app.screen, Page), "F1 was clicked")
        assert isinstance(driver.app.screen, Page)


@pytest.mark.parametrize("room", ["f3", "f4"])
async def test_text_typed_or_pasted_in_any_room_goes_to_the_input(tmp_path: Path, room: str) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press(room, "slash", "e", "v")
        assert driver.app.prompt.text == "/ev" and driver.app.bar.room == "conversation"
        assert driver.seen("#menu")
        driver.app.prompt.fill("")
        await driver.pilot.press(room)
        driver.app.post_message(events.Paste("What is p16?"))
        await driver.until(lambda: driver.app.prompt.text == "What is p16?", "the pasted text")
        assert driver.app.focused is driver.app.prompt


async def test_a_line_typed_faster_than_the_screen_goes_to_the_input_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("f4")
        for character in "/export e.md":
            key = {"/": "slash", ".": "full_stop", " ": "space"}.get(character, character)
            driver.app.post_message(events.Key(key, character))
        driver.app.post_message(events.Key("enter", "\r"))
        await driver.until(
            lambda: "written to" in driver.notices(), "every letter in the input, none as a key"
        )
        assert (tmp_path / "e.md").exists() and driver.app.prompt.text == ""


async def test_keys_of_a_room_stay_keys_and_a_question_mark_is_help(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("f3", "y", "2")
        assert driver.app.prompt.text == "" and driver.app.bar.room == "evidence"
        await driver.pilot.press("question_mark")
        await driver.until(lambda: isinstance(driver.app.screen, Page), "the help")
        await driver.pilot.press("question_mark")
        await driver.until(lambda: driver.app.screen is driver.app.base, "the room again")


async def test_the_empty_input_leads_down_to_the_questions_to_begin_with(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("down", "down", "enter")
        await driver.until(lambda: driver.idle and driver.backend.asked, "the second question")
        assert driver.backend.asked[0][0] == "Does senescence always impair CAR-T cells?"


async def test_the_palette_begins_with_what_can_be_done_here(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("f3")
        titles = [entry.title for entry in entries(driver.app, driver.app.screen)]
        assert titles.index("Similar") < titles.index("What-if room") < titles.index("/whatif")
        await choose(driver, "bibtex", "BibTeX")
        await driver.until(lambda: "BibTeX of [1]: sent" in driver.notices(), "it runs on the card in focus")
        await choose(driver, "theme light", "Theme light")
        await driver.until(lambda: driver.app.theme == "senescope-light", "another theme")


async def choose(driver: Driver, words: str, title: str) -> None:
    """Open the palette, type words, and take what stands first once it is the wanted line."""
    await driver.pilot.press("ctrl+p", *words)

    def first() -> str | None:
        for found in driver.app.screen.query(CommandList):
            if found.option_count and isinstance(line := found.get_option_at_index(0), Command):
                return line.hit.text
        return None

    await driver.until(lambda: first() == title, f"{title} as the first line")
    await driver.pilot.press("enter")
