"""The what-if room: curves, levers, the difference table and the reasons, and the result in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.sessions.turns import Json
from assistant.tui import outcomes
from assistant.tui.controls import Controls
from assistant.tui.levers import Request
from assistant.tui.plot import HEIGHTS, Plot
from assistant.tui.slider import Slider

TALL = 30
"""Rows of the room from which the lever in focus has three lines."""


class Headline(Static):
    """The result in one line, and whether more of it lies below; a click goes there."""

    def __init__(self, room: WhatIfRoom) -> None:
        super().__init__(classes="headline")
        self._room = room
        self._said = Content("")

    def on_mount(self) -> None:
        """Follow the scrolling of what is above."""
        body = self._room.query_one(".whatif-body")
        for name in ("scroll_y", "virtual_size"):
            self.watch(body, name, self._scrolled, init=False)

    def _scrolled(self) -> None:
        self.refresh()

    def say(self, words: Content) -> None:
        """Change the result."""
        self._said = words
        self.refresh()

    def render(self) -> Content:
        """The result, cut where the line ends, and the way down."""
        body = self._room.query_one(".whatif-body")
        below = "  ▼ PgDn" if body.scroll_y < body.max_scroll_y else ""
        room = max(1, self.size.width - len(below))
        said = self._said.truncate(room, ellipsis=True)
        gap = " " * (room - said.cell_length)
        return Content.assemble(said, gap, (below, "bold $primary"))

    def on_click(self) -> None:
        """Scroll to the table."""
        self._room.query_one(".whatif-body").scroll_page_down(animate=False)


class WhatIfRoom(Vertical, can_focus=False):
    """Everything about one comparison."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.cancel", "Chat", tooltip="back to the conversation"),
        Binding("c", "turn(1)", "Curve", id="curve", tooltip="show the next curve"),
        Binding("C", "turn(-1)", "Curve back", show=False, tooltip="show the curve before"),
        Binding("e", "app.export_whatif", "Export", id="export", tooltip="export the comparison to a file"),
        Binding("s", "app.save_design", "Save", id="save", tooltip="save the design of the lever in focus"),
        Binding(
            "k", "app.keep_whatif", "Keep", id="keep", tooltip="keep the run as a turn of the conversation"
        ),
        Binding("z", "zoom", "Zoom", id="zoom", tooltip="show the first 90 days, the first 28, everything"),
        Binding("a", "app.add_lever", "Add lever", id="lever", tooltip="add a lever for another parameter"),
        Binding("R", "clear", "Reset all", id="reset", tooltip="take back everything that was set"),
    ]
    HELP = (
        "The what-if room: Tab and ↑ ↓ go through designs and levers. "
        "The last line says which outcomes differ; PgDn scrolls to their table, measured values, "
        "sources and assumptions. c shows another curve, z the first 90 or 28 days, a adds a lever, s saves "
        "a design, e exports, k keeps the run as a turn of the conversation, R takes everything back."
    )

    def __init__(self) -> None:
        super().__init__(id="whatif")
        self.payload: Json | None = None
        self.running = False
        """A newer result than the one on the screen is on its way."""
        self._draft = False

    def compose(self) -> ComposeResult:
        """Curves, the lever in focus and the result stay in sight; what is between them scrolls."""
        yield Plot()
        controls = Controls()
        with VerticalScroll(classes="whatif-body", can_focus=False):
            yield controls
            yield Static(
                Content.styled(
                    "Change a lever to run the model, or type a what-if into the chat:\n"
                    "/whatif 4-1BB vs CD28 at tenfold lower antigen density",
                    "dim",
                ),
                classes="empty",
            )
            with Vertical(classes="results"):
                yield Static(classes="reading")
                yield Static(classes="ranking")
                yield Static(classes="outcome-table")
                yield Static(classes="measured")
                yield Static(classes="drivers")
                yield Static(classes="changes")
                yield Static(classes="footing")
        yield controls.detail
        yield Headline(self)

    @property
    def settled(self) -> Json | None:
        """What is shown, once it is a full run; None for a draft or nothing."""
        return None if self._draft or self.has_class("working") else self.payload

    @property
    def controls(self) -> Controls:
        """Designs and levers."""
        return self.query_one(Controls)

    @property
    def request(self) -> Request:
        """What the controls ask for."""
        return self.controls.request()

    def designs(self, known: Sequence[tuple[str, str]]) -> None:
        """Set the designs to choose from: pairs of id and name."""
        self.controls.designs(known)

    def show(self, payload: Json, own: Sequence[Mapping[str, Json]] = ({}, {})) -> None:
        """Show a comparison of the conversation; `own` holds both designs as they stand."""
        self.controls.reflect(payload, own)
        self._fill(payload, draft=False)
        self.query_one(".whatif-body").scroll_home(animate=False)

    def tuned(self, payload: Json, *, draft: bool) -> None:
        """Show what the levers ask for; a draft comes from few draws and names no direction."""
        self._fill(payload, draft=draft)
        self.controls.settle(payload)

    def _fill(self, payload: Json, *, draft: bool) -> None:
        self.payload = payload
        self._draft = draft
        self.add_class("filled")
        self.running = draft
        self.query_one(Plot).show(payload)
        self._tables()

    def working(self) -> None:
        """The model runs; the old curves stay until the new ones are there."""
        # No class: it would restyle the sixty widgets of the room, and nothing looks different.
        self.running = True

    def idle(self) -> None:
        """The run ended without a result."""
        self.running = False

    def take_focus(self) -> None:
        """Give the keyboard to the first lever, unless it is in the room already."""
        if self.screen.focused is None or self not in self.screen.focused.ancestors:
            self.screen.set_focus(self.query(Slider).first())

    def action_turn(self, step: int) -> None:
        """Show the next or previous curve."""
        self.query_one(Plot).turn(step)

    def action_zoom(self) -> None:
        """Show less of the time axis, or all again."""
        self.query_one(Plot).zoom()

    def action_clear(self) -> None:
        """Take back everything that was set by hand."""
        self.controls.clear()

    def on_resize(self) -> None:
        """Picture and tables fit the room."""
        low, high = HEIGHTS
        self.query_one(Plot).rows = max(low, min(high, self.size.height * 2 // 5))
        self.set_class(self.size.height >= TALL, "tall")
        self._tables()

    def on_show(self) -> None:
        """A table that was made while the room was hidden knew no width."""
        self._tables()

    def _tables(self) -> None:
        if self.payload is None:
            return
        width = max(40, self.size.width - 4)
        table = outcomes.outcome_table(self.payload, width, draft=self._draft)
        self.query_one(".outcome-table", Static).update(table)
        self.query_one(Headline).say(outcomes.headline(self.payload, draft=self._draft))
        titles = {"measured": "Measured", "changes": "What differs, and why"}
        titles["drivers"] = outcomes.drivers_title(self.payload)
        titles["ranking"] = outcomes.ranking_title(self.payload)
        for name, content in (
            ("reading", outcomes.reading(self.payload)),
            ("ranking", outcomes.ranking(self.payload)),
            ("measured", outcomes.measured(self.payload)),
            ("drivers", outcomes.drivers(self.payload)),
            ("changes", outcomes.changes(self.payload)),
            ("footing", outcomes.footing(self.payload)),
        ):
            if self._draft and name != "footing":
                continue  # what is said about the result waits for the full run
            part = self.query_one(f".results > .{name}", Static)
            part.update(content)
            part.display = bool(content)
            part.border_title = titles.get(name, "")
