"""The input: several lines when needed, history with the arrows, slash commands with completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from assistant.tui.commands import completions
from assistant.tui.messages import Submitted

MAXIMUM = 20_000
"""Characters that the input takes; a pasted paper is not a question."""


class Prompt(TextArea):
    """A text area in which Enter sends and the arrows reach earlier questions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", id="send", tooltip="send the question"),
        Binding("tab", "complete", "Complete", tooltip="take the chosen completion"),
        Binding("tab", "onward", "Sources", tooltip="on to the sources of the answers"),
        Binding(
            "ctrl+j,shift+enter,alt+enter",
            "newline",
            "New line",
            key_display="^j",
            id="newline",
            tooltip="begin a new line (also Shift+Enter, Alt+Enter)",
        ),
        Binding(
            "pageup,ctrl+up",
            "app.scroll_conversation(-1)",
            "Scroll",
            show=False,
            key_display="PgUp PgDn",
            tooltip="scroll the conversation (also Ctrl+↑, Ctrl+↓)",
        ),
        Binding("pagedown,ctrl+down", "app.scroll_conversation(1)", show=False),
    ]
    HELP = (
        "Type a question and press Enter. Ctrl+J (or Shift+Enter, Alt+Enter) begins a new line, ↑ and ↓ "
        "reach earlier questions, / lists commands, Tab completes."
    )

    def __init__(self) -> None:
        super().__init__(
            id="prompt",
            compact=True,
            soft_wrap=True,
            highlight_cursor_line=False,
            placeholder="Ask about CAR-T senescence, or “what if …”",
        )
        self._history: list[str] = []
        self._place: int | None = None
        self._draft = ""

    def remember(self, questions: Sequence[str]) -> None:
        """Set the history that the arrows walk, oldest first."""
        self._history = list(questions)
        self._place = None

    def fill(self, text: str) -> None:
        """Put text into the input, cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def action_send(self) -> None:
        """Send what stands in the input."""
        text = self.text.strip()
        if not text:
            return
        if not self._history or self._history[-1] != text:
            self._history.append(text)
        self._place = None
        self._draft = ""
        self.text = ""
        self.post_message(Submitted(text))

    def action_newline(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tab completes while there is something to complete, and else leads on."""
        if action in ("complete", "onward"):
            return self._menu.display is (action == "complete")
        return True

    def action_complete(self) -> None:
        """Take the chosen completion."""
        self._menu.take()

    def action_onward(self) -> None:
        """Leave the input for what is next on the screen."""
        self.screen.focus_next()

    @property
    def _menu(self) -> Menu:
        return self.screen.query_one(Menu)

    async def _on_key(self, event: events.Key) -> None:
        menu = self._menu
        if menu.display and event.key in ("enter", "tab") and menu.line != self.text:
            menu.offer(self.text)  # of somebody who types fast it still shows what was right before
        if menu.display and self._menu_key(event, menu):
            event.prevent_default().stop()
        elif event.key == "enter":
            event.prevent_default().stop()
            self.action_send()
        elif self._leaves(event.key) and self._walk(-1 if event.key == "up" else 1):
            event.prevent_default().stop()

    def _leaves(self, key: str) -> bool:
        """Whether the key would move the cursor out of the text: the history begins there."""
        if key == "up":
            return self.cursor_location[0] == 0
        return key == "down" and self.cursor_at_last_line

    def _menu_key(self, event: events.Key, menu: Menu) -> bool:
        if event.key in ("up", "down"):
            menu.action_cursor_up() if event.key == "up" else menu.action_cursor_down()
            return True
        if event.key == "escape":
            menu.show(False)
            return True
        # Enter on a whole command sends it; on a beginning it completes, as a shell would with Tab.
        if event.key == "enter" and not menu.holds(self.text):
            menu.take()
            return True
        return False

    def _walk(self, step: int) -> bool:
        """Move through the history; False when there is nothing that way."""
        if self._place is None and step > 0:
            return self._suggested()
        if not self._history:
            return False
        if self._place is None:
            self._draft, self._place = self.text, len(self._history)
        place = self._place + step
        if place < 0:
            return True
        if place >= len(self._history):
            self._place = None
            self.fill(self._draft)
        else:
            self._place = place
            self.fill(self._history[place])
        self._menu.show(False)
        return True

    def _suggested(self) -> bool:
        """Go from the empty input to the questions of the empty screen; False when there are none."""
        from assistant.tui.welcome import Suggestions

        found = None if self.text else next(iter(self.screen.query(Suggestions)), None)
        if found is not None:
            found.focus()
        return found is not None


class Menu(OptionList, can_focus=False):
    """Completions of the line in the input; the input keeps the focus."""

    def __init__(self) -> None:
        super().__init__(id="menu", compact=True)
        self.line = ""
        """What the completions were offered for."""
        self._choices: list[str] = []

    def offer(self, text: str) -> None:
        """Show what may follow `text`, or hide."""
        self.line = text
        found = completions(text)
        self._choices = [line for line, _ in found]
        self.clear_options()
        self.add_options(Option(Content(label)) for _, label in found)
        self.show(bool(found) and self._choices != [text])
        self.highlighted = 0 if found else None

    def show(self, shown: bool) -> None:
        """Appear or go; what Tab does changes with it."""
        if self.display is not shown:
            self.display = shown
            self.screen.refresh_bindings()

    def holds(self, text: str) -> bool:
        """Whether `text` is one of the completions already."""
        return text.rstrip() in (line.rstrip() for line in self._choices)

    def take(self) -> None:
        """Put the highlighted completion into the input."""
        if self.highlighted is not None and self._choices:
            self.screen.query_one(Prompt).fill(self._choices[self.highlighted])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A completion was clicked."""
        event.stop()
        self.take()


class Composer(Vertical):
    """The completion list above the input."""

    def compose(self) -> ComposeResult:
        """Menu, then input."""
        yield Menu()
        yield Prompt()

    def on_mount(self) -> None:
        """Begin without completions; say how to send in the frame of the input."""
        self.query_one(Menu).display = False

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        prompt = self.query_one(Prompt)
        if len(prompt.text) > MAXIMUM:
            prompt.text = prompt.text[:MAXIMUM]
            self.app.notify(f"Cut to {MAXIMUM:,} characters: a question is shorter.", severity="warning")
        self.query_one(Menu).offer(prompt.text)
