"""A command in a pseudo-terminal, and how long it takes to show what it was told."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cli.shell import surroundings

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")
_BRAILLE = re.compile("[\u2801-\u28ff]")
RARE = "жщцшчъыэюяфдгйлпбвкмтнз"
"""Letters that no answer holds: one of them on the screen is the key that was just pressed."""


class Terminal:
    """A command in a pseudo-terminal of 120 by 40."""

    def __init__(self, arguments: Sequence[str | bytes], home: Path, **environment: str) -> None:
        environment = {
            **surroundings(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **environment,
        }
        self.began = time.perf_counter()
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.execvpe(arguments[0], list(arguments), environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.handle], [], [], seconds)
        return os.read(self.handle, 65536) if ready else b""

    def write(self, keys: str) -> None:
        os.write(self.handle, keys.encode())

    def until(self, words: bytes, seconds: float = 120.0) -> float:
        """Seconds since the start until the words are painted."""
        seen = b""
        while words not in _ESCAPES.sub(b"", seen):
            assert time.perf_counter() - self.began < seconds, f"{words!r} never came: {seen[-800:]!r}"
            seen += self.read(0.2)
        return time.perf_counter() - self.began

    def drain(self, quiet: float = 0.3, most: float = 20.0) -> None:
        """Read until nothing came for a moment."""
        end = time.perf_counter() + most
        while self.read(quiet) and time.perf_counter() < end:
            continue

    def echo(self, key: str) -> float:
        """Seconds until a typed letter is painted."""
        return self._shown(key, lambda text: key in text)

    def picture(self, key: str) -> float:
        """Seconds until a key has led to a new picture in braille dots."""
        return self._shown(key, lambda text: _BRAILLE.search(text) is not None)

    def pictures(self, key: str, seconds: float, every: float = 1 / 30) -> list[float]:
        """A key held down: the seconds from one new picture to the next."""
        began = last = time.perf_counter()
        pressed, gaps = began, []
        while (now := time.perf_counter()) - began < seconds:
            if now >= pressed:
                self.write(key)
                pressed += every
            if _BRAILLE.search(_ESCAPES.sub(b"", self.read(0.005)).decode("utf-8", "ignore")):
                now = time.perf_counter()
                if now - last > 0.02:  # else one picture that came in two pieces
                    gaps.append(now - last)
                last = now
        return gaps

    def echoes(self, letters: str, gap: float = 0.08) -> list[float]:
        """The echo of each letter; what comes between the keys is read and forgotten."""
        found = []
        for letter in letters:
            found.append(self.echo(letter))
            end = time.perf_counter() + gap
            while (left := end - time.perf_counter()) > 0:
                self.read(left)
        return found

    def _shown(self, key: str, met: Callable[[str], bool]) -> float:
        began = time.perf_counter()
        self.write(key)
        seen = b""
        while time.perf_counter() - began < 10.0:
            seen += self.read(0.5)
            if met(_ESCAPES.sub(b"", seen).decode("utf-8", "ignore")):
                break
        return time.perf_counter() - began


@contextmanager
def terminal(arguments: Sequence[str | bytes], home: Path, **environment: str) -> Iterator[Terminal]:
    """An open terminal; the command is killed at the end."""
    opened = Terminal(arguments, home, **environment)
    try:
        yield opened
    finally:
        os.kill(opened.pid, 9)
        os.waitpid(opened.pid, 0)
        os.close(opened.handle)
