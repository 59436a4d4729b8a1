"""The garbage collector, kept away from the keyboard.

A full collection looks at every object alive while it holds the interpreter lock: 50 to 100 ms with a long
conversation, and Python starts one when many objects are made, which is just when an answer is painted and
somebody types on. Here the young generations are collected as always (2 ms), and the full round waits
until no key came for a moment.
"""

from __future__ import annotations

import gc
from time import monotonic

QUIET = 1.5
"""Seconds without a key after which a full round may begin."""
DUE = 10
"""Rounds over the middle generation after which a full one is due, as in Python's own setting."""
OVERDUE = 80
"""Rounds after which it begins under somebody's fingers: memory has an end too."""


class Collector:
    """When to collect; one for a running app."""

    def __init__(self) -> None:
        self._key = 0.0
        self._before = gc.get_threshold()

    def begin(self) -> None:
        """Collect young objects from now on, and old ones on `tidy`."""
        young, middle, _ = self._before
        gc.set_threshold(young, middle, 1_000_000)
        gc.enable()

    def pressed(self) -> None:
        """A key came."""
        self._key = monotonic()

    def tidy(self) -> bool:
        """Collect everything if that is due and nobody types; True when it was done."""
        rounds = gc.get_count()[2]
        if rounds < DUE or (monotonic() - self._key < QUIET and rounds < OVERDUE):
            return False
        gc.collect()
        return True

    def spare(self) -> None:
        """Take everything that is loaded out of the rounds for good.

        Index, libraries and the compiled model are a million objects that stay.
        """
        gc.freeze()

    def end(self) -> None:
        """Whoever ran the app goes on with an ordinary collector."""
        gc.set_threshold(*self._before)
        gc.unfreeze()
