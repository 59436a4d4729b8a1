"""The lexical side of an index in one file: BM25 postings, token sequences, pieces of words.

Built once for a collection and read in milliseconds; a cache like the vector store, never the truth.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.retrieval.forward import ForwardIndex, PieceIndex
from assistant.retrieval.lexical import LexicalIndex
from assistant.retrieval.lexicon import Lexicon
from assistant.retrieval.tokens import word_tokens
from assistant.retrieval.usage import Usage, UsageCounter

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXT_INDEX_VERSION: Final = "4"
"""Part of the name of a stored index: raise it when the tokens or the arrays change."""


@dataclass(frozen=True, slots=True)
class Words:
    """One passage as the index reads it."""

    title: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class TextIndex:
    """Everything that is known of the words of a collection."""

    lexical: LexicalIndex
    forward: ForwardIndex
    pieces: PieceIndex
    usage: Usage

    @classmethod
    def build(cls, passages: Iterable[Words], lexicon: Lexicon) -> TextIndex:
        """Index passages; title and text count alike, and each glossary term as one more word."""
        usage = UsageCounter()
        streams = [
            [_stream(part, lexicon, usage) for part in (passage.title, *passage.sentences)]
            for passage in passages
        ]
        counts = (Counter(token for sentence in stream for _, token in sentence) for stream in streams)
        lexical = LexicalIndex.build(counts)
        forward = ForwardIndex.build(streams, lexical.vocabulary)
        return cls(lexical, forward, PieceIndex.build(forward), usage.done())

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
        except (KeyError, EOFError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path}: not a text index ({error})") from error
        if len(lexical.starts) != len(lexical.vocabulary) + 1 or len(pieces.lengths) != size:
            raise ValueError(f"{path}: a text index with missing parts")
        return cls(lexical, forward, pieces, usage)


def _stream(text: str, lexicon: Lexicon, usage: UsageCounter) -> list[tuple[str, str]]:
    """The words of one sentence with their tokens, then one entity token for each glossary term."""
    stream = word_tokens(text)
    for entity in lexicon.entities_in(text):
        usage.add(entity)
        token = lexicon.token_of(entity)
        stream.append((token, token))
    return stream


def _packed(vocabulary: Mapping[str, int]) -> NDArray[Any]:
    import numpy as np

    return np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[Any]) -> dict[str, int]:
    text = packed.tobytes().decode()
    return {token: number for number, token in enumerate(text.split("\n"))} if text else {}
