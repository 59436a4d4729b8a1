"""The what-if room: two designs, a few levers, curves with bands, the difference table, the reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Select, Static

from assistant.sessions.plain import one_line
from assistant.sessions.turns import Json
from assistant.tui import outcomes
from assistant.tui.curves import Curve, draw
from assistant.tui.levers import LEVERS, Request
from assistant.tui.messages import WhatIfEdited

SERIES: tuple[tuple[str, str, str], ...] = (
    ("blood_cells_per_uL", "CAR-T in blood", "cells/µL"),
    ("senescent_fraction", "Senescent share", "fraction"),
    ("exhausted_fraction", "Exhausted share", "fraction"),
    ("H", "Tumour", "cells"),
    ("S", "Senescent CAR-T", "cells"),
    ("X", "Exhausted CAR-T", "cells"),
    ("E", "Effector CAR-T", "cells"),
    ("M", "Memory CAR-T", "cells"),
    ("B", "Healthy cells with antigen", "cells"),
)
"""Curves worth looking at, in this order, with title and unit; others follow under their own name."""
PLOT_HEIGHT = 14


class WhatIfRoom(VerticalScroll, can_focus=False):
    """Everything about one comparison."""

    def __init__(self) -> None:
        super().__init__(id="whatif")
        self.payload: Json | None = None

    def compose(self) -> ComposeResult:
        """Controls first; results appear below once there are some."""
        yield Controls()
        yield Static(
            Content.styled(
                "Choose two designs and press Enter in a field, or type a what-if into the chat:\n"
                "/whatif 4-1BB vs CD28 at tenfold lower antigen density",
                "dim",
            ),
            classes="empty",
        )
        with Vertical(classes="results"):
            yield Static(classes="reading")
            yield Plot()
            yield Static(classes="outcome-table")
            yield Static(classes="measured")
            yield Static(classes="drivers")
            yield Static(classes="changes")
            yield Static(classes="footing")

    def designs(self, known: Sequence[tuple[str, str]]) -> None:
        """Set the designs to choose from: pairs of id and name."""
        self.query_one(Controls).designs(known)

    def show(self, payload: Json) -> None:
        """Show one comparison."""
        self.payload = payload
        self.add_class("filled")
        self.remove_class("working")
        self.query_one(Controls).reflect(payload)
        self.query_one(Plot).show(payload)
        self._tables()
        self.scroll_home(animate=False)

    def working(self) -> None:
        """Say that the model runs; the old curves stay until the new ones are there."""
        self.add_class("working")

    def idle(self) -> None:
        """The run ended without a result."""
        self.remove_class("working")

    def take_focus(self) -> None:
        """Give the keyboard to the curves, or to the designs while there are none."""
        target = self.query_one(Plot) if self.payload is not None else self.query_one("#design-a", Select)
        target.focus()

    def on_resize(self) -> None:
        """Tables fit the width."""
        self._tables()

    def _tables(self) -> None:
        if self.payload is None:
            return
        width = max(40, self.size.width - 4)
        self.query_one(".outcome-table", Static).update(outcomes.outcome_table(self.payload, width))
        titles = {"measured": "Measured", "changes": "What differs, and why"}
        titles["drivers"] = outcomes.drivers_title(self.payload)
        for name, content in (
            ("reading", outcomes.reading(self.payload)),
            ("measured", outcomes.measured(self.payload)),
            ("drivers", outcomes.drivers(self.payload)),
            ("changes", outcomes.changes(self.payload)),
            ("footing", outcomes.footing(self.payload)),
        ):
            part = self.query_one(f".results > .{name}", Static)
            part.update(content)
            part.display = bool(content)
            part.border_title = titles.get(name, "")


class Controls(Vertical):
    """Designs A and B and the levers of each; Enter in any field runs the model."""

    HELP = (
        "Designs and levers: Tab goes on, Enter in a field runs the model. An empty field keeps the design's "
        "own value; 5e8 sets a value, x0.1 multiplies it."
    )

    def __init__(self) -> None:
        super().__init__()
        self._known: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """One row of names, then one row a lever."""
        with Horizontal(classes="lever-row designs"):
            yield Static("", classes="lever-label", markup=False)
            for side in ("a", "b"):
                yield Select[str](
                    [], prompt=f"Design {side.upper()}", allow_blank=True, id=f"design-{side}", compact=True
                )
        for lever in LEVERS:
            with Horizontal(classes="lever-row"):
                yield Static(Content.assemble(lever.label, (f" {lever.unit}", "dim")), classes="lever-label")
                for side in ("a", "b"):
                    yield Input(
                        placeholder="as designed",
                        id=f"{lever.parameter}-{side}",
                        compact=True,
                        classes="lever",
                    )

    def designs(self, known: Sequence[tuple[str, str]]) -> None:
        """Fill both lists; A begins as the first design and B as the second."""
        self._known = list(known)
        if known:
            self._choose(known[0][0], known[min(1, len(known) - 1)][0])

    def reflect(self, payload: Json) -> None:
        """Show the designs and the values of a comparison that was asked for in words."""
        chosen = []
        for design in payload["designs"]:
            name = str(design.get("design") or design["id"])
            if name not in dict(self._known):
                self._known.append((name, str(design["name"])))
            chosen.append(name)
        self._choose(chosen[0], chosen[-1])
        for lever in LEVERS:
            for side in ("a", "b"):
                self.query_one(f"#{lever.parameter}-{side}", Input).value = ""
        fields = {lever.parameter for lever in LEVERS}
        for change in payload["changes"]:
            if change.get("because") == "user" and change["parameter"] in fields:
                for side in ("a", "b"):
                    if side.upper() in str(change.get("design") or "").split():
                        self.query_one(f"#{change['parameter']}-{side}", Input).value = f"{change['to']:g}"

    def _choose(self, *names: str) -> None:
        options = [(one_line(f"{key} · {name}"), key) for key, name in self._known]
        for side, name in zip(("a", "b"), names, strict=True):
            select = self.query_one(f"#design-{side}", Select)
            with select.prevent(Select.Changed):
                select.set_options(options)
                select.value = name

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(WhatIfEdited(self.request()))

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value is not Select.NULL:
            self.post_message(WhatIfEdited(self.request()))

    def request(self) -> Request:
        """What the fields ask for."""
        a, b = (str(self.query_one(f"#design-{side}", Select).value) for side in ("a", "b"))
        return Request(a=a, b=b, sets_a=self._sets("a"), sets_b=self._sets("b"))

    def _sets(self, side: str) -> dict[str, str]:
        fields = {
            lever.parameter: self.query_one(f"#{lever.parameter}-{side}", Input).value.strip()
            for lever in LEVERS
        }
        return {name: value for name, value in fields.items() if value}


class Plot(Static, can_focus=True):
    """The curves of one quantity; left and right go through the quantities."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "turn(1)", "Curve", key_display="← →"),
        Binding("left", "turn(-1)", "Previous curve", show=False),
        Binding("z", "zoom", "Zoom"),
    ]
    HELP = (
        "Curves: ← → show another quantity, z the first 90 or 28 days. A is the continuous line, B the "
        "dashed one; dots are bands."
    )

    which: reactive[int] = reactive(0)
    days: reactive[float] = reactive(math.inf)
    """How much of the time axis is shown."""

    def __init__(self) -> None:
        super().__init__(classes="plot")
        self._payload: Json | None = None
        self._kinds: list[tuple[str, str, str]] = []

    def show(self, payload: Json) -> None:
        """Show the curves of a comparison, the same quantity as before if it is there."""
        before = self._kinds[self.which][0] if self._kinds else ""
        self._payload = payload
        present = payload["series"]["A"]
        self._kinds = [kind for kind in SERIES if kind[0] in present]
        self._kinds += [
            (name, name.replace("_", " "), "") for name in present if name not in {k[0] for k in SERIES}
        ]
        self.which = next((place for place, kind in enumerate(self._kinds) if kind[0] == before), 0)
        self.refresh(layout=True)

    def action_turn(self, step: int) -> None:
        """Show the next or previous quantity."""
        if self._kinds:
            self.which = (self.which + step) % len(self._kinds)

    def action_zoom(self) -> None:
        """Show the first 90 days, the first 28, then everything again."""
        self.days = {math.inf: 90.0, 90.0: 28.0}.get(self.days, math.inf)

    def on_click(self) -> None:
        """A click shows the next quantity."""
        self.action_turn(1)

    def render(self) -> Content:
        """Title, legend and picture."""
        if self._payload is None or not self._kinds:
            return Content("")
        key, title, unit = self._kinds[self.which]
        names = [one_line(str(design["name"])) for design in self._payload["designs"]]
        times = [t for t in self._payload["series"]["t"] if t <= self.days]
        a, b = (_curve(times, self._payload["series"].get(side, {}).get(key)) for side in ("A", "B"))
        head = Content.assemble((title, "bold"), (f"   ← → {self.which + 1} of {len(self._kinds)}", "dim"))
        legend = Content.assemble(
            ("━━ A ", "bold $design-a"), names[0], ("   ╍╍ B ", "bold $design-b"), names[-1]
        )
        if a is None:
            return Content("\n").join([head, legend])
        width = max(30, self.size.width)
        return Content("\n").join([head, legend, draw(a, b, width, PLOT_HEIGHT, unit)])


def _curve(times: Sequence[float], values: Json | None) -> Curve | None:
    if not values:
        return None
    end = len(times)
    return Curve(times, values["median"][:end], values["low"][:end], values["high"][:end])
