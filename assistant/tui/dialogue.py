"""The state of a conversation without its screen: session, history, filters, and the turns in work.

A question is written down before it is answered. When the history cannot be written the chat goes on
without it and says so once, rather than refusing to answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import InputError, SenescopeError
from assistant.evidence import Answer, Filters
from assistant.sessions.store import SessionStore
from assistant.sessions.turns import Json, Match, Session, Turn, TurnKind
from assistant.tui.logbook import LOG

UNKEPT = "This conversation is not being kept."
FOLLOW_UPS = 6
"""Answers that a follow-up question may refer to."""


@dataclass(frozen=True, slots=True)
class Job:
    """A question on its way."""

    turn: int
    question: str


@dataclass
class Dialogue:
    """One conversation at a time, over the store of all."""

    home: Path
    store: SessionStore | None = None
    session: Session | None = None
    answers: deque[Answer] = field(default_factory=lambda: deque(maxlen=FOLLOW_UPS))
    """The latest answers; the earlier ones lie in the history and are read from there when wanted."""
    filters: Filters = field(default_factory=Filters)
    length: str = "default"
    model: str = "none"
    """Who writes the answers of the questions that follow: `PROVIDER:NAME`, or none for quotes."""
    running: Job | None = None
    waiting: deque[Job] = field(default_factory=deque)
    whatif: str = ""
    """The words of the what-if that the latest turn was, for "same but CD28"; "" after anything else."""
    keeping: bool = True
    """Whether turns are written down; False once writing failed, until another session begins."""
    lost: Callable[[SenescopeError], None] = lambda error: None
    """Told once when writing fails."""
    _spare: int = 0
    """Counts down for turns that could not be stored, so that ids stay unique."""

    def open(self) -> SenescopeError | None:
        """Open the history; an error means that this conversation will not be kept."""
        try:
            self.store = SessionStore.open(self.home)
        except SenescopeError as error:
            LOG.warning("history: %s", error)
            self.keeping = False
            return error
        return None

    def resume(self, name: str, count: int) -> tuple[tuple[Turn, ...], int]:
        """Continue a stored session; its answers become the history of follow-ups.

        Returns:
            Its latest `count` turns, and how many came before those.
        """
        if self.store is None:
            return (), 0
        self.session = self.store.get(name)
        self.keeping = True
        turns = self.store.turns(self.session.id, last=count)
        self.answers.clear()
        for turn in turns[-2 * FOLLOW_UPS :]:
            if (answer := turn.answer) is not None:
                self.answers.append(answer)
        self.whatif = _words(turns[-1].kind, turns[-1].payload) if turns else ""
        return turns, self.session.turns - len(turns)

    def earlier(self, turn: int, count: int) -> tuple[Turn, ...]:
        """The `count` stored turns before a turn of this session."""
        if self.store is None or self.session is None:
            return ()
        return self.store.turns(self.session.id, last=count, before=turn)

    def holds_run(self, run: str) -> bool:
        """Whether a what-if with this id is a turn of this session."""
        if self.store is None or self.session is None:
            return False
        return self.store.holds_run(self.session.id, run)

    def restart(self) -> None:
        """Begin a new session with the next question."""
        self.session = None
        self.keeping = self.store is not None
        self.answers.clear()
        self.whatif = ""

    def begin(self, question: str) -> Job:
        """Write a question down and put it in line."""
        turn = 0
        if self.store is not None and self.keeping:
            try:
                if self.session is None:
                    self.session = self.store.create()
                turn = self.store.begin(self.session.id, question)
            except SenescopeError as error:
                self._give_up(error)
        if turn == 0:
            self._spare -= 1
            turn = self._spare
        job = Job(turn, question)
        self.waiting.append(job)
        return job

    def record(self, question: str, kind: TurnKind, payload: Json) -> int:
        """Write down a turn that needs no work: what it asks and what came of it; returns its id."""
        turn = self.begin(question).turn
        self.waiting.pop()
        self._write(turn, kind, payload, "", 0.0)
        return turn

    def next(self) -> Job | None:
        """The next question to work on, when none is being worked on."""
        if self.running is None and self.waiting:
            self.running = self.waiting.popleft()
            return self.running
        return None

    def finish(
        self, turn: int, kind: TurnKind, payload: Json | None, resolved: str = "", seconds: float = 0.0
    ) -> bool:
        """Complete a turn; False when it is no longer waited for (it was cancelled)."""
        if self.running is None or self.running.turn != turn:
            return False
        self.running = None
        self._write(turn, kind, payload, resolved, seconds)
        return True

    def keep(self, turn: int, kind: TurnKind, payload: Json, resolved: str) -> bool:
        """Write down what a turn has so far; False when it is no longer waited for."""
        if self.running is None or self.running.turn != turn:
            return False
        self._write(turn, kind, payload, resolved, 0.0)
        return True

    def cancel(self) -> list[int]:
        """Cancel everything in work or in line; returns the turns."""
        jobs = ([self.running] if self.running is not None else []) + list(self.waiting)
        self.running = None
        self.waiting.clear()
        for job in jobs:
            self._write(job.turn, "cancelled", None, "", 0.0)
        return [job.turn for job in jobs]

    def history(self) -> Sequence[Answer]:
        """The answers a follow-up may refer to."""
        return tuple(self.answers)

    def all_answers(self) -> Iterator[Answer]:
        """Every answer of this session, oldest first; only the latest where there is no history."""
        turns = self.turns()
        if not turns:
            yield from self.answers
        for turn in turns:
            if (answer := turn.answer) is not None:
                yield answer

    def turns(self) -> tuple[Turn, ...]:
        """The stored turns of this session; none where not all were written down."""
        if self.store is None or self.session is None or not self.keeping:
            return ()
        return self.store.turns(self.session.id)

    def sessions(self) -> tuple[Session, ...]:
        """All stored sessions, the latest first."""
        return self.store.recent(500) if self.store is not None else ()

    def search(self, words: str) -> Sequence[Match]:
        """Turns of all sessions that hold the words."""
        return self.store.search(words, 50) if self.store is not None else ()

    def questions(self) -> Sequence[str]:
        """Earlier questions for the input."""
        return self.store.questions() if self.store is not None else ()

    def rename(self, title: str, name: str = "") -> Session | None:
        """Give this session, or the one called `name`, another title; None when there is none yet."""
        name = name or (self.session.id if self.session is not None else "")
        if self.store is None or (not name and not self.keeping):
            raise InputError(UNKEPT, hint="/log says why.")
        if not name:
            return None
        renamed = self.store.rename(name, title)
        if self.session is not None and self.session.id == renamed.id:
            self.session = renamed
        return renamed

    def title(self, name: str = "") -> str:
        """The title of a stored session, or of this one."""
        if not name:
            return self.session.title if self.session is not None else ""
        return self.store.get(name).title if self.store is not None else ""

    def stored(self, name: str) -> tuple[Session, tuple[Turn, ...]]:
        """A stored session with its turns.

        Raises:
            InputError: there is none of that name, or no history.
        """
        if self.store is None:
            raise InputError(UNKEPT, hint="/log says why.")
        session = self.store.get(name)
        return session, self.store.turns(session.id)

    def close(self) -> None:
        """Close the history; an answer that comes later is dropped, and its question stays pending."""
        self.running = None
        self.waiting.clear()
        if self.store is not None:
            self.store.close()
            self.store = None

    def _write(self, turn: int, kind: TurnKind, payload: Json | None, resolved: str, seconds: float) -> None:
        self.whatif = _words(kind, payload)
        if self.store is None or not self.keeping or turn < 0:
            return
        try:
            self.store.finish(turn, kind, payload, resolved=resolved, seconds=seconds)
        except SenescopeError as error:
            self._give_up(error)

    def _give_up(self, error: SenescopeError) -> None:
        LOG.error("history: %s", error)
        self.keeping = False
        if self.store is not None and not self.store.usable:
            self.store = None
        self.lost(error)


def _words(kind: TurnKind, payload: Json | None) -> str:
    """The words that a what-if was asked in; none where values were set by hand."""
    inputs = (payload or {}).get("inputs") or {}
    by_hand = inputs.get("set_a") or inputs.get("set_b")
    return str(inputs.get("text") or "") if kind == "whatif" and not by_hand else ""
