"""The screens that come over the rooms: help, log, and the list of sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.errors import SenescopeError
from assistant.sessions.plain import one_line, plain
from assistant.sessions.turns import Match, Session
from assistant.tui.commands import COMMANDS
from assistant.tui.keys import REBINDABLE

MORE_KEYS: tuple[tuple[str, str], ...] = (
    ("Tab  Shift+Tab", "go through sources, cards, fields and the input"),
    ("? or any text", "outside the input: this help; text goes into the input"),
    ("^q", "leave; everything is kept"),
)
"""What works everywhere and is no key of the app alone."""


class Page(ModalScreen[None]):
    """A page of text over the rooms; Escape closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,question_mark", "dismiss", "Close")]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """One scrolling panel."""
        with VerticalScroll(classes="page") as panel:
            panel.border_title = self._title
            panel.border_subtitle = "↑ ↓ PgUp PgDn scroll · Esc closes"
            yield Static(self._text)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()


def help_page(places: Sequence[str], near: Mapping[str, str], far: Mapping[str, str]) -> Page:
    """Help for the place the reader is at, then keys and commands.

    Arguments:
        places: what the places say of themselves, from the focus outwards.
        near: keys that work there, as they are shown, with what they do.
        far: keys that work in all places.
    """
    parts: list[Content] = []
    if places:
        parts += [_heading("Here"), *(Content(words) for words in places), Content("")]
    if near:
        parts += [_heading("Keys that work here"), *_rows(near.items()), Content("")]
    parts += [_heading("Everywhere"), *_rows([*far.items(), *MORE_KEYS]), Content("")]
    parts += [
        _heading("Commands, typed into the input"),
        *_rows((f"/{command.name}", command.help) for command in COMMANDS),
        Content(""),
        _heading("Marks"),
        *_rows(
            (
                ("[1] [2] …", "a quote: Alt+1, Alt+2 … or a click opens it"),
                ("◆ ● ◈ ○", "4-1BB, CD28, both, other costimulatory domain"),
                ("━━ ╍╍ ·", "A continuous, B dashed, dots hold 90 % of the draws"),
                ("A B", "on a curve: measured values of that design"),
                ("▲ ▼ ≈ =", "higher in A, higher in B, unclear within the ranges (or too small), the same"),
                ("■ ◧ ◇ □ ✎", "published, guided by a source, fitted, assumed, set by you"),
            )
        ),
        Content(""),
        _heading("Other keys"),
        Content('In the settings file: [chat] keys = "help=f2, sessions=ctrl+s". The actions are'),
        Content(f"{', '.join(REBINDABLE)}."),
    ]
    return Page("Help", Content("\n").join(parts))


def _heading(text: str) -> Content:
    return Content.styled(text, "bold $primary")


def _rows(rows: Iterable[tuple[str, str]]) -> list[Content]:
    return [Content.assemble((f"  {key:<14}  ", "bold"), text) for key, text in rows]


def log_page(text: str) -> Page:
    """The end of the log file."""
    return Page("Log", Content(plain(text)))


Choice = tuple[Literal["open", "rename", "export"], str]
"""What is to be done with which session."""


class SessionPicker(ModalScreen[Choice | None]):
    """Earlier sessions; typing searches questions and answers; Enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("ctrl+r", "take('rename')", "Rename", priority=True),
        Binding("ctrl+e", "take('export')", "Export", priority=True),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(
        self,
        sessions: Sequence[Session],
        search: Callable[[str], Sequence[Match]],
        words: str = "",
    ) -> None:
        super().__init__()
        self._sessions = sessions
        self._search = search
        self._words = words
        self._shown: list[str] = []
        self.rows: tuple[str, ...] = ()
        """The lines of the list."""

    def compose(self) -> ComposeResult:
        """Search field over the list."""
        with Vertical(classes="page picker") as panel:
            panel.border_title = "Sessions"
            panel.border_subtitle = "↑ ↓ choose · Enter opens · ^R renames · ^E exports · Esc closes"
            yield Input(self._words, placeholder="Search questions and answers", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Show everything, or what the words of the command find."""
        self._show(self._words)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    def _show(self, words: str) -> None:
        now = datetime.now().astimezone()
        if any(c.isalnum() for c in words):
            found = [(match.session.id, _match_row(match, now)) for match in self._found(words)]
        else:
            titles = Counter(session.title for session in self._sessions)
            found = [
                (session.id, _session_row(session, now, alike=titles[session.title] > 1))
                for session in self._sessions
            ]
        self._shown = [name for name, _ in found]
        self.rows = tuple(label.plain for _, label in found)
        menu = self.query_one(OptionList)
        menu.clear_options()
        menu.add_options(Option(label) for _, label in found)
        if found:
            menu.highlighted = 0
        else:
            none = "Nothing found." if words else "No session yet: ask a question, it is kept here."
            menu.add_option(Option(Content.styled(none, "dim"), disabled=True))

    def _found(self, words: str) -> Sequence[Match]:
        try:
            return self._search(words)
        except SenescopeError as error:
            self.notify(str(error), severity="error", markup=False)
            return ()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take("open")

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._shown:
            self.dismiss(("open", self._shown[event.option_index]))

    def action_take(self, what: Literal["open", "rename", "export"]) -> None:
        """Do something with the highlighted session."""
        place = self.query_one(OptionList).highlighted
        if place is not None and self._shown:
            self.dismiss((what, self._shown[place]))

    def action_move(self, step: int) -> None:
        """Move in the list while the search field keeps the focus."""
        menu = self.query_one(OptionList)
        menu.action_cursor_down() if step > 0 else menu.action_cursor_up()

    def action_close(self) -> None:
        """Leave without opening one."""
        self.dismiss(None)


def when(stamp: str, now: datetime) -> str:
    """A stored time on the reader's clock: today, yesterday, or the date."""
    then = datetime.fromisoformat(stamp).astimezone(now.tzinfo)
    days = (now.date() - then.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, then.strftime("%Y-%m-%d"))
    return f"{day:<10} {then:%H:%M}"


def _session_row(session: Session, now: datetime, *, alike: bool) -> Content:
    """Time, length and title; of sessions titled alike, where each of them led as well."""
    count = f"{session.turns:>3} turn{' ' if session.turns == 1 else 's'}"
    title = one_line(session.title) or "Untitled"
    head = f"{when(session.updated, now)}  {count}  "
    last = one_line(session.last) if alike and session.turns > 1 else ""
    led = f"\n{'last: ':>{len(head)}}{last}" if last else ""
    return Content.assemble((head, "dim"), title, (led, "dim"))


def _match_row(match: Match, now: datetime) -> Content:
    return Content.assemble(
        (f"{when(match.session.updated, now)}  ", "dim"),
        one_line(match.turn.question),
        (f"\n{'':18}{one_line(match.snippet)}", "dim"),
    )
