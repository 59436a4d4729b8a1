"""Cosine similarity of a question to every passage: exactly, or through Chroma.

Exact search multiplies the stored embeddings by the question's and needs nothing but numpy; at 5,000
passages that is under a millisecond, and importing chromadb alone would cost 0.6 s. Chroma's index pays
from some hundred thousand passages on, or where the vectors live on a server. Both give one number per
passage, in the order of the catalog's rows, so that fusion does not care which one ran.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from langchain_chroma import Chroma
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

DenseMode = Literal["auto", "exact", "chroma"]
EXACT_UP_TO: Final = 200_000
"""`auto` searches exactly up to this many passages: 300 MB of float32 at 384 dimensions, about 20 ms."""


class Dense(Protocol):
    """Anything that can score all passages against a question vector."""

    def scores(self, vector: Floats) -> Floats:
        """Cosine of the unit vector `vector` to every passage, in the order of the rows."""
        ...


@dataclass(frozen=True)
class ExactDense:
    """Exact cosine over a matrix of unit rows."""

    matrix: Floats = field(repr=False)

    def scores(self, vector: Floats) -> Floats:
        """See `Dense.scores`."""
        import numpy as np

        if not len(self.matrix):
            return np.zeros(0, dtype=np.float32)
        result: Floats = self.matrix @ vector
        return result


class ChromaDense:
    """Nearest neighbours from a Chroma collection; passages beyond the nearest get the last cosine seen."""

    def __init__(self, store: Chroma, ids: Sequence[str], *, depth: int = 1000) -> None:
        """Search `store` for the passages `ids`.

        Arguments:
            store: a Chroma store in cosine space, whose ids are the passage ids.
            ids: the passage ids in the order of the rows.
            depth: how many neighbours are asked for.
        """
        self._store = store
        self._row = {identifier: row for row, identifier in enumerate(ids)}
        self._depth = depth

    def scores(self, vector: Floats) -> Floats:
        """See `Dense.scores`; exact for the nearest `depth` passages, an upper bound for the rest."""
        import numpy as np

        size = len(self._row)
        depth = min(self._depth, size)
        if not depth:
            return np.zeros(0, dtype=np.float32)
        found = self._store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=depth)
        # The "relevance" that LangChain hands on is Chroma's distance: 1 - cosine.
        last = 1.0 - found[-1][1] if found else 0.0
        result = np.full(size, last, dtype=np.float32)
        for document, distance in found:
            row = self._row.get(document.id or "")
            if row is not None:
                result[row] = 1.0 - distance
        return result
