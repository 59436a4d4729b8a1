"""Events: doses, lymphodepletion, rest windows, drug pulses; and the segments they cut time into.

Between two events the equations are smooth, so a run is a list of segments: each has a factor and an
offset per parameter, and jumps (cells infused, share made senescent, share removed) at its start.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from assistant.errors import InputError
from assistant.kinetics.equations import N_PARAMETERS, PARAMETERS, Vector

EventKind: TypeAlias = Literal["dose", "lymphodepletion", "rest", "pulse", "induce", "deplete"]
KINDS: tuple[EventKind, ...] = ("dose", "lymphodepletion", "rest", "pulse", "induce", "deplete")
MAX_SEGMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Event:
    """Something done to the patient or the culture at a time, or during a window."""

    kind: EventKind
    time: float = 0.0
    """Day of the first occurrence."""
    duration: float = 0.0
    """Length of a rest or pulse, days."""
    every: float = 0.0
    """Period of repetition, days; 0 means once."""
    until: float = math.inf
    """No occurrence starts on or after this day."""
    cells: float | None = None
    """dose: cells infused; None means `multiple` times the parameter `dose`."""
    multiple: float = 1.0
    share: float = 1.0
    """rest: share of signal blocked; induce: share made senescent; deplete: share removed."""
    parameter: str = ""
    """pulse: the parameter that changes for the window."""
    times: float = 1.0
    add: float = 0.0
    w0: float | None = None
    """lymphodepletion: share of normal T cells left; None keeps the parameter."""
    because: str = "user"
    """Lever or design id that brought it, or "user"."""

    def __post_init__(self) -> None:
        numbers = (self.time, self.duration, self.every, self.multiple, self.share, self.times, self.add)
        if any(math.isnan(x) for x in numbers) or math.isnan(self.until):
            raise InputError(f"{self.kind} event: a number is missing (NaN)", hint="give every time in days")
        if self.time < 0.0 or self.duration < 0.0 or self.every < 0.0:
            raise InputError(f"{self.kind} event at day {self.time:g}: times must not be negative")
        if self.cells is not None and not self.cells >= 0.0:
            raise InputError(f"dose of {self.cells:g} cells is negative", hint="give cells, e.g. 1e8")
        if self.multiple < 0.0:
            raise InputError(f"dose of {self.multiple:g} times the first is negative")
        if not 0.0 <= self.share <= 1.0:
            raise InputError(f"{self.kind} event: share {self.share:g} is not between 0 and 1")
        if self.kind in ("rest", "pulse") and self.duration == 0.0:
            raise InputError(f"{self.kind} event at day {self.time:g} lasts 0 days", hint="set duration")
        if self.every and self.duration >= self.every and self.kind in ("rest", "pulse"):
            raise InputError(
                f"{self.kind} of {self.duration:g} days every {self.every:g} days never ends",
                hint="make `every` longer than `duration`",
            )
        if self.kind == "pulse" and self.parameter not in PARAMETERS:
            raise InputError(f"pulse on unknown parameter {self.parameter!r}")
        if self.w0 is not None and not 0.0 < self.w0 <= 1.0:
            raise InputError(f"lymphodepletion leaves {self.w0:g} of normal T cells", hint="use 0 < w0 <= 1")

    def starts(self, days: float) -> Iterator[float]:
        """Days on which it starts, before the end of the run."""
        t, n = self.time, 0
        while t < min(days, self.until):
            yield t
            if not self.every:
                return
            n += 1
            t = self.time + n * self.every

    def to_json(self) -> dict[str, Any]:
        """Kind, time and the fields that matter for the kind."""
        out: dict[str, Any] = {"kind": self.kind, "time": self.time, "because": self.because}
        for name in ("duration", "every", "cells", "parameter", "w0"):
            value = getattr(self, name)
            if value:
                out[name] = value
        if self.kind == "dose" and self.cells is None:
            out["multiple"] = self.multiple
        if self.kind in ("rest", "induce", "deplete"):
            out["share"] = self.share
        if self.kind == "pulse":
            out["times"], out["add"] = self.times, self.add
        if math.isfinite(self.until):
            out["until"] = self.until
        return out


@dataclass(frozen=True, slots=True)
class Schedule:
    """Segments of a run, ready for the stepper."""

    bounds: Vector
    """Segment ends, from 0 to the last day."""
    factor: Vector
    offset: Vector
    jumps: Vector
    """Per segment start: cells infused, multiples of `dose`, share made senescent, share removed."""


def schedule(events: Sequence[Event], days: float) -> Schedule:
    """Cut 0..days at every start and end of an event.

    Day 28 is always a bound, because exposure over the first 28 days is measured there.
    """
    if not (math.isfinite(days) and days > 0.0):
        raise InputError(f"cannot simulate {days:g} days", hint="give a positive number of days")
    cuts = {0.0, float(days)}
    if days > 28.0:
        cuts.add(28.0)
    for event in events:
        for t in event.starts(days):
            cuts.add(t)
            if event.duration:
                cuts.add(min(t + event.duration, days))
            if len(cuts) > MAX_SEGMENTS:
                raise InputError(f"{event.kind} every {event.every:g} days makes too many events")
    bounds = np.array(sorted(cuts))
    # Two cuts closer than a microday are one: a segment that short has no meaning and no step size.
    bounds = bounds[np.concatenate(([True], np.diff(bounds) > 1e-6))]
    bounds[-1] = days
    n = len(bounds) - 1
    plan = Schedule(bounds, np.ones((n, N_PARAMETERS)), np.zeros((n, N_PARAMETERS)), np.zeros((n, 4)))
    for event in events:
        _enter(event, plan, days)
    return plan


def _enter(event: Event, plan: Schedule, days: float) -> None:
    begins = plan.bounds[:-1]
    for t in event.starts(days):
        at = int(np.argmin(np.abs(begins - t)))
        if event.kind == "dose":
            if event.cells is None:
                plan.jumps[at, 1] += event.multiple
            else:
                plan.jumps[at, 0] += event.cells
        elif event.kind in ("induce", "deplete"):
            slot = 2 if event.kind == "induce" else 3
            plan.jumps[at, slot] = 1.0 - (1.0 - plan.jumps[at, slot]) * (1.0 - event.share)
        elif event.kind == "lymphodepletion":
            plan.offset[at:, PARAMETERS.index("tLD")] = t
            if event.w0 is not None:
                plan.factor[at:, PARAMETERS.index("w0")] = 0.0
                plan.offset[at:, PARAMETERS.index("w0")] = event.w0
        else:
            inside = (begins > t - 1e-6) & (begins < t + event.duration - 1e-6)
            if event.kind == "rest":
                slot = PARAMETERS.index("rest")
                plan.offset[inside, slot] = np.maximum(plan.offset[inside, slot], event.share)
            else:
                slot = PARAMETERS.index(event.parameter)
                plan.factor[inside, slot] *= event.times
                plan.offset[inside, slot] += event.add
