"""The curves of a what-if as a widget: one quantity at a time, measured values over it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from assistant.sessions.markdown import number
from assistant.sessions.plain import one_line
from assistant.sessions.turns import Json
from assistant.tui.curves import Curve, Point, draw
from assistant.tui.outcomes import fit

SERIES: tuple[tuple[str, str, str], ...] = (
    ("blood_cells_per_uL", "CAR-T in blood", "cells/µL"),
    ("senescent_fraction", "Senescent share", "fraction"),
    ("exhausted_fraction", "Exhausted share", "fraction"),
    ("tumour_cells", "Tumour", "cells"),
    ("H", "Antigen-positive tumour", "cells"),
    ("S", "Senescent CAR-T", "cells"),
    ("X", "Exhausted CAR-T", "cells"),
    ("E", "Effector CAR-T", "cells"),
    ("M", "Memory CAR-T", "cells"),
    ("B", "Healthy cells with antigen", "cells"),
)
"""Curves worth looking at, in this order, with title and unit; others follow under their own name."""
HEIGHTS = (8, 18)
"""Least and most rows of a picture."""
_DATED = re.compile(r"(?P<series>\w+)_d(?P<day>\d+)")


class Plot(Static):
    """The curves of one quantity."""

    which: reactive[int] = reactive(0)
    days: reactive[float] = reactive(math.inf)
    """How much of the time axis is shown."""
    rows: reactive[int] = reactive(HEIGHTS[0], layout=True)
    """Height of the picture."""

    def __init__(self) -> None:
        super().__init__(classes="plot")
        self._payload: Json | None = None
        self._kinds: list[tuple[str, str, str]] = []
        self._drawn: tuple[object, Content] | None = None
        """What the last picture was drawn from, and the picture: a repaint draws nothing anew."""

    def watch_rows(self, rows: int) -> None:
        """The height is known without drawing: a layout that asks for it would draw the picture once more."""
        self.styles.height = rows + 1

    def show(self, payload: Json) -> None:
        """Show the curves of a comparison, the same quantity as before if it is there."""
        before = self._kinds[self.which][0] if self._kinds else ""
        self._payload, self._drawn = payload, None
        present = payload["series"]["A"]
        self._kinds = [kind for kind in SERIES if kind[0] in present]
        self._kinds += [
            (name, name.replace("_", " "), "") for name in present if name not in {k[0] for k in SERIES}
        ]
        self.which = next((place for place, kind in enumerate(self._kinds) if kind[0] == before), 0)
        self.refresh()

    def turn(self, step: int) -> None:
        """Show the next or previous quantity."""
        if self._kinds:
            self.which = (self.which + step) % len(self._kinds)

    def zoom(self) -> None:
        """Show the first 90 days, the first 28, then everything again."""
        self.days = {math.inf: 90.0, 90.0: 28.0}.get(self.days, math.inf)

    def on_click(self) -> None:
        """A click shows the next quantity."""
        self.turn(1)

    def render(self) -> Content:
        """Title, legend and picture."""
        if self._payload is None or not self._kinds:
            return Content("")
        wanted = (self.which, self.days, self.rows, self.size.width)
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = (wanted, self._picture(self._payload))
        return self._drawn[1]

    def _picture(self, payload: Json) -> Content:
        key, title, unit = self._kinds[self.which]
        times = [t for t in payload["series"]["t"] if t <= self.days]
        a, b = (_curve(times, payload["series"].get(side, {}).get(key)) for side in ("A", "B"))
        points = measured_points(payload, key, times[-1])
        width = max(30, self.size.width)
        days = f"{number(self.days)} days" if self.days < math.inf else "all days"
        head = Content.assemble(
            (title, "bold"),
            ("  c ", "bold $primary"),
            (f"curve {self.which + 1} of {len(self._kinds)}", "dim"),
            ("  z ", "bold $primary"),
            (days, "dim"),
            ("  letters: measured" if points else "", "dim"),
        ).truncate(width, ellipsis=True)
        if a is None:
            return head
        scale, *picture = draw(a, b, width, self.rows, unit, points).split("\n")
        names = [one_line(str(design["name"])) for design in payload["designs"]]
        legend = scale + _legend(names[0], names[-1], width - scale.cell_length)
        return Content("\n").join([head, legend, *picture])


def _legend(a: str, b: str, width: int) -> Content:
    """The line of each design with its name, cut so that both have room."""
    room = width - len("   ━━ A   ╍╍ B ")
    if len(a) + len(b) > room:
        most = max(room // 2, room - min(len(a), len(b)))
        a, b = fit(a, most), fit(b, max(most if len(a) < most else room - len(fit(a, most)), 1))
    return Content.assemble(("   ━━ A ", "bold $design-a"), a, ("  ╍╍ B ", "bold $design-b"), b)


def measured_points(payload: Json, key: str, end: float) -> list[Point]:
    """Measured values of a quantity on a stated day up to `end`, each under the letter of its design."""
    found = []
    for item in payload.get("measured") or ():
        dated = _DATED.fullmatch(str(item["outcome"]))
        if dated is None or dated["series"] != key or float(dated["day"]) > end:
            continue
        side = str(item["design"])
        found.append(
            Point(
                float(dated["day"]),
                float(item["value"]),
                item.get("low"),
                item.get("high"),
                side,
                f"$design-{side.lower()}",
            )
        )
    return found


def _curve(times: Sequence[float], values: Json | None) -> Curve | None:
    if not values:
        return None
    end = len(times)
    return Curve(times, values["median"][:end], values["low"][:end], values["high"][:end])
