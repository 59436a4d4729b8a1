"""BM25 over token counts, in numpy arrays.

The weight of every token in every passage is computed when the index is built; a query adds up a few
slices. A passage may give fractional counts, which is how titles and entity tokens weigh more or less
than a word of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        cls, documents: Iterable[Mapping[str, float]], *, k1: float = 1.5, b: float = 0.75
    ) -> LexicalIndex:
        """Index passages given as token counts.

        Arguments:
            documents: counts of tokens, one mapping per passage, in the order of the passages.
            k1: how soon repeating a token stops to pay.
            b: how much long passages are held back, 0..1.
        """
        import numpy as np

        vocabulary: dict[str, int] = {}
        ids: list[int] = []
        counts: list[float] = []
        sizes: list[int] = []
        lengths: list[float] = []
        for document in documents:
            ids.extend(vocabulary.setdefault(token, len(vocabulary)) for token in document)
            counts.extend(document.values())
            sizes.append(len(document))
            lengths.append(sum(document.values()))
        n = len(sizes)
        token = np.asarray(ids, dtype=np.int64)
        row = np.repeat(np.arange(n, dtype=np.int32), sizes)
        tf = np.asarray(counts, dtype=np.float64)
        length = np.asarray(lengths, dtype=np.float64)
        df = np.bincount(token, minlength=len(vocabulary))
        idf = np.log1p((n - df + 0.5) / (df + 0.5))
        mean = length.mean() if length.any() else 1.0
        weight = idf[token] * tf / (tf + k1 * (1 - b + b * length[row] / mean))
        order = np.argsort(token, kind="stable")
        starts = np.concatenate(([0], np.cumsum(df)))
        return cls(vocabulary, starts, row[order], weight[order].astype(np.float32), n)

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
