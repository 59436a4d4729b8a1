"""Time limits and cancellation for a reply that may never come.

Libraries block while they wait for the next piece, so they are read in a thread of their own; the reader
looks at the clock and at the cancel switch meanwhile. A thread left behind ends with its connection's own
time limit and holds nothing that an answer needs.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator, Sequence
from typing import Final

from assistant.models.chat import BrokenOff, Busy, Cancelled, ChatModel, Message, OutOfTime, Stopped, never

_LOOK: Final = 0.05
"""Seconds between two looks at the cancel switch."""
_PAUSES: Final = (0.5, 2.0)
"""Seconds before the second and third try; only failures that may pass are tried again."""


def listen(
    model: ChatModel,
    messages: Sequence[Message],
    *,
    seconds: float,
    cancelled: Cancelled = never,
    pauses: Sequence[float] = _PAUSES,
) -> Generator[str]:
    """The model's reply, piece by piece, within `seconds` from now.

    Arguments:
        model: who is asked.
        messages: the conversation.
        seconds: limit for the whole reply, retries included.
        cancelled: ends the reply when it returns True.
        pauses: waiting times before further tries, used only while nothing has been said.

    Raises:
        ModelUnavailable: it could not be reached, after the retries.
        OutOfTime: the limit passed.
        Stopped: the reader cancelled.
        BrokenOff: the reply broke off after it had begun.
    """
    deadline = time.monotonic() + seconds
    for pause in (*pauses, None):
        try:
            yield from _once(model, messages, deadline, seconds, cancelled)
            return
        except Busy:
            if pause is None or time.monotonic() + pause >= deadline:
                raise
            _sleep(pause, cancelled)


def _sleep(pause: float, cancelled: Cancelled) -> None:
    end = time.monotonic() + pause
    while time.monotonic() < end:
        if cancelled():
            raise Stopped("Cancelled.")
        time.sleep(min(_LOOK, pause))


def _once(
    model: ChatModel, messages: Sequence[Message], deadline: float, seconds: float, cancelled: Cancelled
) -> Generator[str]:
    pieces: queue.SimpleQueue[str | None | Exception] = queue.SimpleQueue()
    over = threading.Event()

    def read() -> None:
        try:
            for piece in model.stream(messages):
                if over.is_set():
                    return
                pieces.put(piece)
        except Exception as error:  # the border of the thread: the reader raises it on the other side
            pieces.put(error)
        else:
            pieces.put(None)

    threading.Thread(target=read, name=f"reply of {model.name}", daemon=True).start()
    said = False
    try:
        while True:
            piece = _next(pieces, deadline, seconds, cancelled, model.name)
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise _explained(piece, model.name, said)
            said = said or bool(piece)
            yield piece
    finally:
        over.set()


def _next(
    pieces: queue.SimpleQueue[str | None | Exception],
    deadline: float,
    seconds: float,
    cancelled: Cancelled,
    name: str,
) -> str | None | Exception:
    while True:
        if cancelled():
            raise Stopped("Cancelled.")
        left = deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime(
                f"{name} did not finish within {seconds:g} s.", hint="models.seconds sets the limit."
            )
        try:
            return pieces.get(timeout=min(_LOOK, left))
        except queue.Empty:
            continue


def _explained(error: Exception, name: str, said: bool) -> Exception:
    """A failure after the first piece is a break, whatever the library calls it."""
    if said and not isinstance(error, BrokenOff):
        return BrokenOff(f"The reply of {name} broke off ({type(error).__name__}).")
    return error
