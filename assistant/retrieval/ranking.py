"""The ranking itself, on plain inputs: texts, titles, groups and an embedding matrix.

It knows nothing of catalogs or papers, so that a benchmark folder and the shipped corpus go through the
very same code with the very same constants.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.retrieval.fusion import weighted
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.lexicon import Lexicon, Query
from assistant.retrieval.tokens import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.dense import Dense

    Floats = NDArray[np.float32]

RANKING_VERSION: Final = "1"
"""Part of the name of every stored lexical index: raise it when `document_counts` changes."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """The constants of the shipped configuration, tuned on the development sets only."""

    dense_weight: float = 0.5
    """Share of the dense score in the fused one."""
    k1: float = 1.5
    b: float = 0.75
    title_count: float = 1.0
    """How often a word of the title counts, against once for a word of the text."""
    entity_count: float = 1.0
    """How often a glossary term counts beside its own words."""


SHIPPED: Final = Knobs()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of all passages for one query, in the order of the passages."""

    fused: Floats
    """0..1, higher is better."""
    cosine: Floats
    lexical: Floats
    """BM25 divided by the best one of this query."""


def document_counts(title: str, text: str, lexicon: Lexicon, knobs: Knobs = SHIPPED) -> Mapping[str, float]:
    """Token counts of one passage: words and glossary terms of title and text."""
    counts: Counter[str] = Counter()
    for part, weight in ((text, 1.0), (title, knobs.title_count)):
        for token in tokens(part):
            counts[token] += weight  # type: ignore[assignment]  # Counter is typed for whole numbers only
        for token in lexicon.entity_tokens(part):
            counts[token] += weight * knobs.entity_count  # type: ignore[assignment]
    return counts


def query_weights(query: Query, knobs: Knobs = SHIPPED) -> Mapping[str, float]:
    """Token weights of one question: its words and its glossary terms."""
    weights: dict[str, float] = {}
    for token in query.tokens:
        weights[token] = weights.get(token, 0.0) + 1.0
    for token in query.entity_tokens:
        weights[token] = knobs.entity_count
    return weights


def build_lexical(parts: Iterable[tuple[str, str]], lexicon: Lexicon, knobs: Knobs = SHIPPED) -> LexicalIndex:
    """The BM25 index of passages given as (title, text)."""
    return LexicalIndex.build(
        (document_counts(title, text, lexicon, knobs) for title, text in parts), k1=knobs.k1, b=knobs.b
    )


@dataclass(frozen=True)
class Ranker:
    """Scores every passage of one collection."""

    lexical: LexicalIndex
    dense: Dense
    groups: Sequence[int]
    """For each passage the number of its paper."""
    knobs: Knobs = SHIPPED

    def rank(self, query: Query, vector: Floats) -> Ranking:
        """Score all passages.

        Arguments:
            query: the analysed question.
            vector: its unit-length embedding.
        """
        cosine = self.dense.scores(vector)
        bm25 = self.lexical.scores(query_weights(query, self.knobs))
        best = float(bm25.max()) if len(bm25) else 0.0
        return Ranking(
            fused=weighted(cosine, bm25, self.knobs.dense_weight),
            cosine=cosine,
            lexical=bm25 / best if best > 0 else bm25,
        )


Embed = Callable[[str], "Floats"]
"""A question to its unit-length vector."""
