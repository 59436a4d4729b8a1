"""One look at the index for one question: what was found, in which order, and whether it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answering import conflicts, focus, gates, groups, subject
from assistant.answering.concepts import Concept
from assistant.answering.judge import POOL, READ, Judge, Ranked
from assistant.answering.matching import Match, Matcher
from assistant.answering.question import Question, understand
from assistant.answering.wordwise import Wordwise
from assistant.evidence import Filters, Searched
from assistant.retrieval.retriever import Retrieval, Retriever
from ingest.readers.claims import Claim

_OF_ONE_SYSTEM: Final = 0.9
"""Share of the threshold that is left when one model system is asked for: fewer findings then support one
another, which is part of the probability."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one search brought and what the judge makes of it."""

    question: Question
    retrieval: Retrieval
    concepts: tuple[Concept, ...]
    matches: Sequence[Match]
    ranked: Sequence[Ranked]
    confidence: float
    answers: bool
    preface: str
    """The glossary's line, when a term was asked for."""

    def searched(self, filters: Filters) -> Searched:
        """What was looked through, and for which terms."""
        found = self.retrieval
        return Searched(found.papers, found.passages, found.query.terms, filters.describe())


@dataclass(frozen=True, slots=True)
class Looker:
    """Search and judgement over one index."""

    retriever: Retriever
    matcher: Matcher
    judge: Judge
    claims: Sequence[Claim]
    wordwise: Wordwise | None
    """Reads word by word; None when the embedder is not the one that this was learned on."""

    def look(self, text: str, filters: Filters, *, about: str = "") -> Look:
        """Search for a question, order what was found and decide whether it answers.

        Arguments:
            text: the question, standing on its own.
            filters: restrictions on the evidence.
            about: what a follow-up was completed with; the first finding must speak of it.
        """
        question = understand(groups.unnamed(text) if filters.papers else text)
        retrieval = self.retriever.search(question.text, k=POOL, filters=filters)
        concepts = self.matcher.reader.concepts(retrieval.query)
        hits = focus.narrowed(question, concepts, retrieval.hits, self.matcher)
        matches = self.matcher.match(question, concepts, hits)
        led = gates.led(question, concepts, self.judge.rank(question, matches))
        ranked = self._read(question, led)
        confidence = self.judge.answerable(question, concepts, ranked) if ranked else 0.0
        bar = self.judge.bar(ranked) * (_OF_ONE_SYSTEM if filters.systems else 1.0)
        preface = self._definition(question, retrieval)
        answers = confidence >= bar
        if not answers and ranked:
            claim = conflicts.settles(self.claims, matches, concepts)
            if claim is not None:
                ranked = conflicts.led_by(claim, ranked)
            answers = bool(preface) or claim is not None or self.judge.plainly(question, concepts, ranked)
            confidence = bar if answers else confidence
        ranked = gates.led(question, concepts, ranked)
        if about:
            led = subject.led_by(self.matcher.reader.held(about).tokens, concepts, ranked)
            ranked, answers = led or ranked, answers and bool(led)
        answers = answers and not gates.unmet(question, concepts, ranked)
        return Look(
            question, retrieval, tuple(concepts), matches, ranked, round(confidence, 4), answers, preface
        )

    def _read(self, question: Question, ranked: Sequence[Ranked]) -> list[Ranked]:
        """The ranking after the first findings were read word by word."""
        hits = [r.match.hit for r in ranked[:READ] if r.match.hit.passage.kind == "finding"]
        if self.wordwise is None or not hits:
            return list(ranked)
        return self.judge.reread(ranked, self.wordwise.read(question.text, hits))

    def _definition(self, question: Question, retrieval: Retrieval) -> str:
        """The glossary's line when the question asks what one of its terms is, else "".

        The glossary is part of the corpus, so such a question is answered even when no finding defines
        the term; findings that use it follow.
        """
        names = dict.fromkeys(e.term for e in retrieval.query.entities)
        does = re.search(r"\bdo(?:es)? .* do\b", question.text, re.I)
        if question.shape != "definition" or len(names) != 1 or does:
            return ""
        term = self.retriever.lexicon.get(next(iter(names)))
        return f"*Glossary:* **{term.term}**: {term.definition}" if term is not None else ""
