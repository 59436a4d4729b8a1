"""What stands around an answer: the question as read, what was guessed, and lines on its premise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.answering.look import Look
from assistant.evidence import Filters

_ASKS_LIST: Final = re.compile(
    r"(?:which|what|list|name)\s+(?:[\w-]+\s+){0,2}?"
    r"(?:markers|genes|ways|features|products|strategies|factors|drugs|trials)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What an answer and a refusal have in common."""

    question: str
    resolved: str
    filters: Filters
    notes: tuple[str, ...]

    @property
    def read_as(self) -> str:
        """The first paragraph of an answer to a completed question: a note beside it is overlooked."""
        only = self.filters.describe() if self.resolved else ""
        if self.resolved in ("", self.question) and not only:
            return ""
        return f"*Read as: {self.resolved}{f' (only {only})' if only else ''}*\n\n"

    def noted(self, look: Look) -> tuple[str, ...]:
        """Everything that was guessed, each once."""
        corrections = (f"read {c.found!r} as {c.guess!r}" for c in look.retrieval.query.corrections)
        return tuple(dict.fromkeys((*self.notes, *look.question.notes, *corrections)))


def left_out(passages: int) -> str:
    """What a filter by system cannot see."""
    return (
        f"the filter by system leaves out {passages:,} passages of full text, which carry no system: "
        "ask without it to search them too"
    )


def among_others(question: str, further: int) -> str:
    """A line under a list that is cut, so that it is not taken for the whole; "" for no list or no more."""
    if further < 1 or not _ASKS_LIST.match(question):
        return ""
    count = f"{further} further finding{'' if further == 1 else 's'}"
    return f"**Among others** This need not be the whole list: `senescope ask --full` shows {count}."


def on_premise(premise: str) -> str:
    """A line that does not follow the question in what it takes for granted."""
    return f"*The question takes for granted that {premise}. What the corpus says on that:*"


def denied(premise: str, *, plainly: bool) -> str:
    """A line over an answer that goes against what the question takes for granted."""
    if plainly:
        return f"*The question takes for granted that {premise}. The finding below says otherwise:*"
    return (
        f"*The question takes for granted that {premise}. No finding here says so; the nearest points the "
        "other way:*"
    )


def unchecked(premise: str) -> str:
    """A line over an answer that speaks to the question and leaves its premise open."""
    return (
        f"*The question takes for granted that {premise}: compare what stands below before you build on it.*"
    )
