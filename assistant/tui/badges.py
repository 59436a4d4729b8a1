"""Small labels for where evidence comes from: a word each, with a mark for the domain.

A label holds no blank, so that it is never broken over two lines. The marks (◆ 4-1BB, ● CD28, ◈ both,
○ other) carry the domain without colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from textual.content import Content

from assistant.evidence import Citation
from assistant.sessions.plain import one_line

SYSTEMS = {
    "in-vitro": "in-vitro",
    "mouse": "mouse",
    "patients": "patients",
    "computation": "computation",
    "review": "review",
    "donors": "donors",
}
COSTIMS = {
    "4-1BB": "◆4-1BB",
    "CD28": "●CD28",
    "both": "◈both-domains",
    "other": "○other-domain",
    "none": "○no-domain",
}
STYLES = {"4-1BB": "$design-a", "CD28": "$design-b"}
RETRACTIONS = {
    "retracted": "✖RETRACTED",
    "concern": "⚠expression-of-concern",
    "corrected": "✎corrected",
}


def name_of(citation: Citation) -> str:
    """A short name of the source: authors or title, and journal; the ledger of claims by its name."""
    if citation.passage.startswith("claim:"):
        return f"Claim ledger of this corpus: {citation.passage.removeprefix('claim:')}"
    return one_line(citation.named)


def summary(citations: Iterable[Citation]) -> Content:
    """Systems and domains of all citations with their counts; what an answer rests on, at a glance."""
    listed = list(citations)
    systems = Counter(c.system for c in listed if c.system in SYSTEMS)
    costims = Counter(c.costim for c in listed if c.costim in COSTIMS)
    parts = [_badge(SYSTEMS[name], "", count) for name, count in systems.most_common()]
    parts += [_badge(COSTIMS[name], STYLES.get(name, ""), count) for name, count in costims.most_common()]
    flagged = Counter(c.retraction for c in listed if c.retraction in RETRACTIONS)
    parts += [_badge(RETRACTIONS[name], "bold $error", count) for name, count in flagged.items()]
    return Content(" ").join(parts)


def of_citation(citation: Citation) -> Content:
    """The labels of one quote."""
    parts = []
    if citation.system in SYSTEMS:
        parts.append(_badge(SYSTEMS[citation.system]))
    if citation.costim in COSTIMS:
        parts.append(_badge(COSTIMS[citation.costim], STYLES.get(citation.costim, "")))
    if citation.target not in ("", "n/a"):
        parts.append(_badge(one_line(citation.target).replace(" ", "-")))
    if citation.evidence != "primary":
        parts.append(_badge(f"{one_line(citation.evidence)}-source"))
    if citation.seen != "full-text":
        parts.append(
            _badge({"abstract": "abstract-only", "secondary": "from-excerpts"}.get(citation.seen, ""))
        )
    if citation.retraction in RETRACTIONS:
        parts.append(_badge(RETRACTIONS[citation.retraction], "bold $error"))
    return Content(" ").join(parts)


def _badge(text: str, style: str = "", count: int = 0) -> Content:
    label = f" {text}×{count} " if count > 1 else f" {text} "
    return Content.styled(label, f"{style or '$foreground'} on $panel")
