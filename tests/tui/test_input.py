"""The input, its history and completions, slash commands, and the pages over the rooms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from assistant.errors import InputError
from assistant.evidence import Filters
from assistant.sessions.store import SessionStore
from assistant.tui import themes
from assistant.tui.commands import COMMANDS, completions, parse, parse_filters
from assistant.tui.dialogs import Ask
from assistant.tui.prompt import MAXIMUM, Menu
from assistant.tui.screens import Page, SessionPicker
from assistant.tui.turn import TurnView
from tests.tui.driver import WIDE, chat


async def test_the_input_grows_with_its_lines_up_to_a_limit(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        height = driver.app.prompt.size.height
        await driver.pilot.press("a", "ctrl+j", "b", "ctrl+j", "c")
        assert driver.app.prompt.text == "a\nb\nc"
        assert driver.app.prompt.size.height == height + 2
        await driver.type("\n".join("abcdefghijklmnopqrstuvwxyz"))
        assert driver.app.prompt.size.height <= 8 and driver.seen("Conversation")
        await driver.pilot.press("enter")
        await driver.until(lambda: driver.backend.asked)
        assert driver.backend.asked[0][0].count("\n") == 25


async def test_arrows_reach_earlier_questions_and_come_back_to_the_draft(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("one")
        await driver.ask("two")
    async with chat(tmp_path) as driver:
        await driver.type("draft")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await driver.pilot.press(key)
            seen.append(driver.app.prompt.text)
        assert seen == ["two", "one", "one", "two", "draft"], "the history outlives the process"


async def test_up_moves_inside_a_text_of_several_lines_first(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("earlier")
        await driver.type("first\nsecond")
        await driver.pilot.press("up")
        assert driver.app.prompt.text == "first\nsecond"
        await driver.pilot.press("up")
        assert driver.app.prompt.text == "earlier"


async def test_a_pasted_paper_is_cut_and_the_cut_is_announced(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.type("x" * (MAXIMUM + 1))
        await driver.until(lambda: len(driver.app.prompt.text) == MAXIMUM)
        assert "Cut to 20,000 characters" in driver.notices()


async def test_nothing_is_sent_when_nothing_was_typed(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.type("  \n ")
        await driver.pilot.press("enter")
        assert driver.backend.asked == [] and driver.app.dialogue.session is None


async def test_a_slash_offers_commands_and_tab_or_enter_completes(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        menu = driver.app.query_one(Menu)
        await driver.pilot.press("slash")
        assert menu.display and menu.option_count == len(COMMANDS)
        await driver.pilot.press("t", "h", "tab")
        assert driver.app.prompt.text == "/theme "
        await driver.pilot.press("down", "enter")
        assert driver.app.prompt.text == "/theme light"
        await driver.pilot.press("enter")
        assert driver.app.theme == "senescope-light" and not driver.seen("#menu")
        await driver.pilot.press("slash", "escape")
        assert not driver.seen("#menu")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/fil", ["/filter "]),
        ("/filter sys", ["/filter system="]),
        ("/filter system=pat", ["/filter system=patients"]),
        ("/filter year=2019.. costim=CD", ["/filter year=2019.. costim=CD28"]),
        ("/length f", ["/length full"]),
        ("/nothing", []),
        ("no command", []),
        ("/copy 2", []),
    ],
)
def test_completions_follow_what_was_typed(text: str, wanted: list[str]) -> None:
    assert [line for line, _ in completions(text)] == wanted


def test_commands_are_found_by_a_unique_beginning_and_mistakes_get_the_nearest() -> None:
    assert parse("/ev 2")[0].name == "evidence" and parse("/ev 2")[1] == "2"
    assert parse("/sources")[0].name == "sources"
    with pytest.raises(InputError, match="did you mean 'theme'"):
        parse("/tehme dark")
    with pytest.raises(InputError, match="/help lists them"):
        parse("/s")


def test_filters_add_up_and_can_be_taken_off() -> None:
    one = parse_filters("system=Patients,mouse year=2019..", Filters())
    assert one == Filters(systems=("patients", "mouse"), year_from=2019)
    two = parse_filters("costim=cd28", one)
    assert two.costims == ("CD28",) and two.systems == one.systems
    assert parse_filters("year=2020", Filters()) == Filters(year_from=2020, year_to=2020)
    assert parse_filters("off", two) == Filters()


@pytest.mark.parametrize("text", ["system=rats", "colour=red", "patients", "year=soon", "year=.."])
def test_a_wrong_filter_says_what_would_do(text: str) -> None:
    with pytest.raises(InputError, match=r"[Uu]se "):
        parse_filters(text, Filters())


async def test_a_filter_and_a_length_hold_for_the_questions_that_follow(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.send("/filter system=patients")
        await driver.send("/length brief")
        await driver.ask("Which domain?")
        assert driver.backend.asked[0][1] == Filters(systems=("patients",))
        assert driver.backend.asked[0][3] == "brief"
        assert "only system patients" in driver.text("RoomBar"), "a restriction is always in sight"
        await driver.send("/filter system=rats")
        assert "'rats' is not known" in driver.notices()


@pytest.mark.parametrize("name", themes.NAMES)
async def test_every_theme_shows_an_answer(tmp_path: Path, name: str) -> None:
    async with chat(tmp_path, size=WIDE, chat__theme=name) as driver:
        await driver.ask("Which domain?")
        await driver.ask("/whatif bbz vs 28z")
        assert driver.app.theme == name
        assert "Evidence" in driver.app.export_screenshot()


async def test_an_unknown_theme_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.send("/theme pink")
        assert "There is no theme 'pink'." in driver.notices() and "senescope-contrast" in driver.notices()


async def test_help_tells_about_the_place_the_reader_is_at(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f1")
        assert isinstance(driver.app.screen, Page)
        assert "Type a question and press Enter." in driver.text()
        await driver.pilot.press("escape")
        await driver.ask("Which domain?")
        await driver.pilot.press("f3", "f1")
        assert "y copies the reference" in driver.text() and "/filter" in driver.text()
        await driver.pilot.press("f1")
        assert not isinstance(driver.app.screen, Page)


async def test_help_lists_the_keys_that_work_where_the_reader_is(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("alt+1", "f1")
        await driver.until(lambda: "more like this" in driver.text())
        assert "save the design" not in driver.text()
        await driver.pilot.press("escape", "f4", "f1")
        await driver.until(lambda: "save the design" in driver.text())
        assert "more like this" not in driver.text()


async def test_keys_of_the_settings_replace_those_of_the_chat(tmp_path: Path) -> None:
    async with chat(tmp_path, chat__keys="help=f8, sessions=ctrl+s|f9") as driver:
        await driver.pilot.press("f1")
        assert not isinstance(driver.app.screen, Page)
        await driver.pilot.press("f8")
        assert isinstance(driver.app.screen, Page) and "F8" in driver.text()
        await driver.pilot.press("escape", "f9")
        assert isinstance(driver.app.screen, SessionPicker)


@pytest.mark.parametrize(
    ("keys", "theme", "said"),
    [
        ("halp=f2", "light", "there is no action 'halp'"),
        ("help", "light", "'help' gives no key"),
        ("", "senescope-drak", "There is no theme 'senescope-drak'"),
    ],
)
async def test_a_mistake_in_keys_or_theme_is_said_and_the_chat_works(
    tmp_path: Path, keys: str, theme: str, said: str
) -> None:
    async with chat(tmp_path, chat__keys=keys, chat__theme=theme) as driver:
        await driver.until(lambda: said in driver.notices())
        await driver.ask("Which domain?")
        assert [asked[0] for asked in driver.backend.asked] == ["Which domain?"]


async def test_no_color_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("Which domain?")
        colours = re.findall(r"#[0-9a-f]{6}", driver.app.export_screenshot().partition("<rect")[0])
        # Grey has no hue: its three parts are equal. The one other colour is the picture's own default.
        styles = {c for c in colours if len({c[1:3], c[3:5], c[5:7]}) > 1}
        assert styles <= {"#c5c8c6"} and driver.app.no_color


async def test_the_palette_runs_commands_and_types_those_that_need_words(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.app.action_palette("whatif")
        assert driver.app.prompt.text == "/whatif "
        await driver.app.action_palette("help")
        await driver.until(lambda: isinstance(driver.app.screen, Page))
        await driver.pilot.press("escape", "ctrl+p")
        await driver.until(lambda: type(driver.app.screen).__name__ == "CommandPalette")


async def test_sources_lists_each_cited_paper_once(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("one")
        await driver.ask("two")
        await driver.send("/sources")
        assert driver.text().count("Senescope of") == 0
        assert driver.text().count("Senescence of CAR-T cells, part 2") == 1
        assert "https://doi.org/10.1000/x" in driver.text()


async def test_export_writes_the_session_in_the_format_of_the_name(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.send("/export")
        assert "nothing to export" in driver.notices()
        await driver.ask("Which domain?")
        for name in ("s.md", "s.json", "s.bib", "s.zip"):
            await driver.send(f"/export {tmp_path / name}")
            assert (tmp_path / name).stat().st_size > 100
        assert f"1 turn written to {tmp_path / 's.md'}" in driver.notices()
        await driver.send(f"/export {tmp_path / 'no' / 'x.md'}")
        assert "cannot be written" in driver.notices()


async def test_a_session_of_yesterday_is_found_by_its_words_and_continued(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Does senescence harm 4-1BB cells?")
        await driver.pilot.press("ctrl+n")
        assert len(driver.app.query(TurnView)) == 0
        await driver.ask("zinc?")
        await driver.send("/rename About zinc")
        await driver.pilot.press("ctrl+o")
        picker = driver.app.screen
        assert isinstance(picker, SessionPicker)
        listed = picker.query_one(OptionList)
        assert listed.option_count == 2 and "About zinc" in str(listed.get_option_at_index(0).prompt)
        picker.query_one(Input).value = "harm"
        await driver.until(lambda: listed.option_count == 1)
        await driver.pilot.press("enter")
        await driver.until(lambda: len(driver.app.query(TurnView)) == 1)
        assert "senesce more than" in driver.text(".turn *")
        await driver.ask("And CD28?")
    store = SessionStore.open(tmp_path)
    assert sorted(session.turns for session in store.recent()) == [1, 2]


async def test_the_picker_takes_a_search_that_finds_nothing(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.send("/sessions nothing-like-it")
        await driver.until(lambda: isinstance(driver.app.screen, SessionPicker))
        await driver.pilot.press("enter", "escape")
        assert not isinstance(driver.app.screen, SessionPicker)


async def test_an_unknown_command_is_a_notice_and_no_question(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.send("/frobnicate")
        assert "There is no command '/frobnicate'" in driver.notices()
        await driver.send("/whatif")
        assert "something is missing" in driver.notices()
        assert driver.backend.asked == [] and driver.app.dialogue.session is None


async def test_the_log_can_be_read_in_the_chat(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("boom")
        await driver.send("/log")
        assert "ValueError: a defect" in driver.text() and "chat opened" in driver.text()
    assert (tmp_path / "senescope.log").exists()


async def test_page_keys_in_the_input_scroll_the_conversation(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        for number in range(3):
            await driver.ask(f"question {number}")
        await driver.pilot.pause(0.1)
        before = driver.app.conversation.scroll_offset.y
        await driver.pilot.press("pageup")
        await driver.pilot.pause(0.1)
        assert driver.app.conversation.scroll_offset.y < before
        assert driver.app.focused is driver.app.prompt


async def test_quit_leaves_and_keeps_everything(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.send("/quit")
        await driver.until(lambda: not driver.app.is_running or driver.app._exit)
    assert SessionStore.open(tmp_path).get("latest").turns == 1


async def test_a_session_is_renamed_and_exported_from_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.send("/new")
        await driver.ask("Something else?")
        await driver.pilot.press("ctrl+o")
        await driver.pilot.press(*"domain", "ctrl+r")
        await driver.until(lambda: isinstance(driver.app.screen, Ask))
        field = driver.app.screen.query_one(Input)
        assert field.value == "Which domain?"
        field.value = "Domains and senescence"
        await driver.pilot.press("enter")
        await driver.until(lambda: "now “Domains and senescence”" in driver.notices())
        await driver.pilot.press("ctrl+o", "down", "ctrl+e")
        await driver.until(lambda: isinstance(driver.app.screen, Ask))
        await driver.pilot.press("enter")
        await driver.until(lambda: "1 turn written to" in driver.notices())
        (written,) = tmp_path.glob("senescope-*.md")
        assert "Domains and senescence" in written.read_text(encoding="utf-8")
