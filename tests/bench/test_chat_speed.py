"""How quick the chat is: first frame, key echo under load, slider to picture, what 500 turns leave in memory.

One command prints all figures, with the machine's load beside them:

    pytest tests/bench/test_chat_speed.py -n 0 --benchmark-enable -s

The rival is the least that Textual can show, one line, a text area and a footer: under the same load it says
what the machine and Textual leave, and the rest is ours. Aims: first frame < 0.6 s, echo < 50 ms while an
answer streams, an ingest runs or 200 draws are computed, a new picture < 200 ms after a slider moved.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.models.chat import Message
from assistant.models.fake import fake
from tests.bench.chat_terminal import RARE, Terminal, terminal
from tests.cli.shell import SENESCENCE, command, surroundings
from tests.models.openai_server import Server
from tests.tui.driver import chat

pytestmark = pytest.mark.bench
ROUNDS = 7
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


@pytest.fixture(autouse=True)
def _only_when_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.config.getoption("benchmark_enable"):
        pytest.skip("measures speed: run with --benchmark-enable")
    yield
    say(f"load of the machine, {os.cpu_count()} cores: {os.getloadavg()[0]:.1f}")


def say(words: str) -> None:
    sys.stderr.write(f"\n{words}")


def told(name: str, seconds: Sequence[float]) -> float:
    """Print the spread of some times; returns the median."""
    ordered = sorted(1000 * s for s in seconds)
    most = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    median = statistics.median(ordered)
    spread = f"95 % under {most:.0f} ms, worst {ordered[-1]:.0f} ms, {len(ordered)} times"
    say(f"{name}: median {median:.0f} ms, {spread}")
    return median


def bare() -> list[str | bytes]:
    return [sys.executable, "-c", BARE]


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """As much load as the draws of a what-if, from outside."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


