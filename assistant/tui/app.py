"""The Textual app: three rooms, one input, and workers that talk to it through messages.

The first frame holds only the bar, an empty conversation and the input. The other rooms, the history
and the index are opened after it is painted; NumPy and the model load in a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from assistant.errors import ConfigError, SenescopeError
from assistant.settings import Settings
from assistant.tui import messages, themes
from assistant.tui.actions import CommandActions
from assistant.tui.backend import Backend, EngineBackend
from assistant.tui.conversation import MOUNTED, Conversation
from assistant.tui.keybar import KeyBar
from assistant.tui.keys import keymap, read_alt_digits
from assistant.tui.prompt import Composer
from assistant.tui.rooms import RoomBar
from assistant.tui.stage import MEDIUM, WIDE, while_open

if TYPE_CHECKING:
    from assistant.tui.palette import Palette


def palette() -> type[Palette]:
    """Imported when it is opened first."""
    from assistant.tui.palette import Palette

    return Palette


class ChatApp(CommandActions):
    """The chat."""

    TITLE = "Senescope"
    CSS_PATH = "chat.tcss"
    COMMANDS = {palette}
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (MEDIUM, "-medium"),
        (WIDE, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="help", tooltip="help for where you are"),
        Binding("f2", "room('conversation')", "Chat", show=False, id="chat", tooltip="the conversation"),
        Binding("f3", "room('evidence')", "Evidence", show=False, id="evidence", tooltip="the evidence"),
        Binding("f4", "room('whatif')", "What-if", show=False, id="whatif", tooltip="the what-if"),
        Binding("escape", "cancel", "Cancel", show=False, tooltip="cancel the answer; back to the input"),
        Binding(
            "ctrl+o", "sessions", "Sessions", id="sessions", tooltip="earlier sessions: find, open, export"
        ),
        Binding("ctrl+n", "new_session", "New session", show=False, id="new", tooltip="begin a new session"),
        # With priority: the input would take the digit as text.
        Binding(
            "alt+1",
            "citation(1)",
            "Quote",
            key_display="alt+1-9",
            priority=True,
            tooltip="open quote [1] … [9] of the latest answer",
        ),
        *(Binding(f"alt+{n}", f"citation({n})", show=False, priority=True) for n in range(2, 10)),
        Binding(
            "ctrl+p",
            "command_palette",
            "Commands",
            key_display="^p",
            priority=True,
            tooltip="everything that can be done, by name",
        ),
    ]

    def __init__(
        self, settings: Settings, *, backend: Backend | None = None, continue_session: str | None = None
    ) -> None:
        super().__init__(settings, backend if backend is not None else EngineBackend(settings))
        self._continue = continue_session
        read_alt_digits()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.full_name(settings.text("chat.theme")) or themes.DEFAULT
        self._mistakes = self._personal(settings)

    def _personal(self, settings: Settings) -> list[SenescopeError]:
        """Take over the keys; returns what is wrong with keys and theme, for when there is a screen."""
        mistakes: list[SenescopeError] = []
        theme = settings.text("chat.theme")
        if themes.full_name(theme) is None:
            mistakes.append(themes.unknown(theme))
        try:
            self.set_keymap(keymap(settings.text("chat.keys")))
        except ConfigError as error:
            mistakes.append(error)
        return mistakes

    def compose(self) -> ComposeResult:
        """What the first frame shows."""
        yield RoomBar()
        with Horizontal(id="rooms"), Vertical(id="conversation"):
            yield Conversation()
            yield Composer()
        yield KeyBar()

    def on_mount(self) -> None:
        """Take the keyboard; everything slow waits until the first frame is on the screen."""
        self.prompt.focus()
        self.call_after_refresh(self._furnish)

    def on_resize(self) -> None:
        """More or fewer rooms fit."""
        self.call_after_refresh(self.arrange)

    async def _furnish(self) -> None:
        self.collector.begin()  # `run_chat` switched it off
        self.set_interval(0.5, self.collector.tidy)
        from assistant.tui.evidence import EvidenceRoom
        from assistant.tui.logbook import open_log
        from assistant.tui.whatif import WhatIfRoom

        open_log(self.settings.home)
        await self.query_one("#rooms").mount_all([EvidenceRoom(), WhatIfRoom()])
        self.bar.model = "" if self.dialogue.model == "none" else self.dialogue.model
        self.run_opening()
        for mistake in self._mistakes:
            self.complain(mistake)
        self.dialogue.lost = self.history_lost
        error = self.dialogue.open()
        if error is not None:
            await self.panel_of(error)
            self.bar.kept = False
            self.notify("This conversation is not being kept.", severity="warning", timeout=10)
        self.prompt.remember(self.dialogue.questions())
        if self._continue is not None:
            await self.open_session(self._continue)

    @on(messages.CitationOpened)
    @while_open
    async def _citation_opened(self, event: messages.CitationOpened) -> None:
        await self.show_evidence(event.answer)
        self.go("evidence", focus=False)
        self.evidence.focus_card(event.n)

    @on(messages.ContextsRead)
    @while_open
    def _contexts_read(self, event: messages.ContextsRead) -> None:
        self.evidence.surround(event.citations, event.contexts)

    @on(messages.SimilarWanted)
    @while_open
    def _similar_wanted(self, event: messages.SimilarWanted) -> None:
        self.run_similar(event.citation)

    @on(messages.SimilarFound)
    @while_open
    async def _similar_found(self, event: messages.SimilarFound) -> None:
        if not event.found:
            self.notify("No other passage is near this quote.", severity="warning")
            return
        await self.evidence.show_similar(event.citation, event.found)
        self.run_contexts(event.found)

    @on(messages.EarlierWanted)
    @while_open
    async def _earlier_wanted(self, event: messages.EarlierWanted) -> None:
        turns = self.dialogue.earlier(self.conversation.first, MOUNTED)
        if not turns:
            self.notify("This conversation is not being kept: earlier turns are gone.", severity="warning")
        await self.conversation.show_earlier(turns)

    @on(messages.WhatIfShown)
    @while_open
    def _whatif_shown(self, event: messages.WhatIfShown) -> None:
        self.tuner.forget()
        self.show_payload(event.payload)
        self.go("whatif")

    @on(messages.WhatIfEdited)
    @while_open
    def _whatif_edited(self, event: messages.WhatIfEdited) -> None:
        if event.designs:
            self.begin_tuning()
        else:
            self.whatif.working()
            self.tune(event.request)

    @on(messages.RoomChosen)
    @while_open
    async def _room_chosen(self, event: messages.RoomChosen) -> None:
        await self.action_room(event.room)

    def get_key_display(self, binding: Binding) -> str:
        """F1 as it stands on the keyboard."""
        shown = super().get_key_display(binding)
        return shown.upper() if shown[:1] == "f" and shown[1:].isdigit() else shown

    # ── the edges ──────────────────────────────────────────────────────────────────────────────────

    async def on_event(self, event: events.Event) -> None:
        """Text typed where nothing takes text is meant for the input, and `?` for the help.

        Decided as the key arrives: were it passed down first and came back up unused, the next letters of
        somebody who types fast would be on their way to the old place already.
        """
        if isinstance(event, events.Key):
            self.collector.pressed()
        if isinstance(event, events.Key) and not event.is_forwarded and self._is_text(event):
            if event.character == "?":
                self.call_later(self.action_help)
            else:
                self.type_on(event.character or "")
            return
        await super().on_event(event)

    def _is_text(self, event: events.Key) -> bool:
        """Whether a key is a letter that has no meaning at the place the reader is at."""
        character, place = event.character or "", self.focused
        if self.screen is not self.base or place is self.prompt or not self.standing:
            return False
        if not event.is_printable or character.isspace() or event.key in self.base.active_bindings:
            return False
        takes = getattr(place, "takes", None)
        return takes is None or not takes(character)

    def on_paste(self, event: events.Paste) -> None:
        """The same for text that is pasted."""
        if self.screen is self.base and self.focused is not self.prompt:
            self.type_on(event.text)

    def type_on(self, text: str) -> None:
        """Go to the input and put text where its cursor is."""
        self.go("conversation")
        self.prompt.insert(text)

    def on_unmount(self) -> None:
        """Close what is open; a question in work stays pending in the history."""
        from assistant.tui.logbook import close_log

        self.dialogue.close()
        self.backend.close()
        close_log()
        self.collector.end()

    def _fatal_error(self) -> None:
        from rich.text import Text

        from assistant.tui.logbook import LOG

        # Textual would print a traceback with the values of all variables; it belongs into the log.
        LOG.critical("the chat ended on a defect", exc_info=self._exception)
        self.panic(
            Text(
                f"Senescope's chat ended on a defect: {type(self._exception).__name__}: {self._exception}\n"
                f"Nothing that was asked is lost. Details: {self.settings.home / 'senescope.log'}; "
                "please report it."
            )
        )
