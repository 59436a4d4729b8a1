"""From a mark [n] to the quote behind it, and what can be done with it there."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evidence import Citation
from assistant.tui.app import ChatApp
from assistant.tui.badges import name_of
from assistant.tui.clipboard import LIMIT, copy, sequence
from assistant.tui.evidence import Card, identifiers, quote_in_context
from assistant.tui.sources import Sources
from ingest.documents import Span
from tests.tui.driver import NARROW, WIDE, Driver, chat
from tests.tui.fake import FakeBackend, citation

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE])


def focused_quote(driver: Driver) -> int | None:
    card = driver.app.focused
    return card.citation.n if isinstance(card, Card) else None


@SIZES
@pytest.mark.parametrize("way", ["alt+2", "/evidence 2", "sources", "click"])
async def test_every_way_to_a_citation_leads_to_its_quote(
    tmp_path: Path, size: tuple[int, int], way: str
) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Which domain?")
        if way == "alt+2":
            await driver.pilot.press("alt+2")
        elif way == "/evidence 2":
            await driver.send("/evidence 2")
        elif way == "sources":
            driver.app.query_one(Sources).focus()
            await driver.pilot.press("down", "enter")
        else:
            sources = driver.app.query_one(Sources)
            sources.scroll_visible(animate=False, immediate=True)
            await driver.pilot.pause(0.1)
            assert await driver.pilot.click(Sources, offset=(8, 1))
        await driver.until(lambda: focused_quote(driver) == 2, f"quote 2 by {way}")
        assert driver.app.bar.room == "evidence" and driver.seen("#evidence")
        assert driver.seen("#conversation") == (size == WIDE)


async def test_a_card_shows_quote_context_labels_identifiers_and_limits(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("Which domain?")
        await driver.until(lambda: "Limits of this source" in driver.text("Card *"))
        text = driver.text("Card *")
        assert "Cells were stimulated in cycles. ❝Repeated activation" in text
        assert "Molecular Cancer 2025 · Findings · DOI 10.1000/x\nnot retracted, checked 2026-01-05" in text
        assert "no identifier known" in text and "o Search for the title" in text
        assert "✖RETRACTED, checked 2026-01-05" in text
        assert "Only the abstract was visible." in text


def test_a_quote_that_no_longer_stands_in_the_text_is_shown_alone() -> None:
    cited = citation(1)
    context = FakeBackend().context(citation(1, quote="something else"))
    moved = citation(1, start=cited.start + 3, end=cited.end + 3)
    assert quote_in_context(moved, context).plain == f"❝{cited.quote}❞"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"retraction": "unknown", "retraction_checked": None}, "retraction state not checked"),
        ({"retraction": "none", "retraction_checked": None}, "not retracted"),
        ({"retraction": "concern"}, "⚠expression-of-concern, checked 2026-01-05"),
        ({"retraction": "corrected"}, "✎corrected, checked 2026-01-05"),
        ({"page": 7}, "Findings, page 7"),
    ],
)
def test_the_retraction_state_is_told_in_words(changes: dict[str, object], wanted: str) -> None:
    cited: Citation = citation(1, **changes)
    assert wanted in identifiers(cited).plain


async def test_arrows_walk_the_cards_and_escape_returns_to_the_input(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("f3", "down", "down")
        assert focused_quote(driver) == 3
        await driver.pilot.press("up")
        assert focused_quote(driver) == 2
        await driver.pilot.press("1")
        assert focused_quote(driver) == 1
        await driver.pilot.press("escape")
        assert driver.app.focused is driver.app.prompt and driver.app.bar.room == "conversation"


async def test_an_unknown_number_is_answered_with_a_notice(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("alt+1")
        assert "no quote [1]" in driver.notices()
        await driver.send("/evidence nine")
        assert "'nine' is no quote number" in driver.notices()


async def test_copying_says_what_was_done_and_no_more(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("f3", "y")
        assert "Reference [1]: sent to the terminal's clipboard" in driver.notices()
        assert "Can I, Kenderian SS, et al." in (tmp_path / "copied.txt").read_text()
        await driver.pilot.press("b")
        assert (tmp_path / "copied.txt").read_text().startswith("@article{paper1,")
        await driver.send("/copy")
        assert (tmp_path / "copied.txt").read_text().startswith("**4-1BB** cells senesce")
        await driver.send("/copy bib")
        assert (tmp_path / "copied.txt").read_text().count("@article{") == 3


def test_the_clipboard_gets_the_text_and_tmux_both_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded = base64.b64encode("BBζ".encode()).decode()
    assert sequence("BBζ", tmux=False) == f"\x1b]52;c;{coded}\x07"
    wrapped = sequence("BBζ", tmux=True)
    assert wrapped.startswith(f"\x1b]52;c;{coded}\x07") and wrapped.endswith("\x07\x1b\\")
    assert f"\x1bPtmux;\x1b\x1b]52;c;{coded}" in wrapped

    monkeypatch.delenv("TMUX", raising=False)
    written: list[str] = []
    assert "too long" in copy("x" * (LIMIT + 1), "Answer", written.append, tmp_path) and written == []
    assert "no terminal" in copy("x", "Answer", None, tmp_path)


async def test_opening_a_page_says_the_address_when_there_is_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        return len(opened) > 1

    monkeypatch.setattr("webbrowser.open", browser)
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("f3", "o", "o")
        assert opened == ["https://doi.org/10.1000/x"] * 2
        assert "No browser found here; the address is https://doi.org/10.1000/x" in driver.notices()
        assert "Asked the browser to open" in driver.notices()


async def test_the_evidence_room_stays_with_an_answer_when_a_refusal_follows(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.ask("zinc?")
        assert driver.app.evidence.answer is not None
        assert driver.app.evidence.answer.question == "Which domain?"
        assert "3 quotes behind: Which domain?" in driver.text("#evidence *")
        await driver.send("/copy")
        assert "The corpus says nothing" in (tmp_path / "copied.txt").read_text(), "the latest is copied"


async def test_the_same_chat_at_every_width_through_a_resize(tmp_path: Path) -> None:
    async with chat(tmp_path, size=NARROW) as driver:
        await driver.ask("Which domain?")
        await driver.ask("what if bbz vs 28z")
        app: ChatApp = driver.app

        async def rooms(width: int, height: int) -> list[str]:
            await driver.pilot.resize_terminal(width, height)
            await driver.pilot.pause(0.1)
            return [name for name in ("conversation", "evidence", "whatif") if driver.seen(f"#{name}")]

        assert await rooms(80, 24) == ["conversation"]
        assert await rooms(120, 40) == ["conversation", "whatif"]
        assert await rooms(200, 60) == ["conversation", "evidence", "whatif"]
        app.go("evidence")
        assert await rooms(120, 40) == ["conversation", "evidence"]
        assert await rooms(80, 24) == ["evidence"]
        assert await rooms(40, 10) == ["evidence"], "even far too small nothing breaks"
        app.go("conversation")
        assert await rooms(10, 5) == ["conversation"]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_more_like_this_shows_near_passages(tmp_path: Path, size: tuple[int, int]) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("alt+1")
        await driver.until(lambda: isinstance(driver.app.focused, Card))
        await driver.pilot.press("m")
        await driver.until(lambda: "2 passages nearest to [1]" in driver.text(".evidence-head"))
        cards = list(driver.app.query(Card))
        assert [card.citation.paper for card in cards] == ["paper2", "paper3"] and cards[0].has_focus
        await driver.until(lambda: "Limits of this source" in driver.text("Card *"), "their surroundings")
        await driver.pilot.press("y")
        assert "Reference [1]" in driver.notices(), "what is copied is what is shown"
        assert "part 2" in (tmp_path / "copied.txt").read_text(encoding="utf-8")
        await driver.pilot.press("backspace")
        await driver.until(lambda: "3 quotes behind: Which domain?" in driver.text(".evidence-head"))


async def test_only_this_paper_restricts_the_next_questions(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("alt+2")
        await driver.until(lambda: isinstance(driver.app.focused, Card))
        await driver.pilot.press("p")
        await driver.until(lambda: driver.app.bar.room == "conversation")
        assert "only paper paper2" in driver.text("RoomBar") and "/filter off" in driver.notices()
        await driver.ask("And what else?")
        assert driver.backend.asked[-1][1].papers == ("paper2",)


@pytest.mark.parametrize("size", [NARROW, (110, 30), (132, 40), WIDE])
async def test_no_action_of_a_card_is_broken_in_two(tmp_path: Path, size: tuple[int, int]) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("alt+1")
        await driver.until(lambda: "Only this paper" in driver.text(".card-actions"))
        line = driver.app.query(".card-actions").first()
        for row in driver.text(".card-actions").split("\n"):
            assert len(row) <= line.size.width
        assert "m More like this" in driver.text(".card-actions")


def test_numbers_of_findings_do_not_look_like_keys() -> None:
    text = f"F1: Before.\nF2: {citation(1).quote}\nF3: After it."
    found = FakeBackend().context(citation(1))
    start = text.index(citation(1).quote)
    cited = citation(1, start=start, end=start + len(citation(1).quote))
    around = replace(found, text=text, section=replace(found.section, span=Span(0, len(text))))
    shown = quote_in_context(cited, around).plain
    assert shown == f"• Before.\n• ❝{cited.quote}❞\n• After it."


def test_a_paper_without_authors_is_named_by_its_title() -> None:
    known = citation(2, authors=(), journal=None, year=2020, title="Ageing of T cells")
    assert known.named == "Ageing of T cells, 2020" and name_of(known) == known.named
    long = citation(2, authors=(), journal="Blood", year=None, title="A title of many words " * 9)
    assert long.named.endswith("…, Blood") and len(long.named) < 80
    assert citation(1).named == citation(1).short


async def test_the_quotes_of_before_are_there_after_a_refusal_and_a_restart(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("Which domain?")
        await driver.ask("What about zinc?")
    async with chat(tmp_path, size=WIDE, session="latest") as driver:
        await driver.until(lambda: driver.app.query(Card), "the quotes of the answer before the refusal")
        assert "❝" in driver.text("Card *")
