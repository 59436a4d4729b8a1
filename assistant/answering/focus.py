"""From a passage of full text to the whole sentences in it that speak to the question.

A digest's finding is one sentence; a passage of full text is a run of some eight. Judged whole it would
cover much by chance and be quoted at length, so it is narrowed first: everything after (features, refusal,
quote, page) sees only the sentences kept, with their own place in the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.answering.asked import holds, unit_fit
from assistant.answering.concepts import Concept, coverage
from assistant.answering.matching import Matcher
from assistant.answering.question import Question
from assistant.evidence import Hit
from ingest.documents import Span

_LONGEST: Final = 420
"""Characters of a quote of two sentences; one sentence may be longer."""
_ADDS: Final = 0.15
"""Share of the question by weight that a neighbouring sentence must add to be quoted too."""
_LEANS: Final = re.compile(
    r"(?:this|these|those|such|it|its|they|their|he|she|however|moreover|furthermore|in contrast|conversely"
    r"|similarly|therefore|thus|hence|the (?:latter|former))\b",
    re.I,
)
"""Openings of a sentence that lean on the one before."""
_HOLDS: Final = 0.25
"""What holding the kind of thing asked for counts beside the share of the question that is covered."""


def narrowed(
    question: Question, concepts: Sequence[Concept], hits: Sequence[Hit], matcher: Matcher
) -> tuple[Hit, ...]:
    """The hits with passages of full text cut down to the sentences that answer best.

    Arguments:
        question: what is asked.
        concepts: its concepts.
        hits: as retrieved; findings and claims pass as they are.
        matcher: for the stems of the sentences.
    """
    return tuple(
        _narrowed(question, concepts, hit, matcher)
        if hit.passage.kind == "text" and len(hit.passage.sentences) > 1
        else hit
        for hit in hits
    )


def _narrowed(question: Question, concepts: Sequence[Concept], hit: Hit, matcher: Matcher) -> Hit:
    start = hit.passage.span.start
    spans = hit.passage.sentences
    texts = [hit.text[s.start - start : s.end - start] for s in spans]
    covered = [frozenset(c.token for c in concepts if c.said(matcher.reader.held(text))) for text in texts]

    def value(first: int, last: int) -> float:
        text = hit.text[spans[first].start - start : spans[last].end - start]
        held = frozenset[str]().union(*covered[first : last + 1])
        met = holds(question.asked, text) + unit_fit(question.text, text)
        return coverage(concepts, held) + _HOLDS * met / 2

    best = max(range(len(spans)), key=lambda i: (value(i, i), -i))
    first = last = best
    if best and _LEANS.match(texts[best]):
        first -= 1
    else:
        alone = value(best, best)
        pairs = [(i, i + 1) for i in (best - 1, best) if i >= 0 and i + 1 < len(spans)]
        fitting = [p for p in pairs if spans[p[1]].end - spans[p[0]].start <= _LONGEST]
        pair = max(fitting, key=lambda p: (value(*p), -p[0]), default=None)
        if pair is not None and value(*pair) >= alone + _ADDS:
            first, last = pair
    kept = Span(spans[first].start, spans[last].end)
    pages = hit.passage.pages
    passage = replace(
        hit.passage,
        span=kept,
        sentences=spans[first : last + 1],
        page=pages[first] if pages else hit.passage.page,
        pages=pages[first : last + 1],
    )
    return replace(hit, passage=passage, text=hit.text[kept.start - start : kept.end - start])
