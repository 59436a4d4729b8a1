"""Copying through the terminal (OSC 52), with a message that claims no more than is known.

A terminal does not answer whether it took the text, and many have the feature switched off. Inside tmux
the sequence has to be wrapped to reach the outer terminal. A plain file is always written as well, so
that the text can be had when the terminal did not take it.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

LIMIT = 74_994
"""Bytes that xterm-like terminals accept in one OSC 52 sequence (100,000 base64 characters)."""
FILE_NAME = "copied.txt"


def sequence(text: str, *, tmux: bool) -> str:
    """The escape sequence that asks the terminal to take `text` into its clipboard."""
    coded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    plain = f"\x1b]52;c;{coded}\x07"
    if not tmux:
        return plain
    # tmux takes the plain form itself when set-clipboard is on, and passes the wrapped one through
    # when allow-passthrough is on: either may be what the user has.
    return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def copy(text: str, what: str, write: Callable[[str], None] | None, home: Path) -> str:
    """Ask the terminal to copy, keep a file, and return the sentence to show."""
    kept = _keep(text, home)
    where = f"; also in {kept}" if kept is not None else ""
    size = len(text.encode("utf-8", "replace"))
    if write is None:
        return f"{what}: no terminal to copy to{where}."
    if size > LIMIT:
        return f"{what} is too long for the terminal's clipboard ({size:,} bytes){where}."
    write(sequence(text, tmux=bool(os.environ.get("TMUX"))))
    return f"{what}: sent to the terminal's clipboard ({size:,} bytes){where}."


def _keep(text: str, home: Path) -> Path | None:
    path = home / FILE_NAME
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError:
        return None
    return path
