"""What can be changed in the what-if room: both designs, and a slider for each lever of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Select, Static

from assistant.sessions.markdown import because, number
from assistant.sessions.plain import one_line
from assistant.sessions.turns import Json
from assistant.tui.levers import LEVERS, Lever, Request
from assistant.tui.messages import WhatIfEdited
from assistant.tui.outcomes import status_mark
from assistant.tui.slider import Slider

SIDES = ("a", "b")


@dataclass
class Side:
    """What is known of one design: as it stands without the reader's hand, and what the reader set."""

    design: str
    own: Mapping[str, Json]
    """Parameters of the design by name: value, unit, low, high, status, source, meaning."""
    sets: dict[str, str]


class Controls(Vertical):
    """Designs A and B and their levers; each change posts `WhatIfEdited`."""

    HELP = (
        "Designs and levers: Enter opens the list of designs. The curves follow each change at once, first "
        "from few draws, then from all."
    )

    def __init__(self) -> None:
        super().__init__()
        self._known: list[tuple[str, str]] = []
        self._words = ""
        """The what-if in words that the sliders tune, if it was one."""
        self._proposal, self._by = "", "none"
        """What a chat model made of those words, and which."""
        self._sides = {side: Side("", {}, {}) for side in SIDES}
        self._rows: list[str] = []
        self.detail = Static(classes="lever-detail")
        """What is known of the lever in focus; it stands where the room puts it."""
        self._offered: dict[str, tuple[list[tuple[str, str]], str]] = {}
        """What each list of designs holds, and which is chosen."""

    def compose(self) -> ComposeResult:
        """One row of names, then one row a lever."""
        with Horizontal(classes="lever-row designs"):
            more = Content.assemble(("a", "bold $primary"), (" adds a lever", "dim"))
            yield Static(more, classes="lever-label")
            for side in SIDES:
                yield Select[str](
                    [], prompt=f"Design {side.upper()}", allow_blank=True, id=f"design-{side}", compact=True
                )
        for lever in LEVERS:
            self._rows.append(lever.parameter)
            yield _row(lever)

    def designs(self, known: Sequence[tuple[str, str]]) -> None:
        """Fill both lists; A begins as the first design and B as the second."""
        self._known = list(known)
        if known:
            chosen = [self._sides[side].design for side in SIDES]
            fallback = (known[0][0], known[min(1, len(known) - 1)][0])
            self._choose(*(name or other for name, other in zip(chosen, fallback, strict=True)))

    def designs_of(self, payload: Json) -> tuple[str, str]:
        """The designs A and B of a comparison, as they can be loaded again."""
        inputs = payload.get("inputs") or {}
        listed = [str(design.get("design") or design["id"]) for design in payload["designs"]]
        if inputs.get("design"):
            listed[0] = str(inputs["design"])
            listed[-1] = str(inputs.get("vs") or inputs["design"])
        return listed[0], listed[-1]

    def reflect(self, payload: Json, own: Sequence[Mapping[str, Json]]) -> None:
        """Take over a comparison of the conversation.

        Arguments:
            own: parameters of both designs as they stand, empty where a design cannot be loaded.
        """
        inputs = payload.get("inputs") or {}
        # A ranking is not searched again under a slider: its first lever is tuned as a design of its own.
        self._words = "" if payload.get("ranking") else str(inputs.get("text") or "")
        self._by = str(inputs.get("by") or "none")
        self._proposal = json.dumps(inputs["proposal"]) if inputs.get("proposal") else ""
        names = self.designs_of(payload)
        self._choose(*names)
        for side, name, design, parameters in zip(
            SIDES, names, (payload["designs"][0], payload["designs"][-1]), own, strict=True
        ):
            now = design.get("parameters") or {}
            # What was set in words belongs to the words, and stays when a lever is reset.
            listed = [*(inputs.get("set") or ()), *(inputs.get(f"set_{side}") or ())]
            sets = dict(entry.split("=", 1) for entry in listed if entry[:2] not in ("A:", "B:"))
            if payload.get("ranking"):
                sets |= _set_by_words(payload, side.upper())
            self._sides[side] = Side(name, _merged(now, parameters, worded=bool(self._words)), sets)
        self._furnish()
        self.settle(payload)

    def furnish(self, own: Sequence[Mapping[str, Json]]) -> None:
        """Take the parameters of the chosen designs as they stand."""
        for side, parameters in zip(SIDES, own, strict=True):
            self._sides[side].own = parameters
        self._furnish()

    def settle(self, payload: Json) -> None:
        """Show the values that a comparison was computed with."""
        for slider in self.query(Slider):
            design = payload["designs"][0 if slider.side == "a" else -1]
            found = (design.get("parameters") or {}).get(slider.parameter)
            slider.moved = slider.parameter in self._sides[slider.side].sets
            if found is not None:
                slider.value = float(found["value"])
        self._detail()

    async def add(self, parameter: str) -> None:
        """Add a row for another parameter, and go to it."""
        if parameter not in self._rows:
            self._rows.append(parameter)
            await self.mount(_row(Lever(parameter, parameter, "")))
            self._furnish()
            for slider in self.query(Slider):
                if slider.parameter == parameter:
                    slider.value = slider.start
        self.query_one(f"#{parameter}-a", Slider).focus()

    def others(self) -> list[tuple[str, str]]:
        """Parameters without a row, with their meaning."""
        return [
            (name, f"{name}  {one_line(str(found.get('meaning') or ''))}")
            for name, found in self._sides["a"].own.items()
            if name not in self._rows
        ]

    def clear(self) -> None:
        """Take back everything that the reader set."""
        for side in self._sides.values():
            side.sets.clear()
        for slider in self.query(Slider):
            slider.value, slider.moved, slider.edited = slider.start, False, None
        self.post_message(WhatIfEdited(self.request()))

    def request(self) -> Request:
        """What the controls ask for."""
        a, b = (self._sides[side] for side in SIDES)
        return Request(
            text=self._words, a=a.design, b=b.design, sets_a=dict(a.sets), sets_b=dict(b.sets),
            model=self._by, proposal=self._proposal,
        )  # fmt: skip

    def _choose(self, *names: str) -> None:
        for name in names:
            if name not in dict(self._known):
                self._known.append((name, name))
        options = [(one_line(f"{name} · {key}"), key) for key, name in self._known]
        for side, name in zip(SIDES, names, strict=True):
            self._sides[side].design = name
            select = self.query_one(f"#design-{side}", Select)
            if (options, name) == self._offered.get(side):
                continue  # set anew, a list restyles itself even where nothing is different
            self._offered[side] = (options, name)
            with select.prevent(Select.Changed):
                select.set_options(options)
                select.value = name

    def _furnish(self) -> None:
        for slider in self.query(Slider):
            found = self._sides[slider.side].own.get(slider.parameter)
            if found is not None:
                slider.furnish(
                    float(found["value"]), float(found["low"]), float(found["high"]),
                    str(found["unit"]), str(found["status"]),
                )  # fmt: skip

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value is Select.NULL:
            return
        name = "a" if event.select.id == "design-a" else "b"
        side = self._sides[name]
        side.design = str(event.value)
        self._offered.pop(name, None)
        self._words = self._proposal = ""
        self.post_message(WhatIfEdited(self.request(), designs=True))

    @on(Slider.Moved)
    def _moved(self, event: Slider.Moved) -> None:
        event.stop()
        self._sides[event.slider.side].sets[event.slider.parameter] = event.text
        self._detail()
        self.post_message(WhatIfEdited(self.request()))

    @on(Slider.Cleared)
    def _cleared(self, event: Slider.Cleared) -> None:
        event.stop()
        if self._sides[event.slider.side].sets.pop(event.slider.parameter, None) is not None:
            self.post_message(WhatIfEdited(self.request()))
        self._detail()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say what is known of the lever in focus."""
        self._detail()

    def on_key(self, event: events.Key) -> None:
        """Up and down go through the levers of one design."""
        slider = self.screen.focused
        if event.key not in ("up", "down") or not isinstance(slider, Slider):
            return
        place = self._rows.index(slider.parameter) + (1 if event.key == "down" else -1)
        target = (
            self.query_one(f"#{self._rows[place]}-{slider.side}", Slider)
            if 0 <= place < len(self._rows)
            else self.query_one(f"#design-{slider.side}", Select)
            if place < 0
            else None
        )
        if target is not None:
            target.focus()
            event.stop()

    def _detail(self) -> None:
        slider = self.screen.focused
        if not isinstance(slider, Slider) or slider.start is None:
            self.detail.update(_legend())
            return
        found = self._sides[slider.side].own[slider.parameter]
        unit = "" if slider.unit == "1" else f" {slider.unit}"
        source = because(found.get("source")) if found.get("source") else ""
        self.detail.update(
            Content.assemble(
                (f"{slider.side.upper()} {slider.parameter}: ", f"bold $design-{slider.side}"),
                one_line(str(found.get("meaning") or slider.parameter)),
                f". Designed {number(slider.start)}{unit}, ",
                f"range {number(float(found['low']))} to {number(float(found['high']))}{unit}, ",
                (status_mark(slider.status), "bold"),
                (f": {one_line(source)}" if source else "", "dim"),
            )
        )


def _row(lever: Lever) -> Horizontal:
    label = Static(Content.assemble(lever.label, (f" {lever.unit}", "dim")), classes="lever-label")
    return Horizontal(label, *(Slider(lever.parameter, side) for side in SIDES), classes="lever-row")


def _legend() -> Content:
    marks = [status_mark(name) for name in ("published", "guided", "fitted", "assumed", "user")]
    return Content.styled("   ".join(marks), "dim")


def _set_by_words(payload: Json, side: str) -> dict[str, str]:
    """Values that the words set on a side, as settings of its design."""
    return {
        str(change["parameter"]): repr(float(change["to"]))
        for change in payload.get("changes") or ()
        if change.get("by") == "user" and "event" not in change and side in str(change.get("design"))
        and change.get("design") != "A to B"
    }  # fmt: skip


def _merged(now: Mapping[str, Json], own: Mapping[str, Json], *, worded: bool) -> dict[str, Json]:
    """Ranges as designed, and values too unless words set them."""
    merged: dict[str, Json] = {}
    for name in {**now, **own}:
        found = dict(own.get(name) or now[name])
        if worded and name in now:
            found["value"] = now[name]["value"]
        merged[name] = found
    return merged
