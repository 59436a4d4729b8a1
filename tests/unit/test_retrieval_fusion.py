"""Scaling and ordering of scores."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import best_first, scaled

scores = st.lists(st.integers(-5, 5), max_size=60)


@given(scores, st.integers(0, 70))
def test_best_first_is_a_stable_sort_cut_short(values: list[int], k: int) -> None:
    expected = sorted(range(len(values)), key=lambda i: (-values[i], i))[:k]
    assert best_first(np.array(values, dtype=np.float32), k) == expected


@given(scores)
def test_scaling_reaches_from_nought_to_one_and_keeps_the_order(values: list[int]) -> None:
    array = np.array(values, dtype=np.float32)
    result = scaled(array)
    if len(set(values)) < 2:
        assert not result.any()
    else:
        assert (float(result.min()), float(result.max())) == (0.0, 1.0)
        assert best_first(result, len(values)) == best_first(array, len(values))
