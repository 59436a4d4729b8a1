"""A second look at the best candidates: what of the question does one passage cover, and how closely?

BM25 adds up words wherever they stand and however often; what marks an answer is that one sentence
holds the question's words together. Four numbers per candidate, each on its own scale of 0..1 whatever
the collection, so that they also say how well the best passage does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.retrieval.forward import BREAK, ForwardIndex, PieceIndex, pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.lexical import LexicalIndex
    from assistant.retrieval.lexicon import Query

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

_TITLE_SHARE: Final = 0.5
"""What a word of the title counts for a sentence that does not repeat it."""
_REACH: Final = 8
"""Tokens beyond which two words no longer count as near each other."""
_NEXT: Final = 3
"""Each word of the question is paired with this many that follow it."""
_K1: Final = 1.5
_B: Final = 0.75


@dataclass(frozen=True, slots=True)
class Coverage:
    """What some passages cover of a question; one entry per passage, each 0..1."""

    whole: Floats
    """Share of the question's words and terms, by rarity, that the passage holds anywhere."""
    sentence: Floats
    """The same for its best sentence, words of the title counting half."""
    closeness: Floats
    """How near the question's neighbouring words stand in the passage."""
    pieces: Floats
    """BM25 over pieces of words, divided by the best of these passages: finds other forms of a word."""


def cover(
    query: Query, rows: Ints, lexical: LexicalIndex, forward: ForwardIndex, word_pieces: PieceIndex
) -> Coverage:
    """Measure the passages `rows` against a question."""
    ids, begins = forward.gather(rows)
    hits = _Hits(query, forward.tokens[ids], begins, lexical)
    whole, sentence = hits.covered()
    return Coverage(
        whole,
        sentence,
        hits.closeness(),
        _piece_scores(query, rows, ids, begins, word_pieces, len(forward.vocabulary)),
    )


class _Hits:
    """Where the question's tokens occur in the gathered passages."""

    def __init__(self, query: Query, ids: Numbers, begins: Ints, lexical: LexicalIndex) -> None:
        import numpy as np

        self.words = list(dict.fromkeys(query.tokens))
        terms = [*self.words, *dict.fromkeys(query.entity_tokens)]
        self.idf = np.array([lexical.idf(t) for t in terms], dtype=np.float32)
        self.passages = len(begins) - 1
        number = np.full(len(lexical.vocabulary) + 1, -1, dtype=np.int64)  # the last is BREAK's
        for i, term in enumerate(terms):
            if term in lexical.vocabulary:
                number[lexical.vocabulary[term]] = i
        of_token = number[ids]
        self.position = np.flatnonzero(of_token >= 0)
        self.term = of_token[self.position]
        self.passage = np.searchsorted(begins, self.position, side="right") - 1
        breaks = np.concatenate(([0], np.cumsum(ids == BREAK)))
        # Every passage begins a sentence of its own, its title; later ones follow its breaks.
        self.sentence = breaks[self.position] + self.passage
        first = breaks[begins[:-1]] + np.arange(self.passages)
        self.title = self.sentence == first[self.passage]
        self.sentence_starts = first
        self.sentences = int(breaks[-1]) + self.passages

    def covered(self) -> tuple[Floats, Floats]:
        """Share of the question covered by each passage, and by its best sentence."""
        import numpy as np

        total = float(self.idf.sum()) or 1.0
        anywhere = np.zeros((self.passages, len(self.idf)), dtype=np.float32)
        anywhere[self.passage, self.term] = 1.0
        title = np.zeros_like(anywhere)
        title[self.passage[self.title], self.term[self.title]] = _TITLE_SHARE
        owner = np.searchsorted(self.sentence_starts, np.arange(self.sentences), side="right") - 1
        inside = title[owner]
        inside[self.sentence_starts] = 0.0  # the title itself is no sentence to quote
        body = ~self.title
        inside[self.sentence[body], self.term[body]] = 1.0
        best = np.zeros(self.passages, dtype=np.float32)
        np.maximum.at(best, owner, inside @ self.idf)
        return anywhere @ self.idf / np.float32(total), best / np.float32(total)

    def closeness(self) -> Floats:
        """How near neighbouring words of the question stand, weighted by the rarity of the commoner one."""
        import numpy as np

        result = np.zeros(self.passages, dtype=np.float32)
        total = 0.0
        count = len(self.words)
        for i in range(count):
            for j in range(i + 1, min(count, i + 1 + _NEXT)):
                weight = float(min(self.idf[i], self.idf[j]))
                total += weight
                nearest = self._distance(i, j)
                near = nearest <= _REACH
                result[near] += weight / (1 + (nearest[near] - 1) / 3)
        return result / np.float32(total) if total else result

    def _distance(self, one: int, other: int) -> Ints:
        """Least distance between two terms in each passage, in words; out of reach where one is missing."""
        import numpy as np

        chosen = np.flatnonzero((self.term == one) | (self.term == other))
        nearest = np.full(self.passages, 1 << 30, dtype=np.int64)
        left, right = chosen[:-1], chosen[1:]
        pairs = (self.term[left] != self.term[right]) & (self.passage[left] == self.passage[right])
        left, right = left[pairs], right[pairs]
        np.minimum.at(nearest, self.passage[left], self.position[right] - self.position[left])
        return nearest


def _piece_scores(
    query: Query, rows: Ints, ids: Numbers, begins: Ints, index: PieceIndex, words: int
) -> Floats:
    """BM25 over pieces of words, scaled to the best of the passages."""
    import numpy as np

    wanted = Counter(
        number
        for word in query.words
        for piece in pieces(word)
        if (number := index.vocabulary.get(piece)) is not None
    )
    result = np.zeros(len(rows), dtype=np.float32)
    if not wanted or not len(ids):
        return result
    holders = [index.words_with(piece) for piece in wanted]
    holds = np.zeros(words + 1, dtype=np.bool_)  # the last is BREAK's
    holds[np.concatenate(holders)] = True
    position = np.flatnonzero(holds[ids])
    seen = np.zeros(words + 1, dtype=np.bool_)
    seen[ids[position]] = True
    present = np.flatnonzero(seen)
    if not len(present):
        return result
    slot = np.full(words + 1, -1, dtype=np.int64)
    slot[present] = np.arange(len(present))
    passage = np.searchsorted(begins, position, side="right") - 1
    cells = np.bincount(passage * len(present) + slot[ids[position]], minlength=len(rows) * len(present))
    words_in = cells.reshape(len(rows), len(present)).astype(np.float32)
    counts = words_in @ _holding(holders, slot, len(present))
    mean = float(index.lengths.mean()) or 1.0
    norm = _K1 * (1 - _B + _B * index.lengths[rows] / np.float32(mean))
    weight = index.idf[list(wanted)] * np.array(list(wanted.values()), dtype=np.float32)
    result = ((counts / (counts + norm[:, None])) @ weight).astype(np.float32)
    best = float(result.max())
    return result / np.float32(best) if best > 0 else result


def _holding(holders: Sequence[Numbers], slot: Ints, present: int) -> Floats:
    """The table words x pieces of who holds what, for the words that are present."""
    import numpy as np

    table = np.zeros((present, len(holders)), dtype=np.float32)
    for column, words in enumerate(holders):
        at = slot[words]
        table[at[at >= 0], column] = 1.0
    return table
