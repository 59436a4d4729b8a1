"""Comparisons: the outcome that two products or designs are compared on, and the side that nothing tells.

"Does axi-cel or tisa-cel persist longer?" is not answered by what the products hold, nor by one side as if it
were both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.concepts import Concept
from assistant.answering.judge import Ranked

_OUTCOMES: Final = (
    (
        re.compile(r"\bpersist\w*|\blast(?:s|ing)? longer\b|\blong(?:er|est)-lived\b", re.I),
        re.compile(
            r"\bpersist(?!ent CAR)\w*|\bdetect\w*|half-li|long-lived|short-lived|\blasted\b|outliv", re.I
        ),
    ),
    (
        re.compile(r"\bexpan(?:d|sion)\w*|\bproliferat\w*|\bcmax\b", re.I),
        re.compile(r"\bexpan\w+|proliferat|\bcmax\b|\bpeak|\bgr[eo]w|copies|doubl", re.I),
    ),
    (re.compile(r"\bexhaust\w*", re.I), re.compile(r"exhaust|inhibitory receptor|PD-1|TOX\b", re.I)),
    (re.compile(r"\bsenescen\w*", re.I), re.compile(r"senescen|\bp16|\bp21|CD57|SA-", re.I)),
)
"""What is asked, and what tells it. Outcomes of patients are held apart in `demands`."""
_BOTH: Final = re.compile(r"\bboth\b|\beither (?:domain|CAR|design)", re.I)


def compared(concepts: Sequence[Concept]) -> list[Concept]:
    """The products, else the domains, that a question sets side by side; empty for fewer than two."""
    kinds = ([c for c in concepts if c.entity and c.kind == kind] for kind in ("product", "domain"))
    return next((sides for sides in kinds if len(sides) > 1), [])


def on_the_outcome(question: str, concepts: Sequence[Concept], text: str) -> bool:
    """Whether a finding tells one of the outcomes that products or designs are compared on."""
    told = _told_by(question)
    return not told or not compared(concepts) or any(pattern.search(text) for pattern in told)


def untold(question: str, concepts: Sequence[Concept], chosen: Sequence[Ranked]) -> str:
    """A line naming the sides of a comparison on whose outcome no finding of the answer speaks, or ""."""
    sides, told = compared(concepts), _told_by(question)
    if not sides or not chosen:
        return ""
    telling = [r for r in chosen if not told or any(pattern.search(r.match.hit.text) for pattern in told)]
    covered = frozenset[str]().union(*(r.match.covered for r in telling))
    if any(r.match.hit.passage.costim == "both" or _BOTH.search(r.match.hit.text) for r in telling):
        covered |= {c.token for c in sides if c.kind == "domain"}
    missing = list(dict.fromkeys(c.label for c in sides if c.token not in covered))
    if not missing:
        return ""
    outcome = next((m.group() for asked, _ in _OUTCOMES if (m := asked.search(question))), "this")
    named = " or ".join(missing)
    return f"**One side only** No finding here tells {outcome} of {named}: read no comparison into it."


def _told_by(question: str) -> list[re.Pattern[str]]:
    return [told for asked, told in _OUTCOMES if asked.search(question)]
