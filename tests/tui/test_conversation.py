"""Asking and reading: what a question leads to on the screen, and in the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.sessions.store import SessionStore
from assistant.tui.conversation import MOUNTED, Earlier
from assistant.tui.dialogue import FOLLOW_UPS
from assistant.tui.prompt import Prompt
from assistant.tui.sources import Sources
from assistant.tui.turn import TurnView
from assistant.tui.welcome import Suggestions, Welcome
from ingest.pipeline import Progress
from tests.tui.driver import NARROW, WIDE, chat
from tests.tui.fake import FakeBackend

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE])


@SIZES
async def test_an_answer_shows_text_marks_conflict_sources_and_what_was_searched(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Which domain senesces more?")
        text = driver.text(".turn *")
        assert "4-1BB cells senesce more than CD28 cells in culture [1]." in text
        assert "≠ Evidence disagrees" in text and "▲ for [2]" in text and "▼ against [3]" in text
        assert "[3] Can I et al., Molecular Cancer 2025 · patients · ●CD28 · ✖RETRACTED" in text
        assert "1,804 passages of 220 papers searched in 0.04 s · confidence 0.91" in text
        assert "read 'senesence' as 'senescence'" in text
        assert "/whatif --design bbz --vs 28z" in text
        assert not driver.app.query(Welcome)


@SIZES
async def test_a_refusal_looks_like_one_and_lists_what_came_near(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Does CD28 senescence depend on zinc?")
        box = driver.app.query_one(".refusal")
        assert "Not enough evidence" in str(box.border_title)
        assert "Can I et al., 2025: it names no zinc" in driver.text(".refusal *")
        assert not driver.app.query(Sources)
        assert driver.app.evidence.answer is None, "a refusal has no quotes to show"


async def test_a_follow_up_is_asked_with_the_history_and_shown_as_understood(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Does 4-1BB senesce?")
        await driver.ask("And CD28?")
        assert [(asked[0], asked[2]) for asked in driver.backend.asked] == [
            ("Does 4-1BB senesce?", 0),
            ("And CD28?", 1),
        ]
        assert "Understood as: And CD28 senescence?" in driver.text()


async def test_a_question_is_in_the_history_before_its_answer_and_complete_after(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.hold.clear()
    async with chat(tmp_path, backend=backend) as driver:
        await driver.send("Which domain?")
        survivor = SessionStore.open(tmp_path)
        assert [turn.kind for turn in survivor.turns(survivor.get("latest").id)] == ["pending"]
        backend.hold.set()
        await driver.until(lambda: driver.idle)
        (turn,) = survivor.turns(survivor.get("latest").id)
        assert turn.kind == "answer" and turn.answer is not None and len(turn.answer.citations) == 3
        survivor.close()


async def test_escape_cancels_and_a_late_answer_is_dropped(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.hold.clear()
    async with chat(tmp_path, backend=backend) as driver:
        await driver.send("Which domain?")
        assert "Esc cancels" in driver.text()
        await driver.pilot.press("escape")
        assert "Cancelled." in driver.text()
        backend.hold.set()
        await driver.until(lambda: len(backend.asked) == 1)
        await driver.pilot.pause(0.2)
        assert "senesce more than" not in driver.text(".turn *")
        (turn,) = driver.app.dialogue.turns()
        assert turn.kind == "cancelled"
        await driver.ask("Again?")
        assert "senesce more than" in driver.text(".turn *"), "the chat goes on after a cancelled question"


async def test_questions_sent_while_one_is_answered_wait_their_turn(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.hold.clear()
    async with chat(tmp_path, backend=backend) as driver:
        for question in ("first", "second", "third"):
            await driver.send(question)
        backend.hold.set()
        await driver.until(lambda: driver.idle)
        assert [asked[0] for asked in backend.asked] == ["first", "second", "third"]
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["answer"] * 3


async def test_first_run_shows_progress_and_answers_what_was_typed_meanwhile(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.steps = (Progress("embedding passages", 300, 812),)
    backend.index.clear()
    async with chat(tmp_path, backend=backend, wait=False) as driver:
        await driver.until(lambda: "embedding passages" in driver.text(), "progress is shown")
        assert "300 of 812" in driver.text(Welcome.__name__ + " *")
        assert "36 %" in driver.text("RoomBar")
        await driver.send("Which domain?")
        assert "Waiting for the index" in driver.text() and backend.asked == []
        backend.index.set()
        await driver.until(lambda: driver.idle, "the early question is answered")
        assert "220 papers" in driver.text("RoomBar")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("badly put", "→ Ask another."),
        ("boom", "ValueError: a defect\n→ This is a defect of Senescope. /log"),
    ],
)
async def test_an_error_is_a_panel_with_what_to_do_and_the_chat_goes_on(
    tmp_path: Path, question: str, wanted: str
) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask(question)
        assert wanted in driver.text(".error-panel")
        assert "Traceback" not in driver.text()
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["failed"]
        await driver.ask("Which domain?")
        assert "senesce more than" in driver.text(".turn *")


async def test_an_index_that_cannot_be_opened_says_so_and_fails_questions_at_once(tmp_path: Path) -> None:
    from assistant.errors import IndexDamaged

    backend = FakeBackend()
    backend.opening_error = IndexDamaged("The catalog is damaged.", hint="senescope corpus rebuild")
    async with chat(tmp_path, backend=backend) as driver:
        assert "The catalog is damaged." in driver.text(".error-panel")
        assert "→ senescope corpus rebuild" in driver.text(".error-panel")
        assert "no index" in driver.text("RoomBar")


async def test_text_from_outside_is_text_and_neither_markup_nor_links(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("[bold red]hi[/] [@click=app.quit]x[/] \x1b[31mred\x1b[0m <b> [2] **no**")
        assert "❯ [bold red]hi[/] [@click=app.quit]x[/] red <b> [2] **no**" in driver.text(".question")


async def test_enter_on_a_suggestion_asks_it(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        driver.app.query_one(Suggestions).focus()
        await driver.pilot.press("down", "enter")
        await driver.until(lambda: len(driver.backend.asked) == 1)
        assert driver.backend.asked[0][0] == "Does senescence always impair CAR-T cells?"


async def test_the_view_stays_where_the_reader_scrolled(tmp_path: Path) -> None:
    backend = FakeBackend()
    async with chat(tmp_path, backend=backend) as driver:
        for number in range(4):
            await driver.ask(f"question {number}")
        backend.hold.clear()
        await driver.send("slow question")
        await driver.pilot.pause(0.1)
        driver.app.conversation.scroll_to(y=3, animate=False)
        await driver.pilot.pause(0.1)
        backend.hold.set()
        await driver.until(lambda: driver.idle)
        await driver.pilot.pause(0.1)
        assert driver.app.conversation.scroll_offset.y == 3


async def test_a_long_answer_is_shown_from_its_question_down(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("first")
        await driver.ask("second")
        await driver.pilot.pause(0.1)
        view = list(driver.app.query(TurnView))[-1]
        assert view.region.y == driver.app.conversation.region.y


async def test_a_long_conversation_keeps_a_bounded_number_of_turns_on_the_screen(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        store = driver.app.dialogue.store
        assert store is not None
        session = store.create("long")
        for number in range(MOUNTED + 5):
            store.finish(store.begin(session.id, f"q{number}"), "cancelled", None)
        await driver.app.open_session(session.id)
        assert len(driver.app.query(TurnView)) == MOUNTED
        assert "▲ 5 earlier turns" in driver.text()
        await driver.ask("one more")
        assert len(driver.app.query(TurnView)) == MOUNTED
        assert "▲ 6 earlier turns" in driver.text()
        assert len(driver.app.dialogue.turns()) == MOUNTED + 6


async def test_earlier_turns_come_back_on_request_and_go_with_the_next_question(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        store = driver.app.dialogue.store
        assert store is not None
        session = store.create("long")
        for number in range(2 * MOUNTED + 3):
            store.finish(store.begin(session.id, f"q{number}"), "cancelled", None)
        await driver.app.open_session(session.id)
        earlier = driver.app.query_one(Earlier)
        earlier.focus()
        await driver.pilot.press("enter")
        await driver.until(lambda: "▲ 3 earlier turns" in driver.text(), "twenty more")
        await driver.pilot.press("f2")
        driver.app.query_one(Earlier).action_show()
        await driver.until(lambda: not driver.app.query(Earlier), "all of them")
        asked = [view.question for view in driver.app.query(TurnView)]
        assert asked == [f"q{number}" for number in range(2 * MOUNTED + 3)]
        await driver.ask("one more")
        assert len(driver.app.query(TurnView)) == MOUNTED


async def test_a_long_session_keeps_few_answers_in_memory_and_cites_all(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        for number in range(FOLLOW_UPS + 3):
            await driver.ask(f"Question {number}?")
        assert len(driver.app.dialogue.history()) == FOLLOW_UPS
        assert len(list(driver.app.dialogue.all_answers())) == FOLLOW_UPS + 3


async def test_continuing_a_session_brings_back_every_kind_of_turn(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        for question in ("Which domain?", "zinc?", "what if bbz vs 28z"):
            await driver.ask(question)
        backend = driver.backend
        backend.hold.clear()
        await driver.send("never answered")
    async with chat(tmp_path, session="latest") as driver:
        await driver.until(lambda: len(driver.app.query(TurnView)) == 4)
        text = driver.text()
        assert "senesce more than" in text and "it names no zinc" in text
        assert "A bbz CAR  vs  B 28z CAR" in text
        assert "ended before an answer came" in text
        await driver.ask("And CD28?")
        assert driver.backend.asked[-1][2] == 2, "earlier answers are the history of follow-ups"
        assert len(driver.app.dialogue.turns()) == 5, "the session goes on, it is not a new one"


async def test_a_history_that_cannot_be_opened_costs_no_answers_and_is_announced(tmp_path: Path) -> None:
    (tmp_path / "sessions.sqlite").mkdir()
    async with chat(tmp_path) as driver:
        assert "cannot be used" in driver.text(".error-panel")
        assert "This conversation is not being kept." in driver.notices()
        await driver.ask("Which domain?")
        assert "senesce more than" in driver.text(".turn *")


async def test_the_input_has_the_keyboard_from_the_start(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        assert isinstance(driver.app.focused, Prompt)
