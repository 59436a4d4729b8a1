"""Putting two rankings together: weighted scores, each scaled by what the query can reach.

Rank fusion throws the distances away and loses to BM25 alone on full text; a weighted sum of scaled
scores does not. Scaling happens over the whole collection, before filters, so that a filter never
changes the order of what it leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def scaled(scores: Floats) -> Floats:
    """Scores moved to 0..1 by their least and greatest; all zero when they do not differ."""
    import numpy as np

    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high - low < 1e-9:
        return np.zeros_like(scores)
    result: Floats = (scores - np.float32(low)) / np.float32(high - low)
    return result


def weighted(dense: Floats, lexical: Floats, weight: float) -> Floats:
    """`weight` times the scaled dense scores plus the rest times the scaled lexical ones."""
    import numpy as np

    result: Floats = np.float32(weight) * scaled(dense) + np.float32(1 - weight) * scaled(lexical)
    return result


def best_first(scores: Floats, k: int) -> list[int]:
    """Positions of the `k` greatest scores, best first; equal scores in the order of position."""
    import numpy as np

    if k <= 0 or not len(scores):
        return []
    if k < len(scores):
        # Everything as good as the k-th, so that ties at the border do not depend on the partition.
        border = np.partition(scores, len(scores) - k)[len(scores) - k]
        chosen = np.flatnonzero(scores >= border)
    else:
        chosen = np.arange(len(scores))
    order = chosen[np.argsort(-scores[chosen], kind="stable")]
    return [int(i) for i in order[:k]]
