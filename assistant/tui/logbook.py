"""The log file of the chat: where details go that a reader need not see, and that a report needs."""

from __future__ import annotations

import logging
from pathlib import Path

FILE_NAME = "senescope.log"
LOG = logging.getLogger("senescope.chat")
LIMIT = 1_000_000
"""Bytes after which the log begins anew; one older file is kept."""


def open_log(home: Path) -> Path | None:
    """Send the chat's log to the home folder; None when that cannot be written (the chat goes on)."""
    from logging.handlers import RotatingFileHandler

    path = home / FILE_NAME
    close_log()
    try:
        home.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LIMIT, backupCount=1, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOG.addHandler(handler)
        LOG.setLevel(logging.INFO)
        LOG.propagate = False
        LOG.info("chat opened")
    except OSError:
        close_log()
        return None
    return path


def close_log() -> None:
    """Close the log file."""
    for handler in list(LOG.handlers):
        LOG.removeHandler(handler)
        handler.close()


def tail(home: Path, lines: int = 400) -> str:
    """The end of the log, or a sentence saying that there is none."""
    try:
        text = (home / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"The log cannot be read: {error}"
    return "\n".join(text.splitlines()[-lines:]) or "The log is empty."
