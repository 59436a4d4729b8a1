"""The values of the history: a session, its turns, and a match of a search over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from assistant.evidence import Answer

Json = dict[str, Any]
TurnKind = Literal["pending", "answer", "refusal", "whatif", "cancelled", "failed"]
"""`pending` is written before the answer exists, so that a turn outlives a terminal that dies."""

TITLE_LENGTH = 72
"""A title is the first question; 72 characters stay on one line of an 80-column terminal."""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation; times are ISO 8601 in UTC."""

    id: str
    """Day and time of day, e.g. `261123-2kq4`: short, readable, and sorted by age."""
    title: str
    created: str
    updated: str
    turns: int = 0
    last: str = ""
    """The latest question."""

    def to_json(self) -> Json:
        """The session object of `sessions list --json`."""
        return {
            "id": self.id,
            "title": self.title,
            "created": self.created,
            "updated": self.updated,
            "turns": self.turns,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with what came of it."""

    id: int
    session: str
    n: int
    """Place in its session, from 1."""
    question: str
    resolved: str
    """The question as understood, when a follow-up was completed; else empty."""
    kind: TurnKind
    payload: Json | None
    """`Answer.to_json()` or the what-if object; for a failure `{"error": message}`."""
    asked_at: str
    seconds: float
    """Wall time of the answer in seconds; 0 while pending."""

    @property
    def answer(self) -> Answer | None:
        """The answer or refusal, read back; None for anything else."""
        if self.kind in ("answer", "refusal") and self.payload is not None:
            return Answer.from_json(self.payload)
        return None

    def to_json(self) -> Json:
        """The turn object of `sessions show --json`."""
        return {
            "n": self.n,
            "kind": self.kind,
            "question": self.question,
            "resolved": self.resolved or None,
            "asked_at": self.asked_at,
            "seconds": self.seconds,
            "payload": self.payload,
        }


@dataclass(frozen=True, slots=True)
class Match:
    """A turn found by a full-text search; `snippet` marks the words found with « and »."""

    session: Session
    turn: Turn
    snippet: str

    def to_json(self) -> Json:
        """The match object of `sessions search --json`."""
        return {
            "session": self.session.to_json(),
            "n": self.turn.n,
            "kind": self.turn.kind,
            "question": self.turn.question,
            "asked_at": self.turn.asked_at,
            "snippet": self.snippet,
        }


def title_of(question: str) -> str:
    """A session title from its first question: one line, cut with an ellipsis."""
    line = " ".join(question.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def searchable(kind: TurnKind, payload: Json | None) -> str:
    """What the full-text search reads of an answer: its prose, the papers cited, the designs compared."""
    if payload is None:
        return ""
    parts: list[str] = [str(payload.get("answer") or ""), str(payload.get("error") or "")]
    for citation in payload.get("citations") or ():
        parts += [str(citation.get("title") or ""), " ".join(citation.get("authors") or ())]
    if kind == "whatif":
        parts += [str(design.get("name") or "") for design in payload.get("designs") or ()]
        parts += [str(change.get("parameter") or "") for change in payload.get("changes") or ()]
        parts += [str(warning) for warning in payload.get("warnings") or ()]
    return "\n".join(part for part in parts if part)


def compact(payload: Json) -> Json:
    """A what-if with its curves to six significant digits, which no screen or plot can tell apart.

    That takes a third off what a turn needs on disk; the run's inputs and seed give the full digits again.
    """
    return {**payload, "series": _rounded(payload.get("series") or {})}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
