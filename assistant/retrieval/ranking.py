"""The ranking itself, on plain inputs: an index of words, embeddings, a question.

Two looks. The first scores every passage by cosine and BM25. The second takes the best few hundred and
asks what they cover of the question. It knows nothing of catalogs or papers, so that a benchmark
folder and the shipped corpus go through the very same code with the very same constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.retrieval.coverage import Coverage, cover
from assistant.retrieval.fusion import best_first, scaled
from assistant.retrieval.lexicon import Query
from assistant.retrieval.text_index import TextIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.dense import Dense

    Floats = NDArray[np.float32]

Embed = Callable[[str], "Floats"]
"""A question to its unit-length vector."""
States = Callable[[Sequence[str]], "list[Floats]"]
"""Texts to the states of their word pieces, (pieces, dimension) each."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """The constants of the ranking; shares of the fused score add up to one.

    Tuned by hand-sized steps on the development parts of scifact, bioasq and covidqa and on our own
    questions. With each set left out in turn, the shares found on the others came within 0.01 nDCG@10 of
    these on it (`paper` apart, which was chosen afterwards and moves only our questions). A low-rank
    adapter of the question vector, trained in the same way, lost on every set it had not seen.
    """

    dense: float = 0.333
    """Share of the scaled cosine."""
    lexical: float = 0.033
    """Share of the scaled BM25."""
    whole: float = 0.167
    """Share of what the passage covers of the question."""
    sentence: float = 0.167
    """Share of what its best sentence covers."""
    closeness: float = 0.067
    """Share of how near the question's words stand."""
    pieces: float = 0.166
    """Share of BM25 over pieces of words."""
    paper: float = 0.067
    """Share of the best other passage of the same paper; nothing where a paper has one passage."""
    first_dense: float = 0.5
    """Share of the cosine in the first look, the rest being BM25."""
    candidates: int = 200
    """How many passages get a second look."""


SHIPPED: Final = Knobs()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of all passages for one query, in the order of the passages."""

    fused: Floats
    """0..1, higher is better; negative for passages that were not allowed."""
    cosine: Floats
    lexical: Floats
    """BM25 divided by the best one of this query."""


def query_weights(query: Query) -> Mapping[str, float]:
    """Token weights of one question: every occurrence of a word, every glossary term once."""
    weights: dict[str, float] = {}
    for token in query.tokens:
        weights[token] = weights.get(token, 0.0) + 1.0
    return weights | dict.fromkeys(query.entity_tokens, 1.0)


@dataclass(frozen=True)
class Ranker:
    """Scores every passage of one collection."""

    text: TextIndex
    dense: Dense
    groups: NDArray[np.int64] | None = None
    """For each passage the number of its paper; None when every passage stands alone."""
    knobs: Knobs = SHIPPED

    def rank(self, query: Query, vector: Floats, allowed: NDArray[np.bool_] | None = None) -> Ranking:
        """Score all passages.

        Arguments:
            query: the analysed question.
            vector: its unit-length embedding.
            allowed: the passages that may be found; None is all.
        """
        import numpy as np

        knobs = self.knobs
        cosine = self.dense.scores(vector)
        bm25 = self.text.lexical.scores(query_weights(query))
        near, said = scaled(cosine), scaled(bm25)
        first = knobs.first_dense * near + (1 - knobs.first_dense) * said
        if allowed is not None:
            first = np.where(allowed, first, np.float32(-1.0))
        chosen = np.asarray([i for i in best_first(first, knobs.candidates) if first[i] >= 0], dtype=np.int64)
        fused = np.float32(knobs.dense) * near + np.float32(knobs.lexical) * said
        if len(chosen):
            fused[chosen] += self._second(
                cover(query, chosen, self.text.lexical, self.text.forward, self.text.pieces)
            )
            if self.groups is not None:
                support = best_other(fused[chosen], self.groups[chosen]) / np.float32(1 - knobs.paper)
                fused[chosen] += np.float32(knobs.paper) * support
        if allowed is not None:
            fused = np.where(allowed, fused, np.float32(-1.0))
        best = float(bm25.max()) if len(bm25) else 0.0
        return Ranking(fused.astype(np.float32), cosine, bm25 / np.float32(best) if best > 0 else bm25)

    def _second(self, coverage: Coverage) -> Floats:
        import numpy as np

        knobs = self.knobs
        result: Floats = (
            np.float32(knobs.whole) * coverage.whole
            + np.float32(knobs.sentence) * coverage.sentence
            + np.float32(knobs.closeness) * coverage.closeness
            + np.float32(knobs.pieces) * coverage.pieces
        )
        return result


def best_other(scores: Floats, groups: NDArray[np.int64]) -> Floats:
    """For each score the best one of another member of its group, 0 when there is none."""
    import numpy as np

    first: dict[int, int] = {}
    second: dict[int, int] = {}
    for i in best_first(scores, len(scores)):
        group = int(groups[i])
        if group not in first:
            first[group] = i
        else:
            second.setdefault(group, i)
    result = np.zeros_like(scores)
    for i, group in enumerate(groups.tolist()):
        other = first[group] if first[group] != i else second.get(group)
        if other is not None:
            result[i] = scores[other]
    return result
