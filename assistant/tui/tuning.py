"""Tuning: the comparison wanted last in the what-if room, for the thread that computes it.

A slider asks faster than the model answers. Only the latest wish counts: a coarse run of it comes first,
and the full run once no newer wish came for a moment.
"""

from __future__ import annotations

import threading
from time import monotonic

from assistant.tui.levers import Request

COARSE = 16
"""Draws of the first picture: about 50 ms of two cores, and bands that are already of the right size."""
PAUSE = 0.25
"""Seconds without a newer wish before the full run begins."""


class Tuner:
    """One place for the latest wish; shared by the screen's thread and one worker."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._latest: Request | None = None
        self._taken = True
        self._working = False

    def want(self, request: Request) -> bool:
        """Replace the wish; True when a worker has to be started for it."""
        with self._changed:
            self._latest, self._taken = request, False
            self._changed.notify_all()
            start, self._working = not self._working, True
            return start

    def take(self) -> Request | None:
        """The wish to work on; None ends the worker."""
        with self._changed:
            if self._taken or self._latest is None:
                self._working = False
                return None
            self._taken = True
            return self._latest

    def current(self, request: Request) -> bool:
        """Whether no newer wish came."""
        with self._changed:
            return self._latest is request

    def rests(self, request: Request, seconds: float = PAUSE) -> bool:
        """Wait; True when no newer wish came meanwhile."""
        end = monotonic() + seconds
        with self._changed:
            while self._latest is request and (left := end - monotonic()) > 0:
                self._changed.wait(left)
            return self._latest is request

    def forget(self) -> None:
        """Nothing is wanted any more."""
        with self._changed:
            self._latest, self._taken = None, True
            self._changed.notify_all()
