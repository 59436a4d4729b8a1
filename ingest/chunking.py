"""Whole sentences and runs of them, as spans of the text they came from.

A passage is a run of whole sentences inside one section, near 1,000 characters, because the default
embedder reads 256 tokens. A finding of a digest is a passage of its own and is only split into its
sentences. CHUNKER_VERSION is part of the index fingerprint: raise it when a boundary can move.
"""

from __future__ import annotations

import re

from ingest.documents import Span

CHUNKER_VERSION = "1"

_ABBREVIATIONS = frozenset(
    re.split(
        " ",
        "al approx ca cf dr e.g eq eqs etc fig figs i.e inc jr no nos"
        " ref refs resp sp spp st suppl tab vs vol",
    )
)
_BOUNDARY = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9α-ωΑ-Ω])")


def sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Sentences of `text[start:end]` as spans of `text`, without surrounding blanks."""
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = start
    for match in _BOUNDARY.finditer(text, start, end):
        if _abbreviated(text[begin : match.start() + 1]):
            continue
        spans.append(Span(begin, match.start() + len(match.group().rstrip())))
        begin = match.end()
    spans.append(Span(begin, end))
    return tuple(trimmed for span in spans if (trimmed := trim(text, span)) is not None)


def trim(text: str, span: Span) -> Span | None:
    """The span without blanks at its ends, or None when nothing else is in it."""
    inner = text[span.start : span.end]
    bare = inner.strip()
    if not bare:
        return None
    start = span.start + inner.index(bare)
    return Span(start, start + len(bare))


def _abbreviated(head: str) -> bool:
    """Whether the full stop at the end of `head` belongs to an abbreviation or an initial."""
    if not head.endswith("."):
        return False
    word = re.split(r"[\s(\[]", head[:-1])[-1].lower()
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and head[-2].isupper())
