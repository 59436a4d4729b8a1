"""Which notation a collection uses for a term, so that a question can be embedded in its language.

The embedder has never learnt that TNFRSF9 is 4-1BB or Yescarta axi-cel. BM25 meets them through entity
tokens; for the embedding a notation that the collection hardly knows is followed by the one it knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assistant.retrieval.lexicon import Query, key

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


def counted(found: Iterable[tuple[str, str, int]]) -> Usage:
    """The usage of terms given with a notation each and how often it occurs, in the order of the texts."""
    counts: dict[str, dict[str, int]] = {}
    written: dict[tuple[str, str], str] = {}
    for term, notation, count in found:
        first = written.setdefault((term, key(notation)), notation)
        of_term = counts.setdefault(term, {})
        of_term[first] = of_term.get(first, 0) + count
    return Usage(counts)
