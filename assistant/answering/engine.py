"""One door for every face of Senescope: open an index, ask, search, look behind a citation.

The chat, the command line and the evaluation all go through `Engine`, so that they give the same bytes.
Opening is cheap; the first question pays for the query weights unless `warm` did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from assistant.answering import (
    extractive,
    followup,
    frames,
    generative,
    groups,
    offer,
    premises,
    refusal,
    rewriting,
    selection,
    sides,
)
from assistant.answering.events import Done, Event, Grounded
from assistant.answering.frames import Frame
from assistant.answering.judge import Judge
from assistant.answering.look import Look, Looker
from assistant.answering.matching import WHOLE_PAPER, Matcher
from assistant.answering.question import clean
from assistant.answering.selection import Length
from assistant.answering.verification import Verifier
from assistant.answering.wordwise import Wordwise
from assistant.errors import InputError
from assistant.evidence import Answer, Citation, Filters, Hit, Run, Searched
from assistant.index import open_index, translated
from assistant.kinetics import provenance
from assistant.models.chat import Cancelled, ChatModel, never
from assistant.models.prompts import Prompt, load
from assistant.retrieval.dense import DenseMode
from assistant.retrieval.retriever import Retrieval, Retriever
from assistant.settings import Settings
from ingest.documents import Paper, Passage, Section
from ingest.pipeline import Index, ProgressCallback, Say
from ingest.readers.claims import Claim

if TYPE_CHECKING:
    from assistant.kinetics.routing import Route

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
        self._keep_up()
        self._check(filters)
        with translated(self.settings.home):
            return self.retriever.search(text, k=k, filters=filters).hits

    def is_whatif(self, question: str) -> bool:
        """Whether the question asks for a simulation and belongs to the kinetic model."""
        return self.route(question).kind in ("what-if", "ranking")

    def route(self, question: str) -> Route:
        """Where a question goes first: to the literature, or to the kinetic model."""
        from assistant.kinetics.routing import route

        return route(question)

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[Answer] = (),
        length: Length | None = None,
        completed: str = "",
    ) -> Answer:
        """A cited answer, or a refusal when the corpus does not hold one.

        Arguments:
            question: in words; control characters are removed and reported in `notes`.
            filters: restrictions on the evidence.
            history: the turns before, oldest first, for follow-ups.
            length: default from the settings.
            completed: a follow-up as a chat model completed it; see `complete`.

        Raises:
            InputError: the question is empty or too long, or a filter names an unknown paper.
        """
        asked, cleaned = clean(question)
        self._keep_up()
        self._check(filters)
        with translated(self.settings.home):
            resolved = followup.resolve(asked, history, filters, self.retriever.lexicon)
            if completed:
                resolved = followup.Resolved(completed, resolved.filters, followed=True)
            notes = (*cleaned, *followup.dangling(asked, resolved.followed, history))
            if not resolved.understood:
                return self._unclear(Frame(asked, "", filters, notes), history)
            resolved, held = self._held_to_group(resolved)
            notes = tuple(note for note in (*notes, *held, resolved.note) if note)
            if resolved.filters.systems and (left := self.retriever.untagged):
                notes = (*notes, frames.left_out(left))
            frame = Frame(asked, resolved.text if resolved.followed else "", resolved.filters, notes)
            number = provenance.asked(resolved.text) if resolved.filters == Filters() else None
            if number is not None:
                return self._number(frame, number)
            look = self._looker.look(resolved.text, resolved.filters, about=resolved.subject)
            corrected, preface = premises.of_the_product(look)
            if preface:  # nothing but the correction where the rest of the question has no answer
                return self._answer(frame, corrected, length if look.answers else "brief", preface)
            premise = look.question.premise
            if premise and (not look.answers or premises.absolute(premise)):
                # A question that stands on a premise is answered by what the corpus says on the premise.
                on_premise = self._looker.look(premise, resolved.filters)
                if on_premise.answers:
                    on_premise, preface = premises.weighed(on_premise, premise)
                    if preface or not look.answers:
                        return self._answer(frame, on_premise, length, preface)
            if not look.answers:
                return self._refuse(frame, look)
            look, preface = premises.weighed(look)
            return self._answer(frame, look, length, preface)

    def ask_events(
        self,
        question: str,
        model: ChatModel | None,
        *,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[Answer] = (),
        length: Length | None = None,
        cancelled: Cancelled = never,
    ) -> Iterator[Event]:
        """Answer in the words of `model` over the evidence of `ask`, event by event.

        Arguments:
            question: see `ask`.
            model: who writes; None yields the extractive answer alone.
            filters: see `ask`.
            history: see `ask`.
            length: see `ask`.
            cancelled: asked often; ends the writing with `Stopped`.

        Raises:
            InputError: see `ask`.
            ConfigError: a prompt template is not usable.
            ModelUnavailable: the model cannot be reached. A refusal never reaches it.
        """
        if model is not None:
            self.prompt("answer")  # a slip in a template is said before any work
        completed = self.complete(question, model, history, cancelled) if model is not None else ""
        grounded = self.ask(question, filters=filters, history=history, length=length, completed=completed)
        yield from self.write_events(grounded, model, length=length, cancelled=cancelled)

    def complete(
        self, question: str, model: ChatModel, history: Sequence[Answer], cancelled: Cancelled = never
    ) -> str:
        """A follow-up that the rules leave alone, completed by `model` and checked; else ""."""
        asked, _ = clean(question)
        lexicon = self.retriever.lexicon
        ruled = followup.resolve(asked, history, Filters(), lexicon).followed
        if ruled or not rewriting.leans(asked, history):
            return ""
        seconds, prompt = self.settings.integer("models.seconds"), self.prompt("follow-up")
        written = rewriting.rewrite(
            asked, history, model, prompt, lexicon, seconds=seconds, cancelled=cancelled
        )
        return written or ""

    def write_events(
        self,
        grounded: Answer,
        model: ChatModel | None,
        *,
        length: Length | None = None,
        cancelled: Cancelled = never,
    ) -> Iterator[Event]:
        """Write over the citations of an answer; see `ask_events`."""
        if model is None or not self.writable(grounded):
            yield Grounded(grounded)
            yield Done(grounded)
            return
        yield from generative.write(
            grounded,
            model,
            self.prompt("answer"),
            self.verifier,
            length=length or cast(Length, self.settings.text("answer.length")),
            seconds=self.settings.integer("models.seconds"),
            cancelled=cancelled,
        )

    def writable(self, grounded: Answer) -> bool:
        """Whether a model may put an answer into its own words: no refusal, and no number of our model."""
        asked = provenance.asked(grounded.resolved or grounded.question)
        return grounded.kind == "answer" and asked is None

    def prompt(self, job: str) -> Prompt:
        """The template of a job; raises ConfigError when one of the user's is not usable."""
        return self._prompts[job]

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

    def judged_by(self, judge: Judge) -> Self:
        """The same engine with other weights: how the evaluation asks with weights that saw no question."""
        other = type(self)(self.settings, self.index)
        other.retriever, other._matcher, other._judge = self.retriever, self._matcher, judge
        other._wordwise = self._wordwise
        return other

    def _keep_up(self) -> None:
        """Take up what another process has brought in since: an ingest does not end a chat."""
        mark = self.index.catalog.meta("fingerprint")
        # None: papers are being changed in place at this moment; the state before still answers.
        if mark in (None, self.index.fingerprint):
            return
        self.index = replace(self.index, fingerprint=str(mark))
        for part in ("retriever", "_matcher", "_wordwise", "_verifier", "_claims"):
            self.__dict__.pop(part, None)

    # -- parts, loaded on first use -----------------------------------------------------------------

    @cached_property
    def retriever(self) -> Retriever:
        """The search over the index."""
        return Retriever.open(
            self.index,
            dense=cast(DenseMode, self.settings.text("retrieval.dense")),
            chroma_url=self.settings.text("retrieval.chroma_url"),
        )

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.retriever)

    @cached_property
    def _judge(self) -> Judge:
        return Judge.shipped()

    @cached_property
    def _wordwise(self) -> Wordwise | None:
        return Wordwise.of(self.retriever)

    @property
    def _looker(self) -> Looker:
        return Looker(self.retriever, self._matcher, self._judge, self._claims, self._wordwise)

    @cached_property
    def verifier(self) -> Verifier:
        """Holds sentences against quotes, with the glossary and the query weights of this index."""
        similarity = lru_cache(maxsize=256)(self.retriever.similarity)
        return Verifier(self.retriever.lexicon, lambda text, others: similarity(text, tuple(others)))

    @cached_property
    def _prompts(self) -> Mapping[str, Prompt]:
        folder = self.settings.text("prompts.folder")
        return load(Path(folder).expanduser() if folder else None)

    @cached_property
    def _claims(self) -> tuple[Claim, ...]:
        return self.index.catalog.claims()

    # -- the two outcomes ---------------------------------------------------------------------------

    def _answer(self, frame: Frame, look: Look, length: Length | None, preface: str = "") -> Answer:
        size = length or cast(Length, self.settings.text("answer.length"))
        whatif = offer.whatif_for(look.question.text)
        named = self._sides(look.retrieval)
        chosen = selection.choose(look.question, named, look.ranked, self._matcher, size)
        asides = [sides.untold(look.question.text, look.concepts, [c.ranked for c in chosen])]
        if look.question.shape == "list":
            whole = selection.choose(look.question, named, look.ranked, self._matcher, "full")
            asides.append(frames.among_others(look.question.text, len(whole) - len(chosen)))
        composed = extractive.compose(
            chosen,
            look.matches,
            self._claims,
            self.index.catalog,
            question=look.question.text,
            length=size,
            preface=preface or look.preface,
            whatif=whatif,
            aside="\n\n".join(filter(None, asides)),
        )
        return Answer(
            kind="answer",
            question=frame.question,
            engine="extractive",
            answer=frame.read_as + composed.markdown,
            sentences=composed.sentences,
            citations=composed.citations,
            conflicts=composed.conflicts,
            confidence=look.confidence,
            searched=look.searched(frame.filters),
            run=self._run(frame),
            shape=look.question.shape,
            resolved=frame.resolved,
            whatif=whatif,
            notes=tuple(filter(None, (*frame.noted(look), offer.unread(frame.question)))),
        )

    def _number(self, frame: Frame, asked: provenance.Asked) -> Answer:
        """Where a number of the kinetic model comes from."""
        from assistant.answering import numbers

        told, bibliography = numbers.compose(asked, self.index.catalog)
        counts = self.index.catalog.counts()
        return Answer(
            kind="answer",
            question=frame.question,
            engine="extractive",
            answer="\n".join(told.markdown),
            sentences=tuple(told.sentences),
            citations=bibliography.citations,
            conflicts=(),
            confidence=1.0,
            searched=Searched(counts.papers, counts.passages, asked.parameters),
            run=self._run(frame),
            shape="numeric",
            resolved=frame.resolved,
            whatif=told.whatif,
            notes=frame.notes,
        )

    def _held_to_group(self, resolved: followup.Resolved) -> tuple[followup.Resolved, tuple[str, ...]]:
        """A question that names a group, held to its papers where the index has any, with a note."""
        if resolved.filters.papers or not groups.named(resolved.text):
            return resolved, ()
        papers = groups.papers_of(
            resolved.text,
            self.index.catalog.papers(),
            lambda paper: self.retriever.texts_of(paper, WHOLE_PAPER),
        )
        if not papers:
            return resolved, ()
        shown = f"{', '.join(papers[:3])}{f' and {len(papers) - 3} more' if papers[3:] else ''}"
        held = replace(resolved, filters=replace(resolved.filters, papers=papers))
        return held, (f"held to what {groups.named(resolved.text)} did: {shown}",)

    def _unclear(self, frame: Frame, history: Sequence[Answer]) -> Answer:
        """A turn that does not stand alone and that nothing said before completes."""
        counts = self.index.catalog.counts()
        searched = Searched(counts.papers, counts.passages, (), frame.filters.describe())
        help_ = offer.help_for(frame.question)
        return Answer(
            kind="refusal",
            question=frame.question,
            engine="extractive",
            answer=refusal.unclear(frame.question, history)
            + (f"\n\n{offer.help_text(help_)}" if help_ else ""),
            whatif_help=help_,
            sentences=(),
            citations=(),
            conflicts=(),
            confidence=0.0,
            searched=searched,
            run=self._run(frame),
            notes=frame.notes,
        )

    def _refuse(self, frame: Frame, look: Look) -> Answer:
        searched = look.searched(frame.filters)
        # A reader looks for the notation of the question, not for the glossary's name of the term.
        found = {entity.term: entity.found for entity in look.retrieval.query.entities}
        concepts = [replace(c, label=found.get(c.label, c.label)) for c in look.concepts]
        missed = refusal.near_misses(look.question, concepts, look.ranked, self._matcher)
        whatif = offer.whatif_in(frame.question)  # only its own words: a refusal is no place for guesses
        help_ = None
        if not whatif:  # the words themselves first: completed from the turn before they may ask for none
            help_ = offer.help_for(frame.question) or offer.help_for(frame.resolved)
        return Answer(
            kind="refusal",
            question=frame.question,
            engine="extractive",
            answer=frame.read_as
            + refusal.markdown(look.question, concepts, searched, missed)
            + (f"\n\n**Try it on the model** `{whatif}`" if whatif else "")
            + (f"\n\n{offer.help_text(help_)}" if help_ else ""),
            sentences=(),
            citations=(),
            conflicts=(),
            confidence=look.confidence,
            searched=searched,
            run=self._run(frame),
            near_misses=missed,
            shape=look.question.shape,
            whatif=whatif,
            whatif_help=help_,
            resolved=frame.resolved,
            notes=frame.noted(look),
        )

    def _sides(self, retrieval: Retrieval) -> list[str]:
        """Entity tokens of the domains and products in the question: what a comparison compares."""
        names = dict.fromkeys(e.term for e in retrieval.query.entities if e.kind in ("domain", "product"))
        terms = (self.retriever.lexicon.get(name) for name in names)
        return [term.token for term in terms if term is not None]

    def _run(self, frame: Frame) -> Run:
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
