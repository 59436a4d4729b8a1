"""The bar on top: the three rooms as tabs, and how the index is doing."""

from __future__ import annotations

from typing import Literal, get_args

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from assistant.tui.messages import RoomChosen

Room = Literal["conversation", "evidence", "whatif"]
ROOMS: tuple[Room, ...] = get_args(Room)
TITLES = {"conversation": "Conversation", "evidence": "Evidence", "whatif": "What-if"}
KEYS = {"conversation": "F2", "evidence": "F3", "whatif": "F4"}


class RoomBar(Static):
    """Tabs that can be clicked; the open room is marked, not only coloured."""

    room: reactive[Room] = reactive[Room]("conversation")
    status: reactive[str] = reactive("opening…")
    """What the index is doing; empty once it is open."""
    corpus: reactive[str] = reactive("")
    filters: reactive[str] = reactive("")
    model: reactive[str] = reactive("")
    """The chat model that writes; empty where answers are made of quotes."""
    kept: reactive[bool] = reactive(True)
    """Whether the conversation is written down."""
    count: reactive[int] = reactive(0)
    """Quotes in the evidence room."""

    def render(self) -> Content:
        """Tabs on the left, status on the right as far as there is room."""
        tabs = []
        for room in ROOMS:
            title = TITLES[room] + (f" {self.count}" if room == "evidence" and self.count else "")
            here = room == self.room
            label = Content.assemble((f"▌{title}" if here else f" {title}", ""), (f" {KEYS[room]} ", "dim"))
            label = label.stylize("bold $primary on $panel" if here else "$foreground")
            tabs.append(label.stylize(Style.from_meta({"room": room})))
        left = Content("").join(tabs)
        filters = f"only {self.filters}" if self.filters else ""
        kept = "" if self.kept else "⚠ not kept"
        right = " · ".join(part for part in (kept, filters, self.model, self.status or self.corpus) if part)
        room_left = self.size.width - left.cell_length - 2
        if len(right) > room_left:
            right = right[: room_left - 1] + "…" if room_left > 8 else ""
        gap = max(1, room_left - len(right) + 1)
        return left + Content(" " * gap) + Content.styled(right, "$accent" if self.filters or kept else "dim")

    def on_click(self, event: events.Click) -> None:
        """A tab was clicked."""
        room = event.style.meta.get("room")
        if room is not None:
            self.post_message(RoomChosen(room))
