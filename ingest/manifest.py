"""What was read before: the files and addresses, what was in them, and what became of each record.

An unchanged file costs a stat and a hash. It is read again when its bytes changed, when the readers did
(their own source text is hashed, so that nobody has to remember to raise a number), or when what came of
it was removed since.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Status = Literal["added", "updated", "unchanged", "removed", "skipped", "failed"]
GONE = "gone"
"""Instead of the readers' stamp: the file is not there any more, and what it alone held goes."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one record."""

    status: Status
    paper: str | None = None
    slot: str | None = None
    passages: int = 0
    reason: str | None = None
    place: str | None = None
    """Which record of its file: an identifier or a number; None in a file of one."""
    notes: tuple[str, ...] = ()
    """What the reader skipped or guessed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or address that was read."""

    path: str
    size: int
    sha256: str
    readers: str


class Manifest:
    """The manifest inside one catalog file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begun(self) -> bool:
        """Whether anything is in it."""
        return self._db.execute("SELECT 1 FROM files LIMIT 1").fetchone() is not None

    def entry(self, path: str) -> Entry | None:
        """What is known of a file or address."""
        row = self._db.execute(
            "SELECT path, size, sha256, readers FROM files WHERE path=?", (path,)
        ).fetchone()
        return None if row is None else Entry(*row)

    def records(self, path: str) -> list[Filed]:
        """What became of its records, in their order."""
        rows = self._db.execute(
            "SELECT status, paper, slot, passages, reason, place, notes FROM records WHERE path=?"
            " ORDER BY number",
            (path,),
        )
        return [Filed(a, b, c, d, e, f, tuple(json.loads(notes))) for a, b, c, d, e, f, notes in rows]

    def begin(self, path: str) -> None:
        """A file is about to be read anew: forget what is known of it."""
        self._db.execute("DELETE FROM files WHERE path=?", (path,))
        self._db.execute("INSERT INTO files VALUES (?,0,'','')", (path,))

    def add(self, path: str, number: int, filed: Filed) -> None:
        """Note what became of a record; part of the transaction that stored it."""
        self._db.execute(
            "INSERT OR REPLACE INTO records"
            " (path, number, place, status, paper, slot, passages, reason, notes)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (
                path, number, filed.place, filed.status, filed.paper, filed.slot, filed.passages,
                filed.reason, json.dumps(filed.notes),
            ),
        )  # fmt: skip

    def end(self, entry: Entry) -> None:
        """All records of a file are in: from now on it is known."""
        self._db.execute(
            "UPDATE files SET size=?, sha256=?, readers=? WHERE path=?",
            (entry.size, entry.sha256, entry.readers, entry.path),
        )

    def leave(self, path: str) -> None:
        """Note that a file is gone."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?,0,'',?)", (path, GONE))

    def under(self, folder: str) -> Iterator[str]:
        """The known files inside a folder."""
        begin = folder.rstrip("/\\") + "/"
        rows = self._db.execute(
            "SELECT path FROM files WHERE path>=? AND path<? AND readers<>? ORDER BY path",
            (begin, begin[:-1] + "0", GONE),  # "0" follows "/" in the order of characters
        ).fetchall()
        yield from (str(row[0]) for row in rows)

    def rivals(self, path: str) -> list[str]:
        """Other files that hold a paper which this one holds too."""
        rows = self._db.execute(
            "SELECT DISTINCT r.path FROM records r JOIN records o ON o.paper=r.paper AND o.slot=r.slot"
            " WHERE o.path=? AND r.path<>?",
            (path, path),
        )
        return [str(row[0]) for row in rows]


@cache
def readers_stamp() -> str:
    """Identity of everything that turns bytes into documents: a hash of the readers' own source."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    files = [folder / "chunking.py", folder / "drafting.py", folder / "identity.py"]
    for path in (*files, *sorted((folder / "readers").rglob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
