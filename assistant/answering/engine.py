"""One door for every face of Senescope: open an index, ask, search, look behind a citation.

The chat, the command line and the evaluation all go through `Engine`, so that they give the same bytes.
Opening is cheap; the first question pays for the query weights unless `warm` did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, cast

from assistant.answering import extractive, followup, offer, refusal, selection
from assistant.answering.judge import Judge, Ranked
from assistant.answering.matching import Concept, Match, Matcher
from assistant.answering.question import Question, clean, understand
from assistant.answering.selection import Length
from assistant.errors import InputError
from assistant.evidence import Answer, Citation, Filters, Hit, Run, Searched
from assistant.index import open_index, translated
from assistant.retrieval.dense import DenseMode
from assistant.retrieval.retriever import Retrieval, Retriever
from assistant.settings import Settings
from ingest.documents import Paper, Passage, Section
from ingest.pipeline import Index, ProgressCallback, Say
from ingest.readers.claims import Claim

_POOL = 40
"""Hits that are judged; the right finding is among the first 30 for 98 % of the development questions."""

__all__ = ["Context", "Engine", "Length"]


@dataclass(frozen=True, slots=True)
class Context:
    """What stands behind a citation: the stored document and the place of the quote in it."""

    paper: Paper
    text: str
    section: Section
    start: int
    end: int
    siblings: tuple[Passage, ...]
    limits: str
    """The Limits section of a digest; "" for other documents."""


class Engine:
    """Answers from one index; use as a context manager or call `close`."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self.settings = settings
        self.index = index

    @classmethod
    def open(
        cls, settings: Settings, *, progress: ProgressCallback | None = None, say: Say | None = None
    ) -> Self:
        """Open the index of the home folder, building it on first use; see `assistant.index.open_index`."""
        return cls(settings, open_index(settings, progress=progress, say=say))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the catalog."""
        self.index.catalog.close()

    def warm(self) -> None:
        """Load the query weights and the matrices now, so that the first question is fast."""
        self.search("senescence", k=1)

    def search(self, query: str, *, k: int = 20, filters: Filters = Filters()) -> tuple[Hit, ...]:  # noqa: B008 - frozen
        """Passages nearest to the query, best first; empty when the filters leave nothing."""
        text, _ = clean(query)
        self._check(filters)
        with translated(self.settings.home):
            return self._retriever.search(text, k=k, filters=filters).hits

    def is_whatif(self, question: str) -> bool:
        """Whether the question asks for a simulation and belongs to the kinetic model."""
        from assistant.kinetics.wording import is_whatif

        return is_whatif(question)

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[Answer] = (),
        length: Length | None = None,
    ) -> Answer:
        """A cited answer, or a refusal when the corpus does not hold one.

        Arguments:
            question: in words; control characters are removed and reported in `notes`.
            filters: restrictions on the evidence.
            history: the turns before, oldest first, for follow-ups.
            length: default from the settings.

        Raises:
            InputError: the question is empty or too long, or a filter names an unknown paper.
        """
        asked, cleaned = clean(question)
        self._check(filters)
        with translated(self.settings.home):
            resolved = followup.resolve(asked, history, filters, self._retriever.lexicon)
            understood = understand(resolved.text)
            retrieval = self._retriever.search(understood.text, k=_POOL, filters=resolved.filters)
            concepts = self._matcher.concepts(retrieval.query)
            matches = self._matcher.match(understood, concepts, retrieval.hits)
            ranked = self._judge.rank(understood, matches)
            confidence = self._judge.answerable(understood, concepts, ranked) if ranked else 0.0
            notes = (*cleaned, *_corrections(retrieval), *followup.dangling(asked, resolved.followed))
            frame = _Frame(asked, resolved.text if resolved.followed else "", resolved.filters, notes)
            glossary = self._definition(understood, retrieval)
            if confidence < self._judge.threshold and not (glossary and ranked):
                return self._refuse(frame, understood, concepts, ranked, retrieval, confidence)
            return self._answer(frame, understood, ranked, matches, retrieval, confidence, length, glossary)

    def context(self, citation: Citation) -> Context:
        """The stored document behind a citation; raises InputError when it has left the index."""
        document = self.index.catalog.document(citation.paper)
        if document is None:
            raise InputError(
                f"{citation.paper!r} is no longer in the index.",
                hint="`senescope corpus list` shows what is.",
            )
        at = next(
            (s for s in document.sections if s.span.start <= citation.start < s.span.end),
            document.sections[0],
        )
        limits = next((s.span.of(document.text) for s in document.sections if s.path == "Limits"), "")
        return Context(
            document.paper, document.text, at, citation.start, citation.end, document.passages, limits
        )

    # -- parts, loaded on first use -----------------------------------------------------------------

    @cached_property
    def _retriever(self) -> Retriever:
        return Retriever.open(
            self.index,
            dense=cast(DenseMode, self.settings.text("retrieval.dense")),
            chroma_url=self.settings.text("retrieval.chroma_url"),
        )

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._retriever)

    @cached_property
    def _judge(self) -> Judge:
        return Judge.shipped()

    @cached_property
    def _claims(self) -> tuple[Claim, ...]:
        return self.index.catalog.claims()

    # -- the two outcomes ---------------------------------------------------------------------------

    def _answer(
        self,
        frame: _Frame,
        question: Question,
        ranked: Sequence[Ranked],
        matches: Sequence[Match],
        retrieval: Retrieval,
        confidence: float,
        length: Length | None,
        glossary: str,
    ) -> Answer:
        size = length or cast(Length, self.settings.text("answer.length"))
        whatif = offer.whatif_for(question.text)
        composed = extractive.compose(
            selection.choose(question, self._sides(retrieval), ranked, self._matcher, size),
            matches,
            self._claims,
            self.index.catalog,
            length=size,
            preface=glossary,
            whatif=whatif,
        )
        return Answer(
            kind="answer",
            question=frame.question,
            engine="extractive",
            answer=composed.markdown,
            sentences=composed.sentences,
            citations=composed.citations,
            conflicts=composed.conflicts,
            confidence=round(confidence, 4),
            searched=_searched(retrieval, frame.filters),
            run=self._run(frame),
            shape=question.shape,
            resolved=frame.resolved,
            whatif=whatif,
            notes=frame.notes,
        )

    def _refuse(
        self,
        frame: _Frame,
        question: Question,
        concepts: Sequence[Concept],
        ranked: Sequence[Ranked],
        retrieval: Retrieval,
        confidence: float,
    ) -> Answer:
        searched = _searched(retrieval, frame.filters)
        # A reader looks for the notation of the question, not for the glossary's name of the term.
        found = {entity.term: entity.found for entity in retrieval.query.entities}
        concepts = [replace(c, label=found.get(c.label, c.label)) for c in concepts]
        missed = refusal.near_misses(question, concepts, ranked)
        return Answer(
            kind="refusal",
            question=frame.question,
            engine="extractive",
            answer=refusal.markdown(question, concepts, searched, missed),
            sentences=(),
            citations=(),
            conflicts=(),
            confidence=round(confidence, 4),
            searched=searched,
            run=self._run(frame),
            near_misses=missed,
            shape=question.shape,
            resolved=frame.resolved,
            notes=frame.notes,
        )

    def _definition(self, question: Question, retrieval: Retrieval) -> str:
        """The glossary's line when the question asks what one of its terms is, else "".

        The glossary is part of the corpus, so such a question is answered even when no finding defines
        the term; findings that use it follow.
        """
        names = dict.fromkeys(e.term for e in retrieval.query.entities)
        if question.shape != "definition" or len(names) != 1:
            return ""
        term = self._retriever.lexicon.get(next(iter(names)))
        return f"*Glossary:* **{term.term}**: {term.definition}" if term is not None else ""

    def _sides(self, retrieval: Retrieval) -> list[str]:
        """Entity tokens of the domains and products in the question: what a comparison compares."""
        names = dict.fromkeys(e.term for e in retrieval.query.entities if e.kind in ("domain", "product"))
        terms = (self._retriever.lexicon.get(name) for name in names)
        return [term.token for term in terms if term is not None]

    def _run(self, frame: _Frame) -> Run:
        """The run id is a hash of what decides the answer, so that equal runs share it."""
        inputs = f"{self.index.fingerprint}\n{frame.question}\n{frame.resolved}\n{frame.filters}"
        return Run(hashlib.sha256(inputs.encode()).hexdigest()[:12], self.index.fingerprint[:12])

    def _check(self, filters: Filters) -> None:
        """A paper that is not in the index is a mistake to report, not a reason to refuse."""
        from assistant.settings import nearest

        for paper in filters.papers:
            if self.index.catalog.paper(paper) is None:
                known = tuple(p.id for p in self.index.catalog.papers())
                raise InputError(
                    f"No paper {paper!r} in the index{nearest(paper, known)}",
                    hint="See `senescope corpus list`.",
                )


@dataclass(frozen=True, slots=True)
class _Frame:
    """What an answer and a refusal have in common."""

    question: str
    resolved: str
    filters: Filters
    notes: tuple[str, ...]


def _searched(retrieval: Retrieval, filters: Filters) -> Searched:
    return Searched(retrieval.papers, retrieval.passages, retrieval.query.terms, filters.describe())


def _corrections(retrieval: Retrieval) -> tuple[str, ...]:
    return tuple(f"read {c.found!r} as {c.guess!r}" for c in retrieval.query.corrections)
