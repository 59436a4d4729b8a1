"""The passages as sequences of words, and the pieces of words they share.

The BM25 index knows how often a word occurs; this one knows where. It is what the second look at the
best candidates reads: which sentence holds which words, how near they stand, and which words share
pieces ("myelodysplasia", "myelodysplastic") though their stems differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

BREAK: Final = -1
"""Stands between sentences; the title is the first sentence, empty where there is none."""
_PIECE: Final = 4
"""Letters in a piece of a word, its two borders counted; five did no better on any two sets at once."""

_AT_ONCE: Final = 4096
"""Passages whose pieces are counted together: a table of some 15 MB."""


@dataclass(frozen=True)
class ForwardIndex:
    """The words of every passage in reading order."""

    vocabulary: Mapping[str, int]
    """Words as written, folded; glossary terms (see `reading.ENTITY`) stand at the end of their sentence."""
    tokens: Numbers
    """For each word the number of its token in the BM25 vocabulary; one more entry, -1, for BREAK."""
    ids: Numbers
    """Word numbers of all passages, one after the other, with BREAK between sentences."""
    starts: Ints
    """Where each passage starts in `ids`; one more entry than there are passages."""

    def gather(self, rows: Ints) -> tuple[Numbers, Ints]:
        """The word numbers of some passages end to end, and where each passage starts among them."""
        import numpy as np

        lengths = self.starts[rows + 1] - self.starts[rows]
        begins = np.concatenate(([0], np.cumsum(lengths)))
        where = np.repeat(self.starts[rows] - begins[:-1], lengths) + np.arange(begins[-1])
        return self.ids[where], begins


@dataclass(frozen=True)
class PieceIndex:
    """Which words hold which pieces, and how rare a piece is."""

    vocabulary: Mapping[str, int]
    starts: Ints
    """Where each piece's words start in `words`; one more entry than there are pieces."""
    words: Numbers
    idf: Floats
    lengths: Floats
    """Number of pieces in each passage."""

    @classmethod
    def build(cls, forward: ForwardIndex) -> PieceIndex:
        """Cut the words of `forward` into pieces and count them over its passages."""
        import numpy as np

        vocabulary: dict[str, int] = {}
        owner: list[int] = []
        held: list[int] = []
        amount = np.zeros(len(forward.vocabulary) + 1, dtype=np.float32)  # the last is BREAK's
        for text, number in forward.vocabulary.items():
            own = pieces(text)
            amount[number] = len(own)
            for piece in dict.fromkeys(own):
                owner.append(number)
                held.append(vocabulary.setdefault(piece, len(vocabulary)))
        holding = np.asarray(held, dtype=np.int64)
        order = np.argsort(holding, kind="stable")
        words: Numbers = np.asarray(owner, dtype=np.int32)[order]
        starts = np.concatenate(([0], np.cumsum(np.bincount(holding, minlength=len(vocabulary)))))
        df = _document_frequency(forward, starts, words)
        n = len(forward.starts) - 1
        edges = np.concatenate(([0.0], np.cumsum(amount[forward.ids], dtype=np.float64)))
        return cls(
            vocabulary,
            starts,
            words,
            np.log1p((n - df + 0.5) / (df + 0.5)).astype(np.float32),
            (edges[forward.starts[1:]] - edges[forward.starts[:-1]]).astype(np.float32),
        )

    def words_with(self, piece: int) -> Numbers:
        """The numbers of the words that hold a piece."""
        return self.words[self.starts[piece] : self.starts[piece + 1]]


def pieces(word: str) -> list[str]:
    """The runs of letters of a word, its borders marked; none for joined compounds and entity tokens."""
    if word.startswith(("=", "+")):
        return []
    marked = f"_{word}_"
    return [marked[i : i + _PIECE] for i in range(max(1, len(marked) - _PIECE + 1))]


def _document_frequency(forward: ForwardIndex, starts: Ints, words: Numbers) -> Ints:
    """In how many passages each piece occurs: what is not zero in passages by words times words by pieces."""
    import numpy as np
    from scipy.sparse import csc_array, csr_array

    n = len(forward.starts) - 1
    real = forward.ids != BREAK
    edges = np.concatenate(([0], np.cumsum(real)))[forward.starts]
    ids = forward.ids[real]
    shape = (len(forward.vocabulary), len(starts) - 1)
    holds = csr_array(csc_array((np.ones(len(words), dtype=np.int32), words, starts), shape=shape))
    df = np.zeros(shape[1], dtype=np.int64)
    for begin in range(0, n, _AT_ONCE):
        part = edges[begin : begin + _AT_ONCE + 1]
        own = ids[part[0] : part[-1]]
        held = csr_array(
            (np.ones(len(own), dtype=np.int32), own, part - part[0]), shape=(len(part) - 1, shape[0])
        )
        df += np.bincount((held @ holds).indices, minlength=shape[1])
    return df
