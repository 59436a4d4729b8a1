"""Progress in words: how far, how fast, how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.home import Progress

_QUIET = 10.0
"""Seconds between lines where the output is no terminal, so that a log shows that work goes on."""
_SOON = 3.0
"""Seconds of a stage before its speed is told: earlier it says nothing."""


class Meter:
    """Remembers when a stage began; one for a command."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._begun = self._told = 0.0
        self._first = 0

    def line(self, step: Progress) -> str:
        """One step in words: `reading 120/2,000, 35/s, 54 s left`."""
        now = self._clock()
        if step.stage != self._stage:
            self._stage, self._begun, self._told, self._first = step.stage, now, now, step.done
        if not step.done and not step.total:
            return step.stage
        part = f"{step.done:,}/{step.total:,}" if step.total else f"{step.done:,}"
        elapsed, done = now - self._begun, step.done - self._first
        if elapsed < _SOON or done <= 0:
            return f"{step.stage} {part}"
        rate = done / elapsed
        words = f"{step.stage} {part}, {rate:,.0f}/s" if rate >= 10 else f"{step.stage} {part}, {rate:.1f}/s"
        if step.total > step.done:
            words += f", {_span((step.total - step.done) / rate)} left"
        return words

    def due(self, step: Progress) -> bool:
        """Whether a log that is no terminal should get this step: the last one, and one now and then."""
        now = self._clock()
        last = step.total == 0 and step.done == 0 or 0 < step.total <= step.done
        if not last and now - self._told < _QUIET:
            return False
        self._told = now
        return True


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
