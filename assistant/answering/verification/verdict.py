"""The table from what the checks found to a verdict; every cell has a test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from assistant.evidence import Verdict

Check = Literal[
    "citation", "language", "number", "name", "system", "scope", "direction", "negation", "comparison",
    "opposite", "strength", "wording", "similarity",
]  # fmt: skip
Outcome = Literal["missing", "conflict"]
"""The quote does not hold it, or holds something that excludes it."""

TABLE: Final[dict[Check, dict[Outcome, Verdict]]] = {
    "citation": {"missing": "insufficient", "conflict": "insufficient"},
    "language": {"missing": "insufficient", "conflict": "insufficient"},
    "number": {"missing": "insufficient", "conflict": "contradicted"},
    "name": {"missing": "insufficient", "conflict": "contradicted"},
    "system": {"missing": "insufficient", "conflict": "contradicted"},
    "scope": {"missing": "insufficient", "conflict": "contradicted"},
    "direction": {"missing": "insufficient", "conflict": "contradicted"},
    "negation": {"missing": "insufficient", "conflict": "contradicted"},
    "comparison": {"missing": "insufficient", "conflict": "contradicted"},
    "opposite": {"missing": "insufficient", "conflict": "contradicted"},
    # A hedge dropped or a cause claimed goes further than the quote; it does not say the opposite.
    "strength": {"missing": "insufficient", "conflict": "insufficient"},
    "wording": {"missing": "insufficient", "conflict": "insufficient"},
    "similarity": {"missing": "insufficient", "conflict": "insufficient"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What one check has against a sentence."""

    check: Check
    outcome: Outcome
    reason: str


def decide(faults: Iterable[Fault]) -> tuple[Verdict, str]:
    """The verdict and its reason: any contradiction first, then anything that is missing."""
    listed = list(faults)
    for fault in listed:
        if TABLE[fault.check][fault.outcome] == "contradicted":
            return "contradicted", fault.reason
    return ("insufficient", listed[0].reason) if listed else ("supported", "")
