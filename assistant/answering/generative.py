"""An answer in a model's words over the evidence of the extractive engine, checked sentence by sentence.

The model decides nothing: retrieval, refusal, evidence, conflicts and limits are those of the extractive
answer. Each sentence is held against the quotes that it cites as soon as it is complete. What is not
supported is withheld, and when too little is left the answer is made of quotes after all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from assistant.answering import briefing, extractive
from assistant.answering.drafts import MOST_CHARACTERS, Draft, Drafts
from assistant.answering.events import Checked, Done, Event, Grounded, Note
from assistant.answering.selection import MOST, Length
from assistant.evidence import Answer, Citation, Sentence
from assistant.models.chat import BrokenOff, Cancelled, ChatModel, OutOfTime, Stopped, never
from assistant.models.patience import listen
from assistant.models.prompts import Prompt

_ENOUGH: Final = 0.5
"""Share of the written sentences that must be supported for the model's answer to stand."""
_REPEATS: Final = 3
"""Sentences said before that end the reply: a model in a loop does not leave it by itself."""
_UNWILLING: Final = re.compile(r"^not enough evidence\W*$", re.I)


class Verifier(Protocol):
    """Holds one sentence against quotes; see `assistant.answering.verification`."""

    def check(self, text: str, marks: Sequence[int], citations: Sequence[Citation]) -> Sentence:
        """The sentence with its verdict, and the reason when it is not supported."""
        ...


@dataclass(slots=True)
class _Written:
    """What the model has said so far."""

    sentences: list[Sentence] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    repeats: int = 0
    unwilling: bool = False

    @property
    def supported(self) -> list[Sentence]:
        return [s for s in self.sentences if s.verdict == "supported"]

    @property
    def withheld(self) -> list[Sentence]:
        return [s for s in self.sentences if s.verdict != "supported"]


def write(
    grounded: Answer,
    model: ChatModel,
    prompt: Prompt,
    verifier: Verifier,
    *,
    length: Length = "default",
    seconds: float = 120.0,
    cancelled: Cancelled = never,
) -> Iterator[Event]:
    """Write over the evidence of `grounded`, yielding each sentence as it is checked.

    Arguments:
        grounded: the extractive answer or refusal.
        model: who writes.
        prompt: the template of the job "answer".
        verifier: who checks.
        length: how many sentences.
        seconds: limit for the whole reply.
        cancelled: ends the writing.

    Raises:
        ModelUnavailable: the model could not be reached at all.
        Stopped: the reader cancelled.
    """
    yield Grounded(grounded)
    citations = briefing.citable(grounded)
    if grounded.kind == "refusal" or not citations:
        yield Done(grounded)
        return
    written = _Written()
    if hidden := briefing.left_out(grounded):
        marks = "".join(f"[{n}]" for n in hidden)
        yield _noted(written, f"{marks} was not given to the model: it holds text that speaks to a model")
    for _ in range(2):
        yield from _listen(
            written, grounded, model, prompt, verifier, citations, MOST[length], seconds, cancelled
        )
        if written.sentences or written.unwilling or written.notes:
            break
    yield Done(_final(grounded, model, prompt, written))


def _listen(
    written: _Written,
    grounded: Answer,
    model: ChatModel,
    prompt: Prompt,
    verifier: Verifier,
    citations: Sequence[Citation],
    most: int,
    seconds: float,
    cancelled: Cancelled,
) -> Iterator[Event]:
    """One reply of the model, up to its end, its break or its limit."""
    messages = prompt.fill(
        question=grounded.resolved or grounded.question,
        evidence=briefing.evidence(citations),
        sentences=str(most),
    )
    drafts = Drafts()
    pieces = listen(model, messages, seconds=seconds, cancelled=cancelled)
    try:
        for piece in pieces:
            for draft in drafts.feed(piece):
                yield from _check(written, draft, verifier, citations)
            if len(written.sentences) >= most or drafts.length > MOST_CHARACTERS:
                yield _noted(written, f"the model wrote more than {most} sentences: cut there")
                return
            if written.repeats >= _REPEATS:
                yield _noted(written, "the model repeated itself: cut there")
                return
        last, torn = drafts.finish()
        for draft in last:
            yield from _check(written, draft, verifier, citations)
        if torn:
            yield _noted(written, "the model's last sentence has no end and was left out")
    except Stopped:
        raise
    except OutOfTime as error:
        yield _noted(written, f"{error.message} What was complete by then was checked")
    except BrokenOff as error:
        yield _noted(written, f"{error.message} The sentence in progress was dropped")
    finally:
        pieces.close()


