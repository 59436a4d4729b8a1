"""Saved quotes held against the corpus of today: is each still where it was, and does its paper still stand?

A quote is *same* when its offsets still give it, *moved* when the paper holds it elsewhere, *gone* when
the text has changed or the paper has left the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.sessions.store import SessionStore
from ingest.catalog import Catalog
from ingest.documents import Document

Fate = Literal["same", "moved", "gone"]


@dataclass(frozen=True, slots=True)
class SavedQuote:
    """One citation of a saved answer."""

    session: str
    n: int
    """The turn in its session, from 1."""
    question: str
    paper: str
    passage: str
    title: str
    quote: str
    fate: Fate
    retraction: str
    """The paper's state today; the saved one when the paper has left the index."""
    retraction_then: str
    """Its state when the answer was given."""


def saved_quotes(store: SessionStore, catalog: Catalog) -> Iterator[SavedQuote]:
    """Every quote of every saved answer, refusal and what-if, the sessions used last first."""
    documents: dict[str, Document | None] = {}
    for session in store.recent():
        for turn in store.turns(session.id):
            seen: set[tuple[str, int, str]] = set()
            for citation in _citations(turn.payload or {}):
                paper, quote = str(citation["paper"]), str(citation["quote"])
                start = citation["start"] if isinstance(citation["start"], int) else 0
                if (paper, start, quote) in seen:
                    continue  # a what-if names one sentence for several parameters
                seen.add((paper, start, quote))
                if paper not in documents:
                    documents[paper] = catalog.document(paper)
                document = documents[paper]
                then = str(citation.get("retraction") or "unknown")
                yield SavedQuote(
                    session=session.id,
                    n=turn.n,
                    question=turn.question,
                    paper=paper,
                    passage=str(citation.get("passage") or ""),
                    title=str(citation.get("title") or ""),
                    quote=quote,
                    fate=_fate(document, quote, start),
                    retraction=then if document is None else document.paper.retraction,
                    retraction_then=then,
                )


def _fate(document: Document | None, quote: str, start: int) -> Fate:
    if document is None:
        return "gone"
    if document.text[start : start + len(quote)] == quote:
        return "same"
    return "moved" if quote in document.text else "gone"


def _citations(value: object) -> Iterator[Mapping[str, Any]]:
    """Whatever has a paper, a quote and an offset, however deep it lies in a payload."""
    if isinstance(value, dict):
        if value.get("paper") and value.get("quote") and "start" in value:
            yield value
            return
        for part in value.values():
            yield from _citations(part)
    elif isinstance(value, list):
        for part in value:
            yield from _citations(part)
