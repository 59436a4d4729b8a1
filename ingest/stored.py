"""The passages of a catalog that is too large to be held in memory.

What filters, groups and weights look at is held for every passage, some 300 bytes each; text and sentences
are fetched when a passage is a hit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from ingest.catalog import Catalog
from ingest.rows import Row


@dataclass(frozen=True, slots=True)
class StoredRows(Sequence[Row]):
    """All searchable passages in the order of their ids, like `Catalog.rows`."""

    catalog: Catalog
    lean: tuple[Row, ...]
    """The same passages without text and sentences."""

    @classmethod
    def of(cls, catalog: Catalog) -> StoredRows:
        """The passages of a catalog as it is now."""
        return cls(catalog, tuple(catalog.lean_rows()))

    def __len__(self) -> int:
        return len(self.lean)

    @overload
    def __getitem__(self, number: int) -> Row: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[Row]: ...

    def __getitem__(self, number: int | slice) -> Row | Sequence[Row]:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        passage = self.lean[number].passage.id
        row = self.catalog.row(passage)
        if row is None:
            raise LookupError(f"passage {passage!r} was removed while the index was searched; ask again")
        return row

    def __iter__(self) -> Iterator[Row]:
        """All passages whole, one by one."""
        return self.catalog.each_row()
