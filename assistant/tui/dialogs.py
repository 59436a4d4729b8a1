"""Small questions over the rooms: one line of text, or one of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option


class Ask(ModalScreen[str | None]):
    """One line of text; Enter takes it, Escape leaves without."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close")]

    def __init__(self, title: str, value: str = "", *, placeholder: str = "", hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._placeholder = placeholder
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The field, and what may be said in it."""
        with Vertical(classes="page") as panel:
            panel.border_title = self._title
            panel.border_subtitle = "Enter takes it · Esc closes"
            yield Input(self._value, placeholder=self._placeholder, compact=True)
            if self._hint:
                yield Static(Content.styled(self._hint, "dim"), classes="ask-hint")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())


class Chooser(ModalScreen[str | None]):
    """One of a list; typing narrows it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        """Field over list."""
        with Vertical(classes="page picker") as panel:
            panel.border_title = self._title
            panel.border_subtitle = "↑ ↓ choose · Enter takes it · Esc closes"
            yield Input(placeholder="Type to narrow the list", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Show everything."""
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    def _narrow(self, words: str) -> None:
        wanted = words.casefold().split()
        found = [(key, text) for key, text in self._choices if all(w in text.casefold() for w in wanted)]
        self._shown = [key for key, _ in found]
        menu = self.query_one(OptionList)
        menu.clear_options()
        menu.add_options(Option(Content(text)) for _, text in found)
        menu.highlighted = 0 if found else None

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(self.query_one(OptionList).highlighted)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def _take(self, place: int | None) -> None:
        if place is not None and self._shown:
            self.dismiss(self._shown[place])

    def action_move(self, step: int) -> None:
        """Move in the list while the field keeps the focus."""
        menu = self.query_one(OptionList)
        menu.action_cursor_down() if step > 0 else menu.action_cursor_up()
