"""The pictures of the README, taken from the real app on the real corpus.

Run `python -m assistant.tui.screenshot FOLDER` after a change of the screen; nothing is drawn by hand. The
home folder is the one of the settings, so the index is built on first use as for any other start.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from assistant.settings import load
from assistant.tui.app import ChatApp

SIZE = (132, 40)
QUESTION = "Which costimulatory domain makes CAR-T cells more prone to senescence?"
WHATIF = "Compare 4-1BB with CD28"


async def take(folder: Path) -> list[Path]:
    """Ask one question and one what-if, and export the screen after each."""
    app = ChatApp(load())
    written: list[Path] = []
    async with app.run_test(size=SIZE) as pilot:
        await _until(pilot, lambda: app.ready or app.broken)
        await _ask(app, pilot, QUESTION)
        await pilot.press("alt+1")
        await _until(pilot, lambda: app.bar.room == "evidence")
        await pilot.pause(0.5)
        written.append(_write(app, folder / "screenshot.svg"))
        await _ask(app, pilot, WHATIF)
        await pilot.press("f4", "z", "down", "down", "shift+left")
        await pilot.pause(0.5)
        written.append(_write(app, folder / "screenshot-whatif.svg"))
    return written


async def _ask(app: ChatApp, pilot: Pilot[None], text: str) -> None:
    before = len(app.dialogue.turns())
    app.prompt.fill(text)
    app.prompt.action_send()
    await _until(pilot, lambda: any(turn.kind != "pending" for turn in app.dialogue.turns()[before:]))
    await pilot.pause(1.0)


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait up to two minutes: a first run builds the index and compiles the model."""
    for _ in range(1200):
        if condition():
            return
        await pilot.pause(0.1)
    raise TimeoutError("the chat did not get ready")


def _write(app: ChatApp, target: Path) -> Path:
    # Textual links its font from the network; a picture in an offline tool names fonts that are there.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(title="senescope"), flags=re.DOTALL)
    fonts = "Fira Code, Cascadia Code, Menlo, DejaVu Sans Mono, monospace"
    target.write_text(svg.replace("Fira Code, monospace", fonts) + "\n", encoding="utf-8")
    return target


def main() -> None:
    """Take the pictures into the folder named on the command line."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for path in asyncio.run(take(folder)):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
