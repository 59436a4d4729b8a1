"""Numbers citations as an answer grows, one number a passage, each with a quote that is found again."""

from __future__ import annotations

from assistant.evidence import Citation, Hit
from ingest.catalog import Catalog


class Bibliography:
    """The citations of one answer, numbered in the order of first use."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by_passage: dict[str, Citation] = {}

    def cite(self, hit: Hit) -> Citation:
        """The citation of a hit's whole passage; the same passage keeps its number."""
        passage = hit.passage
        known = self._by_passage.get(passage.id)
        if known is not None:
            return known
        number = len(self._by_passage) + 1
        # The quote is the stored text itself, so that text[start:end] == quote holds by construction;
        # tests and `senescope eval answers` find every quote again in the catalog.
        padded = " " * passage.span.start + hit.text
        cited = Citation.of(number, hit.paper, passage, padded, passage.span.start, passage.span.end)
        self._by_passage[passage.id] = cited
        return cited

    def cite_id(self, passage: str) -> Citation | None:
        """The citation of a passage by id, when the catalog holds it and it is evidence."""
        known = self._by_passage.get(passage)
        if known is not None:
            return known
        row = self._catalog.row(passage)
        if row is None or row.paper.retraction == "retracted":
            return None
        return self.cite(Hit(row.passage, row.paper, row.text, 0.0))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in the order of their numbers."""
        return tuple(self._by_passage.values())