def _check(
    written: _Written, draft: Draft, verifier: Verifier, citations: Sequence[Citation]
) -> Iterator[Event]:
    if _UNWILLING.match(draft.text):
        written.unwilling = True
        return
    same = re.sub(r"\W+", " ", draft.text).lower()
    if same in written.seen:
        written.repeats += 1
        return
    written.seen.add(same)
    sentence = verifier.check(draft.text, draft.marks, citations)
    written.sentences.append(sentence)
    yield Checked(sentence)


def _noted(written: _Written, text: str) -> Note:
    written.notes.append(text)
    return Note(text)


def _final(grounded: Answer, model: ChatModel, prompt: Prompt, written: _Written) -> Answer:
    """The model's supported sentences, or the quotes when too little is left of them."""
    run = replace(
        grounded.run,
        id=hashlib.sha256(f"{grounded.run.id}\n{model.name}\n{prompt.label}".encode()).hexdigest()[:12],
        prompt=prompt.label,
    )
    kept, withheld = written.supported, written.withheld
    notes = list(written.notes)
    if withheld:
        notes.append(f"{len(withheld)} of {len(written.sentences)} sentences of the model were withheld")
    if not kept or len(kept) < _ENOUGH * len(written.sentences):
        return replace(
            grounded,
            run=run,
            withheld=tuple(withheld),
            notes=(*grounded.notes, *notes, f"{_too_little(written)}: answered with quotes instead"),
        )
    lead = _lead(grounded, kept)
    sentences = [*lead, *kept, *(s for s in grounded.sentences if s.role == "conflict")]
    used = {n for sentence in sentences for n in sentence.citations}
    citations = tuple(c for c in grounded.citations if c.n in used)
    return replace(
        grounded,
        engine=model.name,
        answer=_markdown(grounded, lead, kept, citations),
        sentences=tuple(sentences),
        citations=citations,
        run=run,
        withheld=tuple(withheld),
        notes=(*grounded.notes, *notes),
    )


def _too_little(written: _Written) -> str:
    if written.unwilling and not written.sentences:
        return "the model found that the quotes do not answer"
    if not written.sentences:
        return "the model wrote nothing usable"
    return f"only {len(written.supported)} of {len(written.sentences)} sentences of the model are supported"


def _lead(grounded: Answer, kept: Sequence[Sentence]) -> list[Sentence]:
    """The finding that answers, as a quote, where the model passed it over."""
    lead = next((s for s in grounded.sentences if s.role == "lead"), None)
    cited = {n for sentence in kept for n in sentence.citations}
    if lead is None or not lead.citations or cited & set(lead.citations):
        return []
    return [lead]


def _markdown(
    grounded: Answer, lead: Sequence[Sentence], kept: Sequence[Sentence], citations: Sequence[Citation]
) -> str:
    """A quote where needed, the model's sentences, then the extractive answer's conflicts and limits."""
    lines = [f"{sentence.text} {_marks(sentence)}" for sentence in lead]
    lines += ["", ""] if lead else []
    lines.append(" ".join(f"{sentence.text} {_marks(sentence)}" for sentence in kept))
    labels = [f"[{c.n}] {extractive.badge(c)}" for c in citations if not c.passage.startswith("claim:")]
    lines += ["", f"**Evidence** {'; '.join(labels)}."]
    for conflict in grounded.conflicts:
        lines += extractive.conflict_lines(conflict)
    lines += ["", f"**Limits** {extractive.limits(citations)} Written by a model, each sentence checked."]
    if grounded.whatif:
        lines += ["", f"**Try it on the model** `{grounded.whatif}`"]
    return "\n".join([*lines, "", "**Sources**", *extractive.source_list(citations)])


def _marks(sentence: Sentence) -> str:
    return "".join(f"[{n}]" for n in sentence.citations)
