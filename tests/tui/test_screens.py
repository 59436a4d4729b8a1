"""A few whole screens, kept as text in `screens/`: what a reader sees, compared line by line.

After a wanted change: `SENESCOPE_BENCH_SCREENS=write pytest tests/tui/test_screens.py`, then read the diff as
a reader would. The text is what a terminal without colour shows: nothing may depend on colour alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.segment import Segment

from tests.tui.driver import NARROW, WIDE, Driver, chat

KEPT = Path(__file__).parent / "screens"


def painted(driver: Driver) -> str:
    """The characters on the screen, row by row."""
    width, height = driver.app.size
    strips = driver.app.screen._compositor.render_strips()
    rows = ["".join(segment.text for segment in Segment.strip_styles(strip)).rstrip() for strip in strips]
    assert len(rows) == height and max(len(row) for row in rows) <= width
    return "\n".join(rows) + "\n"


async def settled(driver: Driver) -> str:
    """The screen once it has come to rest."""
    before = ""
    for _ in range(200):
        await driver.pilot.pause(0.05)
        now = painted(driver)
        if now == before:
            break
        before = now
    return before


def kept(name: str, shown: str) -> str:
    """The kept screen; `shown` itself, written, when the kept ones are to be made anew."""
    path = KEPT / f"{name}.txt"
    if os.environ.get("SENESCOPE_BENCH_SCREENS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


async def test_an_empty_chat(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        shown = await settled(driver)
        assert shown == kept("empty-80", shown)


@pytest.mark.parametrize(("size", "name"), [(NARROW, "answer-80"), (WIDE, "answer-wide")])
async def test_an_answer_and_where_there_is_room_its_evidence(
    tmp_path: Path, size: tuple[int, int], name: str
) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask("Which domain?")
        await driver.until(lambda: "More was measured later" in driver.text("Card *"), "the context")
        shown = await settled(driver)
        assert shown == kept(name, shown)


async def test_the_evidence_room(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.pilot.press("alt+2")
        await driver.until(lambda: "More was measured later" in driver.text("Card *"), "the context")
        shown = await settled(driver)
        assert shown == kept("evidence-80", shown)


async def test_a_refusal_in_high_contrast(tmp_path: Path) -> None:
    async with chat(tmp_path, chat__theme="contrast") as driver:
        await driver.ask("Does zinc matter?")
        shown = await settled(driver)
        assert shown == kept("refusal-80", shown)


async def test_the_what_if_room(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("what if bbz vs 28z")
        await driver.pilot.press("f4")
        await driver.until(lambda: "Cmax" in driver.text(".outcome-table"), "the table")
        shown = await settled(driver)
        assert shown == kept("whatif-80", shown)


async def test_help_in_the_evidence_room(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("Which domain?")
        await driver.until(lambda: "More was measured later" in driver.text("Card *"), "the context")
        await driver.pilot.press("f3", "f1")
        shown = await settled(driver)
        assert shown == kept("help-80", shown)
