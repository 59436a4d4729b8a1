"""The subject that a follow-up was completed with, and whether the best findings speak of it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Final

from assistant.answering.concepts import Concept, coverage
from assistant.answering.judge import Ranked

_LOOKED_AT: Final = 3
"""Findings of which one must be on the subject."""
_ON_SUBJECT: Final = 0.5
"""Share of the subject, by weight, that a finding on it holds."""


def led_by(subject: Set[str], concepts: Sequence[Concept], ranked: Sequence[Ranked]) -> list[Ranked]:
    """The ranking led by a finding on the subject of a follow-up; empty when none of the best is.

    "Is that because of less senescence?" after shorter culture is not answered by what p38 did.

    Arguments:
        subject: stems and entity tokens of what the follow-up was completed with.
        concepts: those of the completed question, the subject among them.
        ranked: best first.
    """
    about = [c for c in concepts if any(part in subject for part in c.token.split())]
    for at, candidate in enumerate(ranked[:_LOOKED_AT]):
        if coverage(about, candidate.match.covered, nothing=1.0) >= _ON_SUBJECT:
            return [candidate, *ranked[:at], *ranked[at + 1 :]]
    return []
