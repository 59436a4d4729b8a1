"""The installed command in a real terminal (tmux), and what a start costs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

tmux = shutil.which("tmux")


class Terminal:
    """A tmux server of its own with one window."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.socket = folder / "tmux"
        command = f"env SENESCOPE_HOME={home} {sys.executable} -m assistant"
        self.run("new-session", "-d", "-x", "80", "-y", "24", command)

    def run(self, *arguments: str) -> str:
        assert tmux is not None
        done = subprocess.run(
            [tmux, "-f", "/dev/null", "-S", str(self.socket), *arguments],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        return done.stdout

    def keys(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, condition: Callable[[str], bool], seconds: float = 30.0) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition(shown := self.screen()):
                return shown
            time.sleep(0.1)
        raise AssertionError(f"never came:\n{self.screen()}")


@pytest.fixture
def terminal(own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    if tmux is None:
        pytest.skip("tmux is not installed on this machine")
    opened = Terminal(tmp_path_factory.mktemp("t"), own_home)
    yield opened
    opened.run("kill-server")


def test_a_stranger_can_ask_follow_a_citation_and_come_back(terminal: Terminal) -> None:
    terminal.until(lambda shown: "papers" in shown and "Ask about" in shown)
    terminal.keys("-l", "Which costimulatory domain makes CAR-T cells more prone to senescence?")
    terminal.keys("Enter")
    terminal.until(lambda shown: "[1]" in shown and "4-1BB" in shown)
    terminal.keys("M-1")
    shown = terminal.until(lambda shown: "▌Evidence" in shown and "[1]" in shown)
    assert "Conversation F2" in shown
    terminal.keys("Escape")
    terminal.until(lambda shown: "▌Conversation" in shown)
    terminal.keys("-l", "What is the capital of France?")
    terminal.keys("Enter")
    terminal.until(lambda shown: "Not enough evidence" in shown)
    terminal.keys("C-o")
    terminal.until(lambda shown: "Sessions" in shown and "2 turns" in shown)
    terminal.keys("Escape")
    terminal.keys("C-q")
    terminal.until(lambda shown: "capital" not in shown, 10)
    assert "Traceback" not in terminal.screen()


def test_the_first_frame_needs_neither_numpy_nor_a_model() -> None:
    heavy = ("numpy", "onnxruntime", "torch", "chromadb", "langchain", "scipy", "numba", "sqlite3")
    code = f"import sys, assistant.tui.app; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_does_not_import_textual() -> None:
    code = "import sys, assistant.tui; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
