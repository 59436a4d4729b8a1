"""The list of sources under an answer: reached with Tab, walked with the arrows, opened with Enter."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from assistant.evidence import Answer, Citation
from assistant.tui.badges import COSTIMS, RETRACTIONS, SYSTEMS, name_of
from assistant.tui.messages import CitationOpened


class Sources(Static, can_focus=True):
    """One row a citation; posts `CitationOpened`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open_chosen", "Open quote", tooltip="open the chosen quote"),
        Binding("down,j", "move(1)", "Choose", key_display="↑↓", tooltip="the next source; ↑ the one before"),
        Binding("up,k", "move(-1)", show=False),
        Binding("c", "app.copy_answer", "Copy answer", tooltip="copy the answer with its sources"),
        Binding("escape", "app.cancel", "Input", tooltip="back to the input"),
    ]
    HELP = "Sources of this answer: ↑ ↓ choose, Enter or a digit opens the quote, c copies the answer."

    chosen: reactive[int] = reactive(0)

    def __init__(self, answer: Answer) -> None:
        super().__init__(classes="sources")
        self.answer = answer

    def render(self) -> Content:
        """The rows, the chosen one marked while the list has the focus."""
        rows = [self._row(place, citation) for place, citation in enumerate(self.answer.citations)]
        return Content("\n").join(rows)

    def _row(self, place: int, citation: Citation) -> Content:
        here = self.has_focus and place == self.chosen
        labels = [SYSTEMS.get(citation.system, ""), COSTIMS.get(citation.costim, "")]
        labels.append(RETRACTIONS.get(citation.retraction, ""))
        tail = " · ".join(label for label in labels if label)
        row = Content.assemble(
            ("▸ " if here else "  ", "bold $primary"),
            (f"[{citation.n}]", "bold $primary"),
            f" {name_of(citation)}",
            (f" · {tail}" if tail else "", "dim"),
        )
        row = row.stylize(Style.from_meta({"cite": citation.n}))
        return row.stylize("on $panel") if here else row

    def action_move(self, step: int) -> None:
        """Choose the row above or below."""
        self.chosen = max(0, min(len(self.answer.citations) - 1, self.chosen + step))

    def action_open_chosen(self) -> None:
        """Show the quote of the chosen row."""
        if self.answer.citations:
            self.action_open(self.answer.citations[self.chosen].n)

    def action_open(self, n: int) -> None:
        """Show the quote numbered `n`."""
        self.post_message(CitationOpened(self.answer, n))

    def takes(self, character: str) -> bool:
        """Whether a character means something here: digits do."""
        return character.isdigit()

    def on_key(self, event: events.Key) -> None:
        """A digit opens that source."""
        if event.key.isdigit() and any(c.n == int(event.key) for c in self.answer.citations):
            event.stop()
            self.action_open(int(event.key))

    def on_click(self, event: events.Click) -> None:
        """A row was clicked."""
        n = event.style.meta.get("cite")
        if n is not None:
            self.action_open(int(n))

    def on_focus(self) -> None:
        """Show which row is chosen."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it again."""
        self.refresh()
