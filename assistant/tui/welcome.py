"""The empty screen: what this is, questions to begin with, and the progress of a first run."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.messages import Submitted

QUESTIONS: tuple[str, ...] = (
    "Which costimulatory domain makes CAR-T cells more prone to senescence?",
    "Does senescence always impair CAR-T cells?",
    "How does tonic signalling lead to exhaustion?",
    "Which markers tell senescent from exhausted T cells?",
    "4-1BB vs CD28 at tenfold lower antigen density",
)


class Welcome(Vertical):
    """Shown until the first question; leaves for good then."""

    def compose(self) -> ComposeResult:
        """Title, suggestions, and the room for a progress bar."""
        yield Static(
            Content.assemble(
                ("Senescope", "bold $primary"),
                "\nCited answers and design what-ifs about CAR-T cell senescence.",
                ("\nOffline. Every sentence carries the quote it rests on.", "dim"),
                ("\n\nType a question below, or press ↓ and choose one of these:", ""),
            ),
            classes="welcome-title",
        )
        yield Suggestions()
        yield Static("", classes="welcome-progress-label", markup=False)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far the first index is."""
        from textual.widgets import ProgressBar

        if not self.has_class("indexing"):
            self.add_class("indexing")
            self.mount(ProgressBar(total=100, show_eta=False, classes="welcome-progress"))
        words = f"First run: {stage}" + (f" {done:,} of {total:,}" if total else "")
        self.query_one(".welcome-progress-label", Static).update(
            Content(f"{words}. You can type already; the answer comes when the index is there.")
        )
        for bar in self.query(ProgressBar):
            bar.update(total=total or None, progress=done)

    def ready(self) -> None:
        """The index is there."""
        self.remove_class("indexing")


class Suggestions(OptionList):
    """Questions to begin with; Enter or a click asks one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Ask this", tooltip="ask the chosen question"),
        Binding("down,up", "cursor_down", "Choose", key_display="↑↓", tooltip="choose a question"),
    ]
    HELP = "Questions to begin with: ↑ ↓ choose, Enter asks."

    def __init__(self) -> None:
        super().__init__(*(Option(Content(f"› {question}")) for question in QUESTIONS), compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask the chosen question."""
        event.stop()
        self.post_message(Submitted(QUESTIONS[event.option_index]))
