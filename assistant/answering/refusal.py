"""A refusal is an answer of its own kind: what was searched, what came near, what would be needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.answering.concepts import Concept
from assistant.answering.judge import Ranked
from assistant.answering.matching import Matcher
from assistant.answering.question import Asked, Question, holds
from assistant.evidence import Answer, Citation, NearMiss, Searched

_SHOWN: Final = 3
_SEEN: Final = {"abstract": "abstract", "secondary": "summary or copy", "full-text": "full text"}
_NAMES: Final[dict[Asked, str]] = {
    "number": "a number",
    "percent": "a percentage or rate",
    "duration": "a time",
    "dose": "a dose",
    "fold": "the size of an effect",
    "trial": "data from people",
    "length": "a length",
    "concentration": "a concentration or cut-off",
    "calendar": "a date",
    "hazard": "a hazard or odds ratio",
    "money": "a price",
}


def near_misses(
    question: Question, concepts: Sequence[Concept], ranked: Sequence[Ranked], matcher: Matcher
) -> tuple[NearMiss, ...]:
    """The findings that came nearest, each with what it lacks; nothing when nothing came near."""
    missed = []
    for candidate in ranked[:_SHOWN]:
        match = candidate.match
        if match.value("coverage") < 0.15 and match.hit.dense < 0.3:
            continue
        cited = Citation.of(0, match.hit.paper, match.hit.passage, "", 0, 0)
        missed.append(
            NearMiss(
                passage=match.hit.passage.id,
                score=round(candidate.p, 4),
                why=_why(question, concepts, candidate, matcher),
                text=match.hit.text,
                short=cited.named,
            )
        )
    return tuple(missed)


def markdown(
    question: Question, concepts: Sequence[Concept], searched: Searched, missed: Sequence[NearMiss]
) -> str:
    """The refusal in words."""
    scope = f"{searched.papers} papers and {searched.passages} findings"
    if searched.filters:
        scope += f" ({searched.filters})"
    lines = [f"**Not enough evidence.** I searched {scope} and found no finding that answers this."]
    terms = ", ".join(searched.terms[:12])
    lines += ["", f"Searched for: {terms}." if terms else "Nothing in the question could be searched for."]
    if unknown := [c.label for c in concepts if not c.known]:
        lines.append(f"Nowhere in these papers: {', '.join(unknown)}.")
    if missed:
        lines += ["", "**What came near**"]
        lines += [f"- {miss.text} ({miss.short}; `{miss.passage}`): {miss.why}." for miss in missed]
    lines += ["", f"**What would be needed:** {_needed(question, concepts)}."]
    return "\n".join(lines)


def unclear(asked: str, history: Sequence[Answer]) -> str:
    """The refusal of a turn that was not understood as a follow-up, in words."""
    lines = [f'**Not understood as a follow-up.** "{asked}" does not say alone what it is about.']
    last = history[-1] if history else None
    if last is not None:
        lines += ["", f"Before it stood: {last.resolved or last.question}"]
        real = [c for c in last.citations if not c.passage.startswith("claim:")]
        read = dict.fromkeys(f"{c.short} ({_SEEN[c.seen]})" for c in real if c.seen in _SEEN)
        lines += [f"Its evidence was read as: {', '.join(list(read)[:4])}."] if read else []
    return "\n".join([*lines, "", "Ask it in full, with the cell, product or molecule that you mean."])


def _why(question: Question, concepts: Sequence[Concept], candidate: Ranked, matcher: Matcher) -> str:
    """What the finding names, in its own notation, and what it lacks, in the question's words."""
    covered = candidate.match.covered
    spoken = (matcher.reader.spoken(c, candidate.match.hit.text) for c in concepts if c.token in covered)
    named = [words for words in spoken if words]
    lacking = [c.label for c in sorted(concepts, key=lambda c: -c.weight) if c.token not in covered]
    parts = [f"it speaks of {_listed(named[:4])}" if named else "it is only alike in wording"]
    gaps = [f"not of {_listed(lacking[:3])}"] if lacking else []
    absent = [_NAMES[kind] for kind in question.asked if not holds((kind,), candidate.match.hit.text)]
    gaps += [f"holds no {name.removeprefix('a ').removeprefix('the ')}" for name in absent]
    if not gaps:
        gaps = ["does not say what is asked"]
    return f"{parts[0]}, but {' and '.join(gaps)}"


def _needed(question: Question, concepts: Sequence[Concept]) -> str:
    wanted = [_NAMES[kind] for kind in question.asked] or ["a statement"]
    subject = [c.label for c in concepts if c.entity or not c.known] or [c.label for c in concepts]
    about = f" on {_listed(subject[:5])} together" if subject else ""
    return f"one finding with {_listed(wanted)}{about}; add a paper with `senescope ingest FILE`"


def _listed(words: Sequence[str]) -> str:
    unique = list(dict.fromkeys(words))
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} and {unique[-1]}"
