"""Where conversations are kept: `sessions.sqlite` in the home folder, in WAL mode.

A turn is committed as *pending* before the answer is worked out and completed afterwards, so a
terminal that dies in between loses the answer but never the question. A file that SQLite cannot read
is set aside under another name, never deleted, and the error says where it went.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import EnvironmentFault, InputError
from assistant.sessions.turns import Json, Match, Session, Turn, TurnKind, searchable, title_of

FILE_NAME = "sessions.sqlite"
SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL
) STRICT;
CREATE TABLE turns (
  id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  n INTEGER NOT NULL, question TEXT NOT NULL, resolved TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL,
  payload TEXT, asked_at TEXT NOT NULL, seconds REAL NOT NULL DEFAULT 0, UNIQUE (session, n)
) STRICT;
CREATE VIRTUAL TABLE turns_text USING fts5 (question, answer, tokenize = 'porter unicode61');
"""
_TURN = "turns.id, turns.session, n, turns.question, resolved, kind, payload, asked_at, seconds"
_SESSION = (
    "sessions.id, title, created, updated, (SELECT count(*) FROM turns t WHERE t.session = sessions.id), "
    "coalesce((SELECT question FROM turns t WHERE t.session = sessions.id ORDER BY n DESC LIMIT 1), '')"
)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: in ASCII order, so that ids sort by time, and without look-alike letters."""


class SessionStore:
    """The history; not thread-safe, one connection per instance."""

    usable = True
    """False once the file was found damaged and set aside."""

    def __init__(self, path: Path, connection: sqlite3.Connection, now: Callable[[], datetime]) -> None:
        self.path = path
        self._db = connection
        self._now = now

    @classmethod
    def open(cls, home: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> SessionStore:
        """Open or create the history of `home`.

        Raises:
            EnvironmentFault: the folder cannot be written, or the file is damaged (and was set aside).
        """
        path = home / FILE_NAME
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(home, error) from error
        try:
            connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise _unwritable(home, error) from error
        store = cls(path, connection, now)
        with store._guard():
            store._prepare()
        return store

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            self._db.close()
            raise EnvironmentFault(
                f"{self.path} was written by a newer Senescope (format {version}, this one reads "
                f"{SCHEMA_VERSION}).",
                hint="Update Senescope, or use another home folder with --home.",
            )
        if version == 0:
            self._db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")

    def close(self) -> None:
        """Close the file; open turns stay pending."""
        self._db.close()

    # ── writing ────────────────────────────────────────────────────────────────────────────────────

    def create(self, title: str = "") -> Session:
        """A new, empty session."""
        moment = self._now()
        stamp = _iso(moment)
        with self._write():
            name = self._free_id(moment)
            self._db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (name, title, stamp, stamp))
        return Session(name, title, stamp, stamp)

    def begin(self, session: str, question: str) -> int:
        """Write a question as pending, before it is answered; returns the turn to complete."""
        stamp = _iso(self._now())
        question = question.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is no UTF-8
        with self._write():
            n = self._db.execute(
                "SELECT coalesce(max(n), 0) + 1 FROM turns WHERE session = ?", (session,)
            ).fetchone()[0]
            cursor = self._db.execute(
                "INSERT INTO turns (session, n, question, kind, asked_at) VALUES (?, ?, ?, 'pending', ?)",
                (session, n, question, stamp),
            )
            turn = int(cursor.lastrowid or 0)
            self._db.execute(
                "INSERT INTO turns_text (rowid, question, answer) VALUES (?, ?, '')", (turn, question)
            )
            self._db.execute(
                "UPDATE sessions SET updated = ?, title = CASE title WHEN '' THEN ? ELSE title END "
                "WHERE id = ?",
                (stamp, title_of(question), session),
            )
        return turn

    def finish(
        self, turn: int, kind: TurnKind, payload: Json | None, *, resolved: str = "", seconds: float = 0.0
    ) -> None:
        """Complete a pending turn with what came of it, in one transaction."""
        text = None if payload is None else json.dumps(payload, ensure_ascii=False)
        with self._write():
            self._db.execute(
                "UPDATE turns SET kind = ?, payload = ?, resolved = ?, seconds = ? WHERE id = ?",
                (kind, text, resolved, seconds, turn),
            )
            self._db.execute(
                "UPDATE turns_text SET answer = ? WHERE rowid = ?", (searchable(kind, payload), turn)
            )
            self._db.execute(
                "UPDATE sessions SET updated = ? WHERE id = (SELECT session FROM turns WHERE id = ?)",
                (_iso(self._now()), turn),
            )

    def rename(self, name: str, title: str) -> Session:
        """Give a session another title."""
        session = self.get(name)
        with self._write():
            self._db.execute("UPDATE sessions SET title = ? WHERE id = ?", (title_of(title), session.id))
        return self.get(session.id)

    def remove(self, name: str) -> Session:
        """Delete a session with its turns; returns what was removed."""
        session = self.get(name)
        with self._write():
            self._db.execute(
                "DELETE FROM turns_text WHERE rowid IN (SELECT id FROM turns WHERE session = ?)",
                (session.id,),
            )
            self._db.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
        return session

    # ── reading ────────────────────────────────────────────────────────────────────────────────────

    def recent(self, limit: int | None = None) -> tuple[Session, ...]:
        """Sessions, the one used last first."""
        with self._guard():
            rows = self._db.execute(
                f"SELECT {_SESSION} FROM sessions ORDER BY updated DESC, id DESC LIMIT ?",
                (-1 if limit is None else limit,),
            ).fetchall()
        return tuple(Session(*row) for row in rows)

    def get(self, name: str) -> Session:
        """The session with that id, an unambiguous beginning of one, or `latest`.

        Raises:
            InputError: none or several fit.
        """
        if name == "latest":
            found = self.recent(1)
        else:
            pattern = name.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
            with self._guard():
                rows = self._db.execute(
                    rf"SELECT {_SESSION} FROM sessions WHERE id LIKE ? ESCAPE '\' ORDER BY id", (pattern,)
                ).fetchall()
            found = tuple(Session(*row) for row in rows)
        if len(found) == 1:
            return found[0]
        exact = [session for session in found if session.id == name]
        if exact:
            return exact[0]
        if found:
            some = ", ".join(session.id for session in found[:5])
            raise InputError(f"{name!r} fits {len(found)} sessions: {some}", hint="Give more of the id.")
        raise InputError(f"No session {name!r}.", hint="`senescope sessions list` shows the ids.")

    def turns(self, session: str, *, last: int | None = None, before: int | None = None) -> tuple[Turn, ...]:
        """The turns of a session in order.

        Arguments:
            last: the latest so many of them; decoding hundreds of answers takes a good part of a second.
            before: of those that came before the turn with this id.
        """
        with self._guard():
            rows = self._db.execute(
                f"SELECT {_TURN} FROM turns WHERE session = ? AND (? IS NULL OR id < ?) "
                "ORDER BY n DESC LIMIT ?",
                (session, before, before, -1 if last is None else last),
            ).fetchall()
        return tuple(_turn(row) for row in reversed(rows))

    def holds_run(self, session: str, run: str) -> bool:
        """Whether a turn of the session is the what-if run with this id."""
        with self._guard():
            found = self._db.execute(
                "SELECT 1 FROM turns WHERE session = ? AND kind = 'whatif' AND instr(payload, ?) > 0 "
                "AND json_extract(payload, '$.run.id') = ? LIMIT 1",
                (session, run, run),
            ).fetchone()
        return found is not None

    def search(self, query: str, limit: int = 20) -> tuple[Match, ...]:
        """Turns whose question or answer holds every word of `query` (the last may be a beginning)."""
        words = [word for word in query.split() if any(c.isalnum() for c in word)]
        if not words:
            raise InputError("The search is empty.", hint="Give a word that was in a question or answer.")
        quoted = ['"' + word.replace('"', '""') + '"' for word in words]
        quoted[-1] += "*"
        with self._guard():
            rows = self._db.execute(
                f"SELECT {_SESSION}, snippet(turns_text, -1, '«', '»', ' … ', 16), {_TURN} "
                "FROM turns_text JOIN turns ON turns.id = turns_text.rowid "
                "JOIN sessions ON sessions.id = turns.session "
                "WHERE turns_text MATCH ? ORDER BY rank, asked_at DESC LIMIT ?",
                (" ".join(quoted), limit),
            ).fetchall()
        return tuple(Match(Session(*row[:6]), _turn(row[7:]), row[6]) for row in rows)

    def questions(self, limit: int = 200) -> tuple[str, ...]:
        """The latest different questions, oldest first: the input history of the chat."""
        with self._guard():
            rows = self._db.execute(
                "SELECT question, max(id) AS last FROM turns GROUP BY question ORDER BY last DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(row[0] for row in reversed(rows))

    # ── inside ─────────────────────────────────────────────────────────────────────────────────────

    def _free_id(self, moment: datetime) -> str:
        second = moment.hour * 3600 + moment.minute * 60 + moment.second
        for step in range(86_400):
            name = f"{moment:%y%m%d}-{_base32(second + step)}"
            if not self._db.execute("SELECT 1 FROM sessions WHERE id = ?", (name,)).fetchone():
                return name
        raise EnvironmentFault("No free session id is left for today.", hint="Continue a session instead.")

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._guard():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Translate SQLite's errors; a damaged file is set aside, never deleted."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise EnvironmentFault(
                f"The history {self.path} cannot be used: {error}.",
                hint="Check free space and permissions, and that no other program holds the file.",
            ) from error
        except sqlite3.IntegrityError as error:
            raise EnvironmentFault(
                "This session is no longer in the history; another program has removed it.",
                hint="Begin a new session.",
            ) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a defect of ours: "malformed" and "not a database" come as the base class
            self._db.close()
            self.usable = False
            kept = self._set_aside()
            raise EnvironmentFault(
                f"The history {self.path} is damaged ({error}); it was kept as {kept.name!r}.",
                hint="Start again for an empty history; `sqlite3 FILE .recover` may save the old one.",
            ) from error

    def _set_aside(self) -> Path:
        stamp = f"{self._now():%Y%m%dT%H%M%S}"
        kept = self.path.with_name(f"sessions.damaged-{stamp}.sqlite")
        count = 1
        while kept.exists():
            count += 1
            kept = self.path.with_name(f"sessions.damaged-{stamp}-{count}.sqlite")
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
        return kept


def _turn(row: tuple[Any, ...]) -> Turn:
    number, session, n, question, resolved, kind, payload, asked_at, seconds = row
    data = None if payload is None else json.loads(payload)
    return Turn(number, session, n, question, resolved, kind, data, asked_at, seconds)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _base32(number: int) -> str:
    digits = ""
    for _ in range(4):
        number, rest = divmod(number, 32)
        digits = _ALPHABET[rest] + digits
    return digits


def _unwritable(home: Path, error: Exception) -> EnvironmentFault:
    return EnvironmentFault(
        f"The home folder {str(home)!r} cannot be used for the history: {error}.",
        hint="Choose a writable folder with --home or SENESCOPE_HOME.",
    )
