"""One lever of one design on one line: status mark, value, and a track; keys, digits and the mouse set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from assistant.sessions.markdown import number
from assistant.tui.levers import Scale
from assistant.tui.outcomes import status_mark

STEP, LEAP = 1 / 40, 1 / 8
"""How far an arrow goes, and how far with Shift."""
HEAD = 12
"""Columns before the track: a mark, the value, and what parts them."""
_TYPED = "0123456789.eE+-x%"
_BEGINS = "0123456789.x"


class Slider(Widget, can_focus=True):
    """A number with a range. It posts `Moved` for each new value and `Cleared` when it is reset."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "nudge(1)", "Change", key_display="←→", tooltip="change the value by a step"),
        Binding("left", "nudge(-1)", show=False),
        Binding(
            "shift+right",
            "leap(1)",
            "Leap",
            show=False,
            key_display="shift+←→",
            tooltip="change the value by five steps",
        ),
        Binding("shift+left", "leap(-1)", show=False),
        Binding("home", "edge(0)", "Lowest", show=False, tooltip="the lowest value of the range"),
        Binding("end", "edge(1)", "Highest", show=False, tooltip="the highest value of the range"),
        Binding("backspace,delete", "clear", "Reset", key_display="⌫", tooltip="back to the designed value"),
    ]
    HELP = (
        "A lever: ← → change it (with Shift more), Home and End go to the ends of its range, digits type a "
        "value (5e8, x0.1, 20 %) that Enter sets, Backspace resets it, ↑ ↓ go to other levers."
    )

    value: reactive[float | None] = reactive(None)
    edited: reactive[str | None] = reactive(None)
    """What is being typed; None while nothing is."""
    moved: reactive[bool] = reactive(False)
    """Whether the reader set the value."""

    @dataclass
    class Moved(Message):
        """A new value, as a number or as it was typed."""

        slider: Slider
        text: str

    @dataclass
    class Cleared(Message):
        """Back to the design's own value."""

        slider: Slider

    def __init__(self, parameter: str, side: str) -> None:
        super().__init__(id=f"{parameter}-{side}", classes=f"lever side-{side}")
        self.parameter = parameter
        self.side = side
        self.start: float | None = None
        """The value without the reader's hand."""
        self.status = ""
        self.unit = ""
        self.scale = Scale(0.0, 1.0, False)

    def furnish(self, start: float, low: float, high: float, unit: str, status: str) -> None:
        """Set what the design says about this parameter."""
        self.start, self.unit, self.status = start, unit, status
        self.scale = Scale.over(low, high, start)
        self.refresh()

    def render(self) -> Content:
        """Mark, value, track."""
        if self.value is None:
            return Content.styled("as designed", "dim")
        colour = f"$design-{self.side}"
        mark = status_mark("user" if self.moved else self.status).partition(" ")[0] or " "
        if self.edited is not None:
            head = Content.assemble((mark, colour), " ", (f"{self.edited + '▏':<8}", "bold reverse"), "  ")
        else:
            head = Content.assemble(
                (mark, colour), " ", (f"{_short(self.value):<8}", "bold" if self.moved else ""), "  "
            )
        return head + self._track(max(4, self.size.width - HEAD), colour)

    def _track(self, width: int, colour: str) -> Content:
        assert self.value is not None
        at = round(self.scale.place(self.value) * (width - 1))
        handle = "●" if self.scale.holds(self.value) else "◂" if self.value < self.scale.low else "▸"
        cells = ["━" if place < at else "─" for place in range(width)]
        if self.start is not None:
            home = round(self.scale.place(self.start) * (width - 1))
            cells[home] = "┿" if home < at else "┼"
        return Content.assemble(
            ("".join(cells[:at]), colour), (handle, f"bold {colour}"), ("".join(cells[at + 1 :]), "dim")
        )

    def action_nudge(self, direction: int) -> None:
        """One step along the track."""
        self._go(direction * STEP)

    def action_leap(self, direction: int) -> None:
        """Five steps along the track."""
        self._go(direction * LEAP)

    def action_edge(self, share: int) -> None:
        """To the end of the range."""
        self._set(self.scale.value(float(share)))

    def action_clear(self) -> None:
        """Back to the design's own value."""
        self.edited = None
        self.moved = False
        self.value = self.start
        self.post_message(self.Cleared(self))

    def _go(self, share: float) -> None:
        if self.value is None:
            return
        before = self.scale.place(self.value)
        value = self.scale.value(before + share)
        if value != self.value:
            self._set(value)

    def _set(self, value: float) -> None:
        self.moved = True
        self.value = value
        self.post_message(self.Moved(self, f"{value:.6g}"))

    def takes(self, character: str) -> bool:
        """Whether a character means something here: it begins or goes on with a value."""
        return self.edited is not None or character in _BEGINS

    def on_key(self, event: events.Key) -> None:
        """Digits begin to type a value; Enter sets it, Escape forgets it."""
        typed = self.edited
        character = event.character or ""
        if typed is None:
            if character and character in _BEGINS and self.value is not None:
                self.edited = character
                event.stop()
                event.prevent_default()
            return
        if event.key == "enter":
            self._typed(typed)
        elif event.key == "escape":
            self.edited = None
        elif event.key == "backspace":
            self.edited = typed[:-1] or None
        elif character and (character in _TYPED or character == " "):
            self.edited = (typed + character)[:8]
        else:
            return
        event.stop()
        event.prevent_default()

    def _typed(self, text: str) -> None:
        self.edited = None
        try:
            self._set(float(text))
        except ValueError:  # a factor or a share: the model reads it, and says so when it cannot
            self.moved = True
            self.post_message(self.Moved(self, text))

    def on_blur(self) -> None:
        """What was typed and not set is forgotten."""
        self.edited = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take the handle."""
        if self.value is not None and event.x >= HEAD:
            self.capture_mouse()
            self._point(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the handle."""
        if self.app.mouse_captured is self:
            self._point(event.x)

    def on_mouse_up(self) -> None:
        """Let the handle go."""
        self.release_mouse()

    def _point(self, x: int) -> None:
        value = self.scale.value((x - HEAD) / max(1, self.size.width - HEAD - 1))
        if value != self.value:
            self._set(value)


def _short(value: float) -> str:
    """A number for eight columns: 1e8 instead of 1e+08."""
    return number(value).replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
