"""The installed command in a real terminal (tmux), and what a start costs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import CHECKOUT, SENESCENCE
from tests.models.openai_server import Server

tmux = shutil.which("tmux")


class Terminal:
    """A tmux server of its own with one window, in which the command was started."""

    def __init__(self, folder: Path, home: Path, *arguments: str, **environment: str) -> None:
        self.socket = folder / "tmux"
        names = {"SENESCOPE_HOME": str(home), "PYTHONPATH": str(CHECKOUT), **environment}
        given = " ".join(f"{name}={value}" for name, value in names.items())
        command = f"exec env -u COLUMNS -u LINES {given} {sys.executable} -m assistant {' '.join(arguments)}"
        self.run("new-session", "-d", "-x", "80", "-y", "24", "-c", str(folder), command)

    def run(self, *arguments: str) -> str:
        assert tmux is not None
        done = subprocess.run(
            [tmux, "-f", "/dev/null", "-S", str(self.socket), *arguments],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        return done.stdout

    def keys(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def type(self, text: str) -> None:
        self.keys("-l", text)
        self.keys("Enter")

    def scroll_up_to(self, words: str) -> None:
        """Page by page, for as long as the answers above are still being laid out."""
        for _ in range(100):
            if words in self.screen():
                return
            self.keys("PageUp")
            time.sleep(0.1)
        raise AssertionError(f"{words!r} never came:\n{self.screen()}")

    def resize(self, columns: int, rows: int) -> None:
        self.run("resize-window", "-x", str(columns), "-y", str(rows))

    def kill(self) -> None:
        """As when the machine loses its power: no signal that could be caught."""
        os.kill(int(self.run("display", "-p", "#{pane_pid}")), signal.SIGKILL)

    def close(self) -> None:
        self.run("kill-server")

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, condition: Callable[[str], bool], seconds: float = 30.0) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition(shown := self.screen()):
                return shown
            time.sleep(0.1)
        raise AssertionError(f"never came:\n{self.screen()}")


Opener = Callable[..., Terminal]


@pytest.fixture
def opened(own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Opens terminals on one home folder, one after another."""
    if tmux is None:
        pytest.skip("tmux is not installed on this machine")
    folder = tmp_path_factory.mktemp("t")
    terminals: list[Terminal] = []

    def build(*arguments: str, **environment: str) -> Terminal:
        terminals.append(Terminal(folder, own_home, *arguments, **environment))
        return terminals[-1]

    yield build
    terminals[-1].close()


def ready(shown: str) -> bool:
    return "papers" in shown and "Ask about" in shown


def test_a_stranger_asks_reads_a_quote_tunes_a_what_if_and_exports(opened: Opener) -> None:
    terminal = opened()
    terminal.until(ready)
    terminal.type(SENESCENCE)
    terminal.until(lambda shown: "[1]" in shown and "4-1BB" in shown)
    terminal.keys("M-1")
    shown = terminal.until(lambda shown: "▌Evidence" in shown and "[1]" in shown and "❝" in shown)
    assert "Conversation F2" in shown and " F1 Help  esc Chat " in shown
    terminal.keys("Escape")
    terminal.until(lambda shown: "▌Conversation" in shown)
    terminal.type("What is the capital of France?")
    terminal.until(lambda shown: "Not enough evidence" in shown)
    terminal.type("4-1BB vs CD28 at tenfold lower antigen density")
    terminal.until(lambda shown: "A 4-1BB-zeta CAR" in shown, 180)
    terminal.keys("F4")
    terminal.until(lambda shown: "←→ Change" in shown and "┤" in shown)
    terminal.keys("Right")
    terminal.until(lambda shown: "✎ 1.19e8" in shown)
    terminal.keys("Escape")
    terminal.type("/export walk.md")
    terminal.until(lambda shown: "3 turns written to" in shown.replace("\n", ""))
    text = (terminal.socket.parent / "walk.md").read_text()
    assert SENESCENCE in text and "capital of France" in text and "antigen density" in text
    terminal.keys("C-q")
    terminal.until(lambda shown: "capital" not in shown, 10)
    terminal = opened()
    terminal.until(ready)
    terminal.keys("C-o")
    shown = terminal.until(lambda shown: "Sessions" in shown and "3 turns" in shown)
    assert "today" in shown
    terminal.keys("-l", "France")
    terminal.until(lambda shown: "today" in shown and "capital of" in shown and "3 turns" not in shown)
    terminal.keys("Enter")
    # The last turn, from its question down.
    shown = terminal.until(lambda shown: "❯ 4-1BB vs CD28 at tenfold" in shown)
    assert "Traceback" not in shown


def test_nothing_is_lost_when_the_terminal_dies_while_an_answer_is_written(opened: Opener) -> None:
    with Server(slowly) as server:
        terminal = opened(SENESCOPE_MODEL="server:local", SENESCOPE_MODELS_URL=server.url)
        terminal.until(ready)
        terminal.type("Does rest reverse exhaustion of CAR-T cells?")
        terminal.until(lambda shown: "writes over" in shown)
        terminal.type("And with dasatinib?")
        terminal.until(lambda shown: "❯ And with dasatinib?" in shown)
        terminal.kill()
    terminal.close()
    terminal = opened("-c")
    shown = terminal.until(lambda shown: ready(shown) and "The chat ended before an answer came." in shown)
    assert "❯ And with dasatinib?" in shown
    # Both turns are there, and the first with the quotes that were found before the end.
    terminal.scroll_up_to("Weber EW et al.")
    terminal.scroll_up_to("❯ Does rest reverse exhaustion of CAR-T cells?")


def slowly(messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A model that begins and does not come to an end."""
    yield "Rest "
    for _ in range(600):
        time.sleep(0.1)
        yield "and "


def test_a_resize_in_each_room_keeps_the_place_and_breaks_nothing(opened: Opener) -> None:
    terminal = opened()
    terminal.until(ready)
    terminal.type(SENESCENCE)
    terminal.until(lambda shown: "[1]" in shown and "4-1BB" in shown)
    for key, room, there in (("F2", "▌Conversation", "❯"), ("F3", "▌Evidence", "❝"), ("F4", "▌What-if", "┤")):
        terminal.keys(key)
        terminal.until(lambda shown, room=room, there=there: room in shown and there in shown, 180)  # type: ignore[misc]
        for columns, rows in ((200, 60), (40, 12), (80, 24)):
            terminal.resize(columns, rows)
            terminal.until(
                lambda shown, columns=columns, rows=rows: (  # type: ignore[misc]
                    len(lines := shown.rstrip("\n").split("\n")) == rows
                    and max(map(len, lines)) <= columns
                    and " F1 Help " in lines[-1]
                )
            )
        # What was there before the resize may still be on its way from the screen.
        shown = terminal.until(lambda shown, room=room, there=there: room in shown and there in shown)  # type: ignore[misc]
        assert "Traceback" not in shown and room in shown


def test_the_first_frame_needs_neither_numpy_nor_a_model() -> None:
    heavy = ("numpy", "onnxruntime", "torch", "chromadb", "langchain", "scipy", "numba", "sqlite3")
    code = f"import sys, assistant.tui.app; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_does_not_import_textual() -> None:
    code = "import sys, assistant.tui; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
