"""Replies kept on disk with what the server named them by (ETag, Last-Modified), to be asked again cheaply.

A reply without such a name is not kept: there would be no way to know that it is still true. Keys and
addresses of the user never reach the disk; the name of an entry is a hash of the address without them.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MOST_BYTES = 256 * 1024 * 1024
"""Of all entries together; the ones used longest ago go first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it was kept."""

    body: bytes
    etag: str | None
    modified: str | None

    @property
    def conditions(self) -> dict[str, str]:
        """The request headers that ask whether it is still true."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {header: value for header, value in named.items() if value}


class ReplyCache:
    """A folder of replies; one that cannot be read or written is no error, only no help."""

    def __init__(self, folder: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def get(self, address: str) -> Kept | None:
        """What was kept for an address, None when there is nothing sound."""
        path = self._path(address)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            facts = json.loads(head)
        except (OSError, ValueError):
            return None
        if not isinstance(facts, dict) or facts.get("sha256") != hashlib.sha256(body).hexdigest():
            return None  # cut short by a crash or a full disk
        return Kept(body, facts.get("etag"), facts.get("modified"))

    def put(self, address: str, body: bytes, *, etag: str | None, modified: str | None) -> bool:
        """Keep a reply; False when it has no name to ask by, or the disk does not take it."""
        if not (etag or modified):
            return False
        facts = {"etag": etag, "modified": modified, "sha256": hashlib.sha256(body).hexdigest()}
        path = self._path(address)
        draft = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(json.dumps(facts).encode() + b"\n" + body)
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            return False
        self._prune(keep=path)
        return True

    def used(self, address: str) -> None:
        """Note that an entry was used, so that others go before it."""
        path = self._path(address)
        if path.exists():
            path.touch()

    def _path(self, address: str) -> Path:
        return self._folder / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.reply"

    def _prune(self, *, keep: Path) -> None:
        entries = [(path.stat(), path) for path in self._folder.glob("*.reply")]
        total = sum(stat.st_size for stat, _ in entries)
        for stat, path in sorted(entries, key=lambda entry: entry[0].st_mtime):
            if total <= self._most_bytes:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                total -= stat.st_size
