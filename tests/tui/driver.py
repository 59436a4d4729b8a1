"""Driving the chat in tests: open it on a fake backend, ask, wait for what should appear."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.content import Content
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from assistant.settings import load
from assistant.tui.app import ChatApp
from tests.tui.fake import FakeBackend

NARROW, WIDE = (80, 24), (200, 60)
LIMIT = 60.0
"""Seconds: a busy machine may need most of them to load and compile the real model."""


class Driver:
    """One open chat."""

    def __init__(self, app: ChatApp, pilot: Pilot[None], backend: FakeBackend) -> None:
        self.app = app
        self.pilot = pilot
        self.backend = backend

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until the condition holds; the limit only says when a failure is reported."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            if condition():
                await self.pilot.pause()
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"never happened: {what or condition}\n{self.text()}")

    async def type(self, text: str) -> None:
        """Put text into the input as if it was pasted."""
        self.app.prompt.focus()
        self.app.prompt.fill(text)
        await self.pilot.pause()

    async def send(self, text: str) -> None:
        """Send a line without waiting for what comes of it."""
        await self.type(text)
        self.app.prompt.action_send()
        await self.pilot.pause()

    async def ask(self, text: str) -> None:
        """Send a question and wait for its answer."""
        await self.send(text)
        await self.until(lambda: self.idle, f"an answer to {text!r}")

    @property
    def idle(self) -> bool:
        """Nothing is being answered."""
        return self.app.ready and self.app.dialogue.running is None and not self.app.dialogue.waiting

    def text(self, selector: str = "*") -> str:
        """The words on the screen on top, or of the widgets that a selector names."""
        return "\n".join(words for widget in self.app.screen.query(selector) if (words := shown(widget)))

    def seen(self, selector: str) -> bool:
        """Whether a widget has room on the screen."""
        return any(widget.region.area > 0 and widget.display for widget in self.app.base.query(selector))

    def notices(self) -> str:
        """All notices shown so far."""
        return "\n".join(notice.message for notice in self.app._notifications)


def shown(widget: Widget) -> str:
    """The plain words of a text widget."""
    if not isinstance(widget, Static) or not widget.display:
        return ""
    visual = widget.render()
    title = widget.border_title or ""
    return f"{title}\n{visual.plain if isinstance(visual, Content) else visual}".strip()


@asynccontextmanager
async def chat(
    home: Path,
    *,
    size: tuple[int, int] = NARROW,
    backend: FakeBackend | None = None,
    session: str | None = None,
    wait: bool = True,
    **flags: str,
) -> AsyncIterator[Driver]:
    """The chat on a fake backend, ready unless `wait` is false."""
    backend = backend or FakeBackend()
    settings = load({"home": str(home), **{k.replace("__", "."): v for k, v in flags.items()}}, {})
    app = ChatApp(settings, backend=backend, continue_session=session)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot, backend)
        try:
            if wait:
                await driver.until(lambda: app.ready or app.broken, "the index opens")
            yield driver
        finally:
            backend.hold.set()
            backend.index.set()
