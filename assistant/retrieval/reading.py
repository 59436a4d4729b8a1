"""Passages as numbers of words: what a collection is read into before it is indexed.

Splitting, stemming and looking for glossary terms is nearly all of the work of indexing. A passage that an
earlier index of the same glossary holds is therefore taken over from there, number by number. The result
is the same, array by array, as when everything is read anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.retrieval.forward import BREAK, ForwardIndex
from assistant.retrieval.tokens import word_tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.lexicon import Lexicon

    Marks = NDArray[np.uint64]

ENTITY: Final = "="
"""Begins the token of a glossary term; its word is the token, a space, and the notation found."""


@dataclass(frozen=True, slots=True)
class Words:
    """One passage as the index reads it."""

    title: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class Read:
    """A collection that was read."""

    forward: ForwardIndex
    tokens: dict[str, int]
    """The tokens of `forward`, numbered as they first occur."""
    marks: Marks
    """What tells a passage from every other; one entry per passage, shape (passages,)."""


class Reading:
    """Reads passages one by one; `done` gives the whole."""

    def __init__(self, lexicon: Lexicon, earlier: Read | None = None) -> None:
        self._lexicon = lexicon
        self._earlier = earlier
        self._numbers: dict[str, int] = {}
        self._tokens: list[str] = []
        self._row_of: dict[bytes, int] = {}
        if earlier is not None:
            names = list(earlier.tokens)
            self._numbers = dict(earlier.forward.vocabulary)
            self._tokens = [names[token] for token in earlier.forward.tokens[:-1].tolist()]
            self._row_of = {mark.tobytes(): row for row, mark in enumerate(earlier.marks)}
        self._parts: list[NDArray[np.int32]] = []
        self._marks: list[bytes] = []
        self._title: tuple[str, list[int]] = ("", [])

    def add(self, passage: Words) -> None:
        """Read one passage, or take it over."""
        import numpy as np

        mark = _mark(passage)
        self._marks.append(mark)
        row = self._row_of.get(mark)
        if row is not None and self._earlier is not None:
            starts = self._earlier.forward.starts
            self._parts.append(self._earlier.forward.ids[starts[row] : starts[row + 1]])
            return
        if passage.title != self._title[0]:  # a paper's passages share it
            self._title = (passage.title, self._sentence(passage.title))
        ids = list(self._title[1])
        for text in passage.sentences:
            ids.append(BREAK)
            ids.extend(self._sentence(text))
        self._parts.append(np.asarray(ids, dtype=np.int32))

    def done(self) -> Read:
        """What was read, words and tokens numbered in the order in which they first occur."""
        import numpy as np

        ids = np.concatenate([np.zeros(0, dtype=np.int32), *self._parts])
        lengths = np.fromiter(map(len, self._parts), dtype=np.int64, count=len(self._parts))
        starts = np.concatenate(([0], np.cumsum(lengths)))
        # Words of passages that are gone drop out, and the order is the one that reading anew would give.
        held, first = np.unique(ids, return_index=True)
        held = held[np.argsort(first)]
        held = held[held != BREAK]
        renumbered = np.full(len(self._numbers) + 1, BREAK, dtype=np.int32)  # the last is BREAK's
        renumbered[held] = np.arange(len(held), dtype=np.int32)
        names = list(self._numbers)
        vocabulary = {names[old]: new for new, old in enumerate(held.tolist())}
        tokens: dict[str, int] = {}
        numbers = [tokens.setdefault(self._tokens[old], len(tokens)) for old in held.tolist()]
        forward = ForwardIndex(
            vocabulary, np.asarray([*numbers, BREAK], dtype=np.int32), renumbered[ids], starts
        )
        return Read(forward, tokens, np.frombuffer(b"".join(self._marks), dtype=np.uint64))

    def _sentence(self, text: str) -> list[int]:
        """The words of one sentence, then one for each glossary term in it."""
        ids = [self._number(word, token) for word, token in word_tokens(text)]
        for entity in self._lexicon.entities_in(text):
            token = self._lexicon.token_of(entity)
            ids.append(self._number(f"{token} {' '.join(entity.found.split())}", token))
        return ids

    def _number(self, word: str, token: str) -> int:
        number = self._numbers.setdefault(word, len(self._numbers))
        if number == len(self._tokens):
            self._tokens.append(token)
        return number


def _mark(passage: Words) -> bytes:
    text = "\0".join((passage.title, *passage.sentences))
    return hashlib.blake2b(text.encode(), digest_size=8).digest()
