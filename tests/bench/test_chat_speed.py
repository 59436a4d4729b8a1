"""How quick the chat is, against a bare Textual app in the same run: first frame, key echo, memory.

Run with `pytest tests/bench/test_chat_speed.py -n 0 --benchmark-enable -s`. The rival is the least that
Textual can show: one line, a text area and a footer. What Senescope adds to it is what is measured.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pty
import re
import select
import statistics
import struct
import sys
import termios
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.shell import command, surroundings
from tests.tui.driver import chat

pytestmark = pytest.mark.bench
ROUNDS = 7
KEYS = "senescence of cells"
BARE = """
from textual.app import App
from textual.widgets import Footer, Static, TextArea
class Bare(App):
    def compose(self):
        yield Static("Bare-app")
        yield TextArea()
        yield Footer()
    def on_mount(self):
        self.query_one(TextArea).focus()
Bare().run()
"""
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")


@pytest.fixture(autouse=True)
def _only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("benchmark_enable"):
        pytest.skip("measures speed: run with --benchmark-enable")


class Terminal:
    """A command in a pseudo-terminal of 120 by 40."""

    def __init__(self, arguments: Sequence[str | bytes], home: Path) -> None:
        environment = {**surroundings(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.began = time.perf_counter()
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.execvpe(arguments[0], list(arguments), environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.handle], [], [], seconds)
        return os.read(self.handle, 65536) if ready else b""

    def until(self, words: bytes, seconds: float = 120.0) -> float:
        """Seconds since the start until the words are on the screen."""
        seen = b""
        while words not in _ESCAPES.sub(b"", seen):
            assert time.perf_counter() - self.began < seconds, f"{words!r} never came: {seen[-800:]!r}"
            seen += self.read(0.2)
        return time.perf_counter() - self.began

    def drain(self) -> None:
        while self.read(0.05):
            continue

    def echo(self, key: str) -> float:
        """Seconds until a typed letter is on the screen."""
        began = time.perf_counter()
        os.write(self.handle, key.encode())
        seen = b""
        while key.encode() not in _ESCAPES.sub(b"", seen) and time.perf_counter() - began < 5.0:
            seen += self.read(0.5)
        return time.perf_counter() - began


@contextmanager
def terminal(arguments: Sequence[str | bytes], home: Path) -> Iterator[Terminal]:
    opened = Terminal(arguments, home)
    try:
        yield opened
    finally:
        os.kill(opened.pid, 9)
        os.waitpid(opened.pid, 0)
        os.close(opened.handle)


def bare() -> list[str | bytes]:
    return [sys.executable, "-c", BARE]


def test_the_first_frame_against_a_bare_textual_app(own_home: Path) -> None:
    """Rounds alternate, so that a busy moment of the machine meets both."""
    contenders = {"senescope": (command(), b"Senescope"), "bare Textual app": (bare(), b"Bare-app")}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, (arguments, words) in contenders.items():
            with terminal(arguments, own_home) as opened:
                took = opened.until(words)
            if turn:  # the first turn fills the file cache
                seconds[name].append(took)
    for name, times in seconds.items():
        median = statistics.median(times)
        sys.stderr.write(f"\n{name}: first frame median {median:.2f} s, best {min(times):.2f} s")
    ratio = min(seconds["senescope"]) / min(seconds["bare Textual app"])
    sys.stderr.write(f"\nsenescope / bare = {ratio:.2f}\n")
    assert ratio < 2.5


def test_a_key_echoes_while_two_hundred_draws_are_computed(own_home: Path) -> None:
    with terminal(bare(), own_home) as opened:
        opened.until(b"Bare-app")
        opened.drain()
        rival = [opened.echo(key) for key in KEYS]
    with terminal(command(), own_home) as opened:
        opened.until(b"papers")
        os.write(opened.handle, b"/whatif 4-1BB vs CD28\r")
        opened.until(b"Cmax", 180.0)  # compiled and warm from here on
        opened.drain()
        idle = [opened.echo(key) for key in KEYS]
        busy = []
        for _ in range(4):
            os.write(opened.handle, b"\x15/whatif 4-1BB vs CD28\r")
            busy += [opened.echo(key) for key in "senes"]
    medians = {"bare app, idle": rival, "senescope, idle": idle, "senescope, 200 draws": busy}
    for name, times in medians.items():
        sys.stderr.write(
            f"\n{name}: key echo median {1000 * statistics.median(times):.0f} ms, "
            f"worst {1000 * max(times):.0f} ms"
        )
    sys.stderr.write("\n")
    assert statistics.median(busy) < 12 * statistics.median(rival)


async def test_memory_stays_over_five_hundred_turns(tmp_path: Path) -> None:
    """Turn 100 has everything loaded and the screen full; what is held at turn 500 must be hardly more."""
    async with chat(tmp_path) as driver:
        held: dict[int, int] = {}
        tracemalloc.start()
        for turn in range(1, 501):
            await driver.ask(f"Question {turn}?")
            if turn in (100, 500):
                gc.collect()
                held[turn] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    sys.stderr.write(f"\nheld after 100 turns {held[100] / 1e6:.1f} MB, after 500 {held[500] / 1e6:.1f} MB\n")
    assert held[500] < 1.5 * held[100]