@contextmanager
def ingesting(home: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`senescope ingest` of many abstracts into the home that the chat has open."""
    folder.mkdir()
    for n in range(600):
        words = " ".join(
            f"Cells of donor {n} lost telomere length in cycle {i} of {n + i}." for i in range(12)
        )
        (folder / f"paper{n}.txt").write_text(f"Ageing of cultured cells, report {n}\n\n{words}\n")
    running = subprocess.Popen(
        command("ingest", str(folder), "--quiet"),
        env=surroundings(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def slow_parrot(messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Repeats the findings in pieces, for some seconds."""
    heard = [Message("system" if m["role"] == "system" else "user", m["content"]) for m in messages]
    for piece in fake("parrot").stream(heard):
        for word in piece.split(" "):
            time.sleep(0.06)
            yield f"{word} "


def opened(screen: Terminal) -> None:
    """Wait until the chat is ready and everything is warm."""
    screen.until(b"papers")
    screen.write("/whatif 4-1BB vs CD28\r")
    screen.until(b"Cmax", 180.0)
    screen.drain(1.0)


def test_the_first_frame_against_a_bare_textual_app(own_home: Path) -> None:
    """Rounds alternate, so that a busy moment of the machine meets both."""
    contenders = {"senescope": (command(), b"Senescope"), "bare Textual app": (bare(), b"Bare-app")}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, (arguments, words) in contenders.items():
            with terminal(arguments, own_home) as screen:
                took = screen.until(words)
            if turn:  # the first turn fills the file cache
                seconds[name].append(took)
    for name, times in seconds.items():
        told(f"{name}, first frame", times)
    ratio = min(seconds["senescope"]) / min(seconds["bare Textual app"])
    say(f"senescope / bare, best of {ROUNDS}: {ratio:.2f}")
    assert ratio < 2.5


def test_a_key_echoes_while_two_hundred_draws_are_computed(own_home: Path) -> None:
    with terminal(bare(), own_home) as screen:
        screen.until(b"Bare-app")
        screen.drain()
        told("bare app, idle: key echo", screen.echoes(RARE))
        with busy_processes(os.cpu_count() or 1):
            rival = told("bare app, all cores busy: key echo", screen.echoes(RARE[::-1]))
    with terminal(command(), own_home) as screen:
        opened(screen)
        for _ in range(12):  # a conversation that fills the screen, as after half an hour
            screen.write("/whatif 4-1BB vs CD28\r")
            screen.drain(0.5)
        told("senescope, idle: key echo", screen.echoes(RARE))
        busy: list[float] = []
        for turn in range(12):
            screen.write("\x15/whatif 4-1BB vs CD28\r")
            # From Enter until the curves are there and painted; each round begins a little later, so that
            # over all rounds every moment of a landing meets a key.
            time.sleep(0.008 * turn)
            busy += screen.echoes(RARE[:14], gap=0.05)
            screen.drain(0.5)
    assert told("senescope, 200 draws and their result: key echo", busy) < 12 * rival


def test_a_key_echoes_while_an_answer_streams(own_home: Path) -> None:
    with Server(slow_parrot) as server:
        names = {"SENESCOPE_MODEL": "server:local", "SENESCOPE_MODELS_URL": server.url}
        with terminal(command(), own_home, **names) as screen:
            opened(screen)
            idle = told("senescope, idle: key echo", screen.echoes(RARE))
            screen.write(f"\x15{SENESCENCE}\r")
            screen.until(b"writes over", 180.0)
            streaming = screen.echoes(RARE[::-1])
            assert server.requests, "the model was asked"
    assert told("senescope, an answer streams: key echo", streaming) < 12 * idle


def test_a_key_echoes_while_an_ingest_runs(own_home: Path, tmp_path: Path) -> None:
    with terminal(bare(), own_home) as other, terminal(command(), own_home) as screen:
        other.until(b"Bare-app")
        opened(screen)
        with ingesting(own_home, tmp_path / "papers") as running:
            time.sleep(6.0)
            rival = told("bare app, an ingest runs: key echo", other.echoes(RARE))
            ours = told("senescope, an ingest runs: key echo", screen.echoes(RARE))
            assert running.poll() is None, "the ingest still runs at the end of the measurement"
    assert ours < 12 * rival


def test_a_slider_leads_to_a_new_picture(own_home: Path) -> None:
    with terminal(command(), own_home) as screen:
        opened(screen)
        screen.write("\x1bOS")  # F4
        screen.drain(1.0)
        steps = []
        for _ in range(10):
            steps.append(screen.picture("\x1b[D"))
            screen.drain(1.2)
        gaps = screen.pictures("\x1b[C", seconds=2.0) + screen.pictures("\x1b[D", seconds=2.0)
    told("slider held down, 30 steps a second: from one picture to the next", gaps)
    assert told("slider, one step at a time: the coarse picture", steps) < 5000


async def test_memory_stays_over_five_hundred_turns(tmp_path: Path) -> None:
    """At turn 100 the screen is full and everything loaded; turn 500 must hold hardly more.

    Every fifth turn is an answer with its cards, the others are refusals, which lay out faster.
    """
    counted: dict[int, tuple[int, float]] = {}
    async with chat(tmp_path) as driver:
        began = time.perf_counter()
        for turn in range(1, 501):
            await driver.ask(f"Question {turn}?" if turn % 5 == 0 else f"Zinc {turn}?")
            if turn in (100, 500):
                gc.collect()
                counted[turn] = len(gc.get_objects()), resident()
        took = time.perf_counter() - began
    for turn, (objects, megabytes) in counted.items():
        say(f"after {turn} turns: {objects:,} objects, {megabytes:.0f} MB resident")
    say(f"500 turns in {took:.0f} s")
    assert counted[500][0] < 1.1 * counted[100][0]
    assert counted[500][1] < 1.25 * counted[100][1]


def resident() -> float:
    """Memory of this process in MB, as the system counts it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
