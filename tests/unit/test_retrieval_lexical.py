"""BM25 agrees with its formula."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.retrieval.lexical import LexicalIndex

DOCUMENTS = [["a", "b", "b"], ["b"], ["a", "c", "d", "e", "a"], [], ["c"] * 9]


def indexed(documents: list[list[str]]) -> LexicalIndex:
    vocabulary: dict[str, int] = {}
    pairs = [(vocabulary.setdefault(t, len(vocabulary)), row) for row, d in enumerate(documents) for t in d]
    tokens, rows = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    return LexicalIndex.build(vocabulary, tokens, rows, len(documents))


def expected(query: dict[str, float], document: list[str], k1: float = 1.5, b: float = 0.75) -> float:
    mean = sum(map(len, DOCUMENTS)) / len(DOCUMENTS)
    total = 0.0
    for token, weight in query.items():
        df = sum(token in d for d in DOCUMENTS)
        tf = document.count(token)
        idf = math.log(1 + (len(DOCUMENTS) - df + 0.5) / (df + 0.5))
        total += weight * idf * tf / (tf + k1 * (1 - b + b * len(document) / mean))
    return total


@pytest.mark.parametrize("query", [{"a": 1.0}, {"a": 1.0, "b": 2.0}, {"c": 0.5, "nowhere": 3.0}, {}])
def test_scores_follow_the_formula(query: dict[str, float]) -> None:
    index = indexed(DOCUMENTS)
    assert index.scores(query).tolist() == pytest.approx([expected(query, d) for d in DOCUMENTS], abs=1e-6)


def test_a_rarer_word_weighs_more_and_an_unknown_one_most() -> None:
    index = indexed(DOCUMENTS)
    assert index.idf("nowhere") > index.idf("d") > index.idf("a") > 0
    assert index.knows("d")
    assert not index.knows("nowhere")


def test_no_documents_give_no_scores() -> None:
    assert indexed([]).scores({"a": 1.0}).tolist() == []
