"""Events of a lever at the times and sizes that words give, and events told in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.kinetics.events import Event
from assistant.kinetics.parameters import meanings
from assistant.kinetics.words import Item

if TYPE_CHECKING:
    from assistant.kinetics.readings import Reading

BODY_WEIGHT_KG = 70.0
"""Assumed when a dose is given per kg."""

_FIELDS = {"duration": "duration", "every": "every", "day": "time", "until": "until"}


def reschedule(
    lever: str, events: Sequence[Event], timing: Sequence[Item], out: Reading
) -> tuple[Event, ...]:
    """A lever's events at the times and sizes that the words give; unused pieces stay unused."""
    if lever == "split-dose":
        return _split(events, timing, out)
    days = [i for i in timing if i.amount is not None and i.amount.kind == "day"]
    if len(days) > 1:
        return _on_days(events, days, timing, out)
    main = events[-1]
    fields: dict[str, float] = {}
    once = False
    repeated = any(i.amount is not None and i.amount.kind in ("every", "cycle") for i in timing)
    for item in timing:
        amount = item.amount
        assert amount is not None
        if amount.kind in _FIELDS and _FIELDS[amount.kind] in fields:
            continue  # a second duration or period is no correction of the first: it is left over, and told
        if amount.kind == "cycle" and main.duration:
            fields["duration"], fields["every"] = amount.value, amount.value + amount.other
            out.assumed.append(
                f"'{item.text}' read as {lever} for {amount.value:g} days every {fields['every']:g} days"
            )
        elif amount.kind == "window" and main.duration:
            if repeated:
                # "Every two weeks from day 20 to day 120": when it begins and ends, not how long each is.
                fields["time"], fields["until"] = amount.value, amount.other
            else:
                fields["time"], fields["duration"] = amount.value, amount.other - amount.value
                once = True
        elif amount.kind in _FIELDS and (main.duration or amount.kind != "duration"):
            fields[_FIELDS[amount.kind]] = amount.value
        elif not _size(main, item, fields):
            continue
        out.used.append(item)
    if not fields:
        return ()
    _without_gap(lever, main, fields, out)
    if once:
        fields.setdefault("every", 0.0)
    return tuple(moved(e, main, fields) for e in events)


def _without_gap(lever: str, main: Event, fields: dict[str, float], out: Reading) -> None:
    """An antibody given every three weeks is there all along: its doses become one stretch."""
    period = fields.get("every", 0.0)
    if "until" in fields and main.duration and not main.every and not period:
        # What is given once and without a break ends on its last day.
        fields["duration"] = fields.pop("until") - fields.get("time", main.time)
    if main.every or not 0.0 < period <= main.duration or "duration" in fields:
        return
    begin = fields.setdefault("time", main.time)
    end = fields.pop("until", begin + main.duration)
    fields |= {"duration": end - begin, "every": 0.0}
    said = f"doses of {lever} every {period:g} days read as one stretch without a gap"
    out.assumed.append(f"{said}, day {begin:g} to day {end:g}")


def _on_days(
    events: Sequence[Event], days: Sequence[Item], timing: Sequence[Item], out: Reading
) -> tuple[Event, ...]:
    """The same once on each of several days; a count of them ("twice") is no size."""
    others = [
        i
        for i in timing
        if i not in days and not (i.amount and i.amount.kind == "fold" and i.amount.value == len(days))
    ]
    out.used += [*days, *(i for i in timing if i not in others and i not in days)]
    found: list[Event] = []
    for item in days:
        assert item.amount is not None
        shape = reschedule("", events, others, out) or tuple(events)
        found += [moved(e, shape[-1], {"time": item.amount.value, "every": 0.0}) for e in shape]
    return tuple(sorted(found, key=lambda e: e.time))


def _size(main: Event, item: Item, fields: dict[str, float]) -> bool:
    """The size of an event: cells or multiples of a dose, a share."""
    amount = item.amount
    assert amount is not None
    if main.kind == "dose" and amount.kind == "number" and amount.unit in ("cells", "cells/kg", ""):
        fields["cells"] = amount.value * (BODY_WEIGHT_KG if amount.unit == "cells/kg" else 1.0)
    elif main.kind == "dose" and amount.kind == "fold":
        fields["multiple"] = amount.value if amount.way != "down" else 1.0 / amount.value
    elif main.kind in ("rest", "induce", "deplete") and amount.kind == "percent":
        fields["share"] = amount.value
    else:
        return False
    return True


def moved(event: Event, main: Event, fields: dict[str, float]) -> Event:
    """One event of a lever after another schedule; helpers of the main event keep their distance.

    Arguments:
        main: the event of the lever whose time, duration and size the fields speak of.
        fields: time, duration, every, until (days), share, cells, multiple.
    """
    shift = fields.get("time", main.time) - main.time
    every = fields.get("every", event.every)
    duration = fields.get("duration", event.duration) if event.duration else 0.0
    if "every" not in fields and ("time" in fields or (every and duration >= every)):
        every = 0.0
    until = fields.get("until", event.until if "time" not in fields else math.inf)
    moved = replace(event, time=max(0.0, event.time + shift), duration=duration, every=every, until=until)
    if event.kind != main.kind:
        return moved
    if "share" in fields:
        moved = replace(moved, share=fields["share"])
    if "cells" in fields:
        moved = replace(moved, cells=fields["cells"])
    return replace(moved, multiple=fields["multiple"]) if "multiple" in fields else moved


def _split(events: Sequence[Event], timing: Sequence[Item], out: Reading) -> tuple[Event, ...]:
    """Equal parts of the dose: "split into three doses a week apart"."""
    parts, gap = 0, 0.0
    for item in timing:
        amount = item.amount
        assert amount is not None
        if amount.kind == "number" and amount.value in (2, 3, 4, 5, 6) and not amount.unit:
            parts = int(amount.value)
        elif amount.kind in ("every", "duration"):
            gap = amount.value
        else:
            continue
        out.used.append(item)
    if not parts and not gap:
        return ()
    parts, gap = parts or len(events), gap or 1.0
    out.assumed.append(f"{parts} equal parts {gap:g} days apart")
    return tuple(
        Event("dose", time=n * gap, multiple=1.0 / parts, because=events[0].because) for n in range(parts)
    )


def describe(event: Event) -> str:
    """An event in words, with units."""
    names = {
        "dose": "dose",
        "lymphodepletion": "lymphodepletion",
        "rest": "rest",
        "pulse": f"pulse on {event.parameter}",
        "induce": "forced senescence",
        "deplete": "removal of CAR-T cells",
    }
    text = names[event.kind]
    if event.kind == "dose":
        text += (
            f" of {event.cells:g} cells"
            if event.cells is not None
            else f" of {event.multiple:g} times the first dose"
        )
    if event.kind in ("rest", "induce", "deplete"):
        text += f" ({100 * event.share:g} %)"
    if event.kind == "pulse":
        text += (
            f" (x{event.times:g})"
            if event.times != 1.0
            else f" (+{event.add:g} {meanings()[event.parameter].unit})"
        )
    return text + timing(event)


def timing(event: Event) -> str:
    """When an event happens and how long it lasts, in words that follow its name."""
    text = ""
    if event.duration:
        text += f" for {event.duration:g} days"
    if event.every:
        text += f" every {event.every:g} days from day {event.time:g}"
        text += f" to day {event.until:g}" if math.isfinite(event.until) else ""
    else:
        text += f" on day {event.time:g}" if not event.duration else f" from day {event.time:g}"
    return text
