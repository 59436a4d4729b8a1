"""The lexical side of an index in one file: BM25 postings, token sequences, pieces of words.

Built once for a collection and read in milliseconds; a cache like the vector store, never the truth.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.retrieval.forward import BREAK, ForwardIndex, PieceIndex
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.reading import ENTITY, Read, Reading, Words
from assistant.retrieval.usage import Usage, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.retrieval.reading import Marks

__all__ = ["TEXT_INDEX_VERSION", "TextIndex", "Words"]

TEXT_INDEX_VERSION: Final = "6"
"""Part of the name of a stored index: raise it when the tokens or the arrays change."""


@dataclass(frozen=True)
class TextIndex:
    """Everything that is known of the words of a collection."""

    lexical: LexicalIndex
    forward: ForwardIndex
    pieces: PieceIndex
    usage: Usage
    marks: Marks
    """Of each passage, see `reading.Read`."""
    made: str
    """By what: indices of one making can take passages over from each other."""

    @classmethod
    def build(
        cls, passages: Iterable[Words], lexicon: Lexicon, earlier: TextIndex | None = None
    ) -> TextIndex:
        """Index passages; title and text count alike, and each glossary term as one more word.

        What `earlier` holds of them is not read again; the index is the same with and without it.
        """
        made = _making(lexicon)
        reading = Reading(lexicon, earlier.read if earlier is not None and earlier.made == made else None)
        for passage in passages:
            reading.add(passage)
        return cls._of(reading.done(), lexicon, made)

    @classmethod
    def _of(cls, read: Read, lexicon: Lexicon, made: str) -> TextIndex:
        import numpy as np

        forward = read.forward
        size = len(forward.starts) - 1
        real = forward.ids != BREAK
        passage = np.repeat(np.arange(size, dtype=np.int32), np.diff(forward.starts))
        lexical = LexicalIndex.build(read.tokens, forward.tokens[forward.ids[real]], passage[real], size)
        seen = np.bincount(forward.ids[real], minlength=len(forward.vocabulary)).tolist()
        terms = lexicon.terms_by_token
        usage = counted(
            (terms[token], notation, seen[number])
            for word, number in forward.vocabulary.items()
            if word.startswith(ENTITY)
            for token, _, notation in (word.partition(" "),)
        )
        return cls(lexical, forward, PieceIndex.build(forward), usage, read.marks, made)

    @property
    def read(self) -> Read:
        """The collection as it was read."""
        return Read(self.forward, dict(self.lexical.vocabulary), self.marks)

    def save(self, path: Path) -> None:
        """Write to a file; all or nothing."""
        import numpy as np

        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **self._arrays())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _arrays(self) -> dict[str, Any]:
        import numpy as np

        return {
            "vocabulary": _packed(self.lexical.vocabulary),
            "starts": self.lexical.starts,
            "rows": self.lexical.rows,
            "weights": self.lexical.weights,
            "usage": np.frombuffer(self.usage.to_json().encode(), dtype=np.uint8),
            "words": _packed(self.forward.vocabulary),
            "word_tokens": self.forward.tokens,
            "forward_ids": self.forward.ids,
            "forward_starts": self.forward.starts,
            "piece_vocabulary": _packed(self.pieces.vocabulary),
            "piece_starts": self.pieces.starts,
            "piece_words": self.pieces.words,
            "piece_idf": self.pieces.idf,
            "piece_lengths": self.pieces.lengths,
            "marks": self.marks,
            "made": np.frombuffer(self.made.encode(), dtype=np.uint8),
        }

    @classmethod
    def load(cls, path: Path) -> TextIndex:
        """Read what `save` wrote.

        Raises:
            ValueError: the file is not such an index, or was cut short.
        """
        import zipfile

        import numpy as np

        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                a = {name: data[name] for name in data.files}
            size = len(a["forward_starts"]) - 1
            lexical = LexicalIndex(_unpacked(a["vocabulary"]), a["starts"], a["rows"], a["weights"], size)
            usage = Usage.from_json(a["usage"].tobytes().decode())
            forward = ForwardIndex(
                _unpacked(a["words"]), a["word_tokens"], a["forward_ids"], a["forward_starts"]
            )
            pieces = PieceIndex(
                _unpacked(a["piece_vocabulary"]),
                a["piece_starts"],
                a["piece_words"],
                a["piece_idf"],
                a["piece_lengths"],
            )
            marks, made = a["marks"], a["made"].tobytes().decode()
        except (KeyError, EOFError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path}: not a text index ({error})") from error
        if len(lexical.starts) != len(lexical.vocabulary) + 1 or {
            len(pieces.lengths),
            len(marks),
        } != {size}:
            raise ValueError(f"{path}: a text index with missing parts")
        return cls(lexical, forward, pieces, usage, marks, made)


def _making(lexicon: Lexicon) -> str:
    return hashlib.sha256(f"{TEXT_INDEX_VERSION}\n{lexicon.stamp}".encode()).hexdigest()


def _packed(vocabulary: Mapping[str, int]) -> NDArray[Any]:
    import numpy as np

    return np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[Any]) -> dict[str, int]:
    text = packed.tobytes().decode()
    return {token: number for number, token in enumerate(text.split("\n"))} if text else {}
