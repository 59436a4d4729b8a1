"""Which notation a collection uses for a term, so that a question can be embedded in its language.

The embedder has never learnt that TNFRSF9 is 4-1BB or Yescarta axi-cel. BM25 meets them through entity
tokens; for the embedding a notation that the collection hardly knows is followed by the one it knows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from assistant.retrieval.lexicon import Entity, Query, key

_RARE: Final = 0.1
"""A notation is foreign when it is seen less than this share as often as the most usual one."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How often each notation of each glossary term occurs."""

    counts: Mapping[str, Mapping[str, int]]
    """Term to notation, as first written, to occurrences; notations with one key are counted together."""

    def usual(self, term: str, found: str) -> str | None:
        """The notation that the collection uses for `term`, when `found` is foreign to it."""
        counts = self.counts.get(term)
        if not counts:
            return None
        usual = max(counts, key=lambda n: (counts[n], n))
        seen = sum(count for notation, count in counts.items() if key(notation) == key(found))
        return usual if seen < _RARE * counts[usual] else None

    def embeddable(self, query: Query) -> str:
        """The question with the usual notation in brackets after each foreign one."""
        parts: list[str] = []
        at = 0
        for entity in query.entities:
            usual = self.usual(entity.term, entity.found)
            if usual is not None:
                parts.append(f"{query.corrected[at : entity.end]} ({usual})")
                at = entity.end
        return "".join((*parts, query.corrected[at:]))

    def to_json(self) -> str:
        """For storing."""
        return json.dumps(self.counts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Usage:
        """What `to_json` wrote; raises ValueError for anything else."""
        counts = json.loads(text)
        if not isinstance(counts, dict):
            raise ValueError("no counts of notations")
        return cls(counts)


@dataclass(slots=True)
class UsageCounter:
    """Counts notations while a collection is read."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    _written: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, entity: Entity) -> None:
        """Count one occurrence."""
        written = self._written.setdefault((entity.term, key(entity.found)), entity.found)
        self.counts.setdefault(entity.term, Counter())[written] += 1

    def done(self) -> Usage:
        """The counts so far."""
        return Usage({term: dict(counts) for term, counts in self.counts.items()})
