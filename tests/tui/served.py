"""A chat served by the real command, and a client that speaks the page's own protocol."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import aiohttp

from tests.cli.shell import command, surroundings

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|.)")


@contextmanager
def served(home: Path, *arguments: str) -> Iterator[str]:
    """The address that `senescope serve` prints, for as long as it runs."""
    process = subprocess.Popen(
        command("serve", "--port", "0", *arguments),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=surroundings(home),
    )  # fmt: skip
    lines: Queue[str] = Queue()
    assert process.stderr is not None
    reader = threading.Thread(target=_drain, args=(process.stderr, lines), daemon=True)
    reader.start()
    try:
        yield _address(lines)
    finally:
        process.terminate()
        process.wait(30)
        reader.join(5)
        process.stderr.close()


def _drain(stream: IO[str], lines: Queue[str]) -> None:
    for line in stream:
        lines.put(line)


def _address(lines: Queue[str]) -> str:
    said = ""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            said += lines.get(timeout=1)
        except Empty:
            continue
        found = re.search(r"http://\S+", said)
        if found:
            return found.group().rstrip("/") if "?" not in found.group() else found.group()
    raise AssertionError(f"no address: {said}")


class Tab:
    """What a browser's page does, without a browser: keys go in, the screen's text comes out."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.seen = ""

    async def keys(self, text: str) -> None:
        await self._socket.send_json(["stdin", text])

    async def until(self, words: str, seconds: float = 90.0) -> None:
        """Wait for words among what was painted since the last call."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            if time.monotonic() > end:
                raise AssertionError(f"{words!r} never came: {self.seen[-2000:]}")
            try:
                message = await self._socket.receive(timeout=5)
            except TimeoutError:
                continue
            assert message.type is aiohttp.WSMsgType.BINARY, f"{message}: {self.seen[-500:]}"
            self.seen += _ESCAPES.sub("", message.data.decode("utf-8", "replace"))
        self.seen = ""
