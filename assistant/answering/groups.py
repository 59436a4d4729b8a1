"""Who did the work: the people that a question names, and the papers that are theirs.

"What dose did they use?" answered from another group's paper puts words into a mouth, which is worse than
no answer. So a question that names a group is held to papers of that group where the index has any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from assistant.evidence import Answer
from ingest.documents import Paper

_NAME: Final = r"[A-Z][\w'’-]+"
_NAMED: Final = re.compile(
    rf"\b(?P<the>the )?(?P<name>{_NAME}(?: Clinic)?)"
    r"(?P<kind>,? (?:and|&) (?:colleagues|co-?workers|others)\b|,? et al\b\.?"
    r"|(?:['’]s)? (?:group|team|lab|laboratory|investigators)\b)"
)
_THEY: Final = re.compile(
    r"\b(?:they|th[eo]se authors|the (?:authors?|group|team|investigators|researchers|lab))\b(?!['’])",
    re.I,
)
_NO_NAME: Final = frozenset(
    ("The", "This", "That", "What", "Which", "CAR", "Can", "Did", "Does", "Research", "Study")
)
_OWN_NAME: Final = re.compile(r"\bCan (?:and (?:colleagues|others)|et al)\b")
"""An author whose name opens a question like an auxiliary does."""


def named(question: str) -> str:
    """The group that a question names, in its words; "" when it names none."""
    match = _find(question)
    return match.group() if match is not None else ""


def put(question: str, group: str) -> str:
    """The question with the group in place of "they"; in brackets where it holds no such word."""
    if _THEY.search(question):
        return _THEY.sub(lambda _: group, question, count=1)
    return f"{question.rstrip('?. ')} ({group})?"


def unnamed(question: str) -> str:
    """The question with "they" in place of the group: its papers are chosen, and do not name themselves."""
    match = _find(question)
    return question if match is None else question[: match.start()] + "they" + question[match.end() :]


def led(answer: Answer) -> tuple[str, ...]:
    """The papers whose findings led an answer; none for a refusal."""
    first = next((s.citations[0] for s in answer.sentences if s.citations), None)
    return tuple(c.paper for c in answer.citations if c.n == first)


def papers_of(
    question: str, papers: Iterable[Paper], texts: Callable[[str], Iterable[str]]
) -> tuple[str, ...]:
    """Papers of the group that a question names: by an author, or because they speak of the group.

    Arguments:
        question: may name a group by a surname or a place ("Weber and colleagues", "the Mayo group").
        papers: those of the index.
        texts: the passages of a paper by its id.
    """
    match = _find(question)
    if match is None:
        return ()
    name = re.compile(rf"\b{re.escape(match['name'])}\b")
    given = tuple(papers)
    first = tuple(p.id for p in given if p.authors and name.match(p.authors[0]))
    if first and not match["the"]:
        return first
    # "The Mayo group" is a place, and its papers are those that say so.
    return tuple(p.id for p in given if any(map(name.search, (*p.authors, *texts(p.id)))))


def _find(question: str) -> re.Match[str] | None:
    for match in _NAMED.finditer(question):
        if match["name"] not in _NO_NAME or _OWN_NAME.match(question, match.start("name")):
            return match
    return None
