"""BM25 over token counts, in numpy arrays.

The weight of every token in every passage is computed when the index is built; a query adds up a few
slices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 (Lucene's idf: never negative) over `size` passages."""

    vocabulary: Mapping[str, int]
    starts: Ints
    """Where each token's postings start; one more entry than there are tokens."""
    rows: NDArray[np.int32]
    """The passages of the postings."""
    weights: Floats
    """What a posting adds to the score of its passage."""
    size: int

    @classmethod
    def build(
        cls,
        vocabulary: Mapping[str, int],
        tokens: NDArray[np.int32],
        passages: NDArray[np.int32],
        size: int,
        *,
        k1: float = 1.5,
        b: float = 0.75,
    ) -> LexicalIndex:
        """Index tokens where they occur.

        Arguments:
            vocabulary: tokens to their numbers.
            tokens: the number of each token of the collection, shape (occurrences,).
            passages: the passage that each stands in, 0..size-1, ascending.
            size: how many passages there are.
            k1: how soon repeating a token stops to pay.
            b: how much long passages are held back, 0..1.
        """
        import numpy as np

        width = max(1, len(vocabulary))
        pairs, tf = np.unique(passages.astype(np.int64) * width + tokens, return_counts=True)
        row, token = (pairs // width).astype(np.int32), pairs % width
        length = np.bincount(passages, minlength=size)
        df = np.bincount(token, minlength=len(vocabulary))
        idf = np.log1p((size - df + 0.5) / (df + 0.5))
        mean = length.mean() if length.any() else 1.0
        weight = idf[token] * tf / (tf + k1 * (1 - b + b * length[row] / mean))
        order = np.argsort(token, kind="stable")
        starts = np.concatenate(([0], np.cumsum(df)))
        return cls(vocabulary, starts, row[order], weight[order].astype(np.float32), size)

    def scores(self, query: Mapping[str, float]) -> Floats:
        """BM25 of every passage for weighted query tokens; unknown tokens add nothing."""
        import numpy as np

        total = np.zeros(self.size, dtype=np.float32)
        for token, weight in query.items():
            i = self.vocabulary.get(token)
            if i is not None:
                part = slice(self.starts[i], self.starts[i + 1])
                # A passage occurs once in a token's postings, so plain indexing adds correctly.
                total[self.rows[part]] += np.float32(weight) * self.weights[part]
        return total

    def idf(self, token: str) -> float:
        """The inverse document frequency of a token: the rarer the higher, never negative."""
        import math

        i = self.vocabulary.get(token)
        df = 0 if i is None else int(self.starts[i + 1] - self.starts[i])
        return math.log1p((self.size - df + 0.5) / (df + 0.5))

    def knows(self, token: str) -> bool:
        """Whether any passage holds the token."""
        return token in self.vocabulary
