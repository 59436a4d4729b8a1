"""The stage: the rooms of the screen, and how to get from one to another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App
from textual.css.query import NoMatches
from textual.message import Message
from textual.screen import Screen

from assistant.errors import SenescopeError
from assistant.settings import Settings
from assistant.tui.backend import Backend
from assistant.tui.conversation import Conversation
from assistant.tui.prompt import Prompt
from assistant.tui.rooms import ROOMS, Room, RoomBar

if TYPE_CHECKING:  # what the first frame does not need is imported after it
    from assistant.sessions.turns import Json
    from assistant.tui.dialogue import Dialogue
    from assistant.tui.evidence import EvidenceRoom
    from assistant.tui.whatif import WhatIfRoom


MEDIUM, WIDE = 110, 170
"""Columns from which a second, and a third room are shown side by side."""
_S = TypeVar("_S", bound="Stage")
_M = TypeVar("_M", bound=Message)


def while_open(
    handler: Callable[[_S, _M], Awaitable[None] | None],
) -> Callable[[_S, _M], Coroutine[Any, Any, None]]:
    """Drop what threads report after the rooms were taken down: the chat is closing."""

    @wraps(handler)
    async def guarded(stage: _S, event: _M) -> None:
        if not stage.standing:
            return
        try:
            waiting = handler(stage, event)
            if waiting is not None:
                await waiting
        except NoMatches:
            if stage.standing:
                raise

    return guarded


class Stage(App[None]):
    """The rooms, without anything happening in them."""

    def __init__(self, settings: Settings, backend: Backend) -> None:
        super().__init__()
        self.settings = settings
        self.side: Room = "evidence"
        """The room beside the conversation where there is space for one."""
        self.filled: set[Room] = set()
        """Rooms that have something to show."""
        self.backend = backend

    @cached_property
    def dialogue(self) -> Dialogue:
        """Session, history and the questions in work."""
        from assistant.tui.dialogue import Dialogue

        settings = self.settings
        return Dialogue(settings.home, length=settings.text("answer.length"), model=settings.text("model"))

    @property
    def standing(self) -> bool:
        """Whether the rooms are there: not before the first frame, and not while the chat closes."""
        if not self.screen_stack or not self.is_running:
            return False
        return any(isinstance(child, RoomBar) for child in self.base.children)

    @property
    def base(self) -> Screen[object]:
        """The screen with the rooms, also while a page lies over it."""
        return self.screen_stack[0]

    @property
    def prompt(self) -> Prompt:
        """The input."""
        return self.base.query_one(Prompt)

    @property
    def conversation(self) -> Conversation:
        """The conversation room."""
        return self.base.query_one(Conversation)

    @property
    def evidence(self) -> EvidenceRoom:
        """The evidence room."""
        from assistant.tui.evidence import EvidenceRoom

        return self.base.query_one(EvidenceRoom)

    @property
    def whatif(self) -> WhatIfRoom:
        """The what-if room."""
        from assistant.tui.whatif import WhatIfRoom

        return self.base.query_one(WhatIfRoom)

    @property
    def bar(self) -> RoomBar:
        """The bar on top."""
        return self.base.query_one(RoomBar)

    def beside(self, room: Room) -> None:
        """Show a room beside the conversation where there is space, without moving the reader there."""
        self.side = room
        self.filled.add(room)
        self.arrange()

    def arrange(self) -> None:
        """Decide which rooms are seen; on each room itself, since a class higher up restyles every turn."""
        if not self.standing:
            return
        width, room = self.size.width, self.bar.room
        panes = self.base.query_one("#rooms").children
        for name in ROOMS:
            if width < MEDIUM:
                seen = name == room
            elif width < WIDE:
                seen = name == "conversation" or (name == self.side and name in self.filled)
            else:
                seen = name == "conversation" or name in self.filled
            for pane in panes:
                if pane.id == name and pane.display != seen:
                    pane.display = seen

    def go(self, room: Room, *, focus: bool = True) -> None:
        """Show a room: alone on a narrow screen, beside the conversation on a wider one."""
        self.bar.room = room
        if room != "conversation":
            self.side = room
            self.filled.add(room)
        self.arrange()
        if focus and room == "conversation":
            # Not `focus()`, which waits its turn: of keys typed fast the next would go to the old place.
            self.base.set_focus(self.prompt)
        elif focus:
            (self.evidence if room == "evidence" else self.whatif).take_focus()

    def show_payload(self, payload: Json) -> None:
        """Put a comparison into the what-if room, without moving the reader there."""
        designs = self.whatif.controls.designs_of(payload)
        self.whatif.show(payload, [self.own_parameters(design) for design in designs])
        self.beside("whatif")

    def own_parameters(self, design: str) -> Mapping[str, Json]:
        """The parameters of a design as it stands; nothing when it cannot be loaded any more."""
        try:
            return self.backend.model.parameters(design)
        except SenescopeError as error:
            self.complain(error)
            return {}

    def complain(self, error: Exception) -> None:
        """Show an error that belongs to no turn."""
        text = str(error) if isinstance(error, SenescopeError) else f"{type(error).__name__}: {error}"
        from assistant.tui.logbook import LOG

        LOG.error("%s", text, exc_info=error)
        self.notify(text, severity="error", timeout=12, markup=False)

    def history_lost(self, error: SenescopeError) -> None:
        """Say once that turns are not written down any more, and leave a mark on the bar."""
        self.bar.kept = False
        self.complain(error)
        words = "Answers go on, and this conversation is not being kept; /copy takes an answer along."
        self.notify(words, severity="warning", timeout=12)

    async def panel_of(self, error: Exception) -> None:
        """Show an error in the conversation."""
        from assistant.tui.turn import error_panel

        await self.conversation.mount(error_panel(error))
