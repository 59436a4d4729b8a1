"""A question over 5,000 passages, against bm25s with plain numpy in the same run.

The rival does less: one BM25 and one cosine ranking, added. Ours also takes the second look. Run with
`pytest tests/bench --benchmark-enable`, or as a plain test, which only holds the budget.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import accumulate

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.retrieval.dense import ExactDense
from assistant.retrieval.fusion import best_first, weighted
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.ranking import Ranker
from assistant.retrieval.text_index import TextIndex, Words

PASSAGES = 5000
DEARER = 40
"""How many times the rival's processor time a question may cost after the embedding: the second look reads
200 passages (measured: 18 times, 8.0 against 0.44 ms; both are small beside the embedding's 5 to 15 ms)."""

pytestmark = pytest.mark.bench


class Collection:
    """Passages of made-up words with the frequencies of a language, and questions drawn from them."""

    def __init__(self) -> None:
        chance = random.Random(7)
        words = [
            "".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(3, 11))) for _ in range(30_000)
        ]
        weights = list(accumulate(1 / (rank + 20) for rank in range(len(words))))
        self.texts = [
            [" ".join(chance.choices(words, cum_weights=weights, k=15)) + "." for _ in range(6)]
            for _ in range(PASSAGES)
        ]
        self.questions = [
            " ".join(chance.sample(" ".join(chance.choice(self.texts)).replace(".", "").split(), 12))
            for _ in range(40)
        ]
        random_vectors = np.random.default_rng(7).normal(size=(PASSAGES, 384)).astype(np.float32)
        self.matrix: NDArray[np.float32] = random_vectors / np.linalg.norm(
            random_vectors, axis=1, keepdims=True
        )


@pytest.fixture(scope="module")
def collection() -> Collection:
    return Collection()


@pytest.fixture(scope="module")
def ours(collection: Collection) -> Callable[[int], list[int]]:
    lexicon = Lexicon.shipped()
    index = TextIndex.build((Words("", text) for text in collection.texts), lexicon)
    ranker = Ranker(index, ExactDense(collection.matrix), np.arange(PASSAGES, dtype=np.int64))

    def ask(number: int) -> list[int]:
        query = lexicon.analyse(collection.questions[number], lambda word: True)
        return best_first(ranker.rank(query, collection.matrix[number]).fused, 100)

    return ask


@pytest.fixture(scope="module")
def rival(collection: Collection) -> Callable[[int], list[int]]:
    bm25s = pytest.importorskip("bm25s", reason="the rival, bm25s, is not installed")
    tokens = bm25s.tokenize([" ".join(t) for t in collection.texts], stopwords="en", show_progress=False)
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index(tokens, show_progress=False)

    def ask(number: int) -> list[int]:
        (words,) = bm25s.tokenize(
            [collection.questions[number]], stopwords="en", return_ids=False, show_progress=False
        )
        lexical = index.get_scores(words).astype(np.float32)
        return best_first(weighted(collection.matrix @ collection.matrix[number], lexical, 0.5), 100)

    return ask


def median_seconds(ask: Callable[[int], list[int]]) -> float:
    ask(0)
    times = []
    for number in range(40):
        # Time of this process, not of the wall: what else runs on the machine is not ours.
        begin = time.process_time()
        ask(number)
        times.append(time.process_time() - begin)
    return float(np.median(times))


def test_the_second_look_costs_little_beside_the_rival(
    ours: Callable[[int], list[int]], rival: Callable[[int], list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    # Of three rounds side by side the best: what else runs on the machine makes a round worse, never better.
    rounds = [(median_seconds(ours), median_seconds(rival)) for _ in range(3)]
    own, other = min(rounds, key=lambda pair: pair[0] / pair[1])
    with capsys.disabled():
        print(f"\nours {1000 * own:.1f} ms, bm25s + numpy {1000 * other:.1f} ms per question")  # noqa: T201
    assert own < DEARER * other
