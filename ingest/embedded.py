"""What stands for the passages in vector space: which lack an embedding, those that are there, what changed.

A column of the catalog's passages, so that a store of vectors can be written anew from here without
computing one again. Passages are told from each other by their id, and states of the file by `position`,
which only grows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.rows import PAPER, PASSAGE, PASSAGE_WIDTH, SHIFT, TEXT, Row, paper_from, passage_from
from ingest.schema import transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The title that was embedded with a passage: its own document's, so that no other document can change it.
_TITLE = " json_extract(d.bibliography,'$.title')"
_JOINED = " FROM passages q JOIN documents d ON d.number=q.document"


class Embeddings:
    """Over an open catalog; `ingest.catalog.Catalog.embeddings` has one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # -- what is there --------------------------------------------------------------------------------

    def matrix(self) -> NDArray[np.float32]:
        """All of them, unit length, one row per passage in the order of `Catalog.rows`."""
        import numpy as np

        count, width = self._db.execute(
            "SELECT count(*), coalesce(max(length(embedding)),0) FROM passages WHERE embedding IS NOT NULL"
        ).fetchone()
        matrix = np.zeros((count, width // 4), dtype=np.float32)
        rows = self._db.execute("SELECT embedding FROM passages WHERE embedding IS NOT NULL ORDER BY id")
        for number, (blob,) in enumerate(rows):
            matrix[number] = np.frombuffer(blob, dtype="<f4")
        return matrix

    def of(self, paper: str, which: str) -> dict[str, bytes]:
        """Those of one document, as stored, by passage id and text as embedded; see `Catalog.put`."""
        rows = self._db.execute(
            f"SELECT q.id, {_TITLE}, {TEXT}, q.kind, q.embedding {_JOINED}"
            " WHERE d.paper=? AND d.slot=? AND q.embedding IS NOT NULL",
            (paper, which),
        )
        return {f"{row[0]}\n{embedded_text(*row[1:4])}": row[4] for row in rows}

    def sample(self) -> tuple[str, NDArray[np.float32]] | None:
        """A text as it was embedded with its stored embedding, to prove an embedder on; None when empty."""
        import numpy as np

        row = self._db.execute(
            f"SELECT {_TITLE}, {TEXT}, q.kind, q.embedding {_JOINED}"
            " WHERE q.embedding IS NOT NULL ORDER BY q.position LIMIT 1"
        ).fetchone()
        return None if row is None else (embedded_text(*row[:3]), np.frombuffer(row[3], dtype="<f4"))

    def texts(self, most: int) -> list[str]:
        """The first passages as they are embedded, to prove exported weights on."""
        rows = self._db.execute(
            f"SELECT {_TITLE}, {TEXT}, q.kind {_JOINED} ORDER BY q.position LIMIT ?", (most,)
        )
        return [embedded_text(*row) for row in rows]

    # -- what lacks one -------------------------------------------------------------------------------

    def pending(self, most: int = -1) -> list[tuple[str, str]]:
        """Passage id and text to embed where there is no embedding; the longest first, at most `most`."""
        rows = self._db.execute(
            f"SELECT q.id, {_TITLE}, {TEXT}, q.kind {_JOINED} WHERE q.embedding IS NULL"
            ' ORDER BY q."end"-q.start DESC, q.position LIMIT ?',
            (most,),
        )
        return [(i, embedded_text(title, text, kind)) for i, title, text, kind in rows]

    def put(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store embeddings, little-endian float32, one row of `vectors` per id."""
        with transaction(self._db):
            self._db.executemany(
                "UPDATE passages SET embedding=? WHERE id=?",
                [(vector.astype("<f4").tobytes(), i) for i, vector in zip(ids, vectors, strict=True)],
            )

    def forget(self) -> None:
        """Drop all of them, when another embedder takes over; no copy of them is any good then."""
        with transaction(self._db):
            self._db.execute("UPDATE passages SET embedding=NULL")
            self._db.execute("UPDATE meta SET value=lower(hex(randomblob(8))) WHERE key='generation'")

    # -- what changed, for the copies that are kept elsewhere -----------------------------------------

    def newer(self, position: int, most: int) -> list[tuple[int, Row, NDArray[np.float32]]]:
        """Searchable passages put after `position`, at most `most`, each with its own position."""
        import numpy as np

        rows = self._db.execute(
            f"SELECT {PASSAGE}, {TEXT}, {SHIFT}, q.position, q.embedding {_JOINED}"
            " WHERE q.position>? AND q.embedding IS NOT NULL ORDER BY q.position LIMIT ?",
            (position, most),
        ).fetchall()
        papers = {
            name: paper_from(
                self._db.execute(f"SELECT {PAPER} FROM papers p WHERE p.id=?", (name,)).fetchone()
            )
            for name in {row[1] for row in rows}
        }
        found = []
        for row in rows:
            text, shift, at, blob = row[PASSAGE_WIDTH:]
            vector = np.frombuffer(blob, dtype="<f4")
            found.append((int(at), Row(passage_from(row, shift), papers[row[1]], text), vector))
        return found

    def count_newer(self, position: int) -> int:
        """How many passages `newer` would give in all."""
        return int(
            self._db.execute(
                "SELECT count(*) FROM passages WHERE position>? AND embedding IS NOT NULL", (position,)
            ).fetchone()[0]
        )

    def gone(self) -> tuple[str, ...]:
        """Ids of passages that were removed or replaced since `forget_gone`."""
        return tuple(str(row[0]) for row in self._db.execute("SELECT id FROM gone ORDER BY id"))

    def forget_gone(self) -> None:
        """The vector store has caught up."""
        self._db.execute("DELETE FROM gone")


def embedded_text(title: str, text: str, kind: str) -> str:
    """What stands for a passage in vector space: a finding alone often does not say what was studied."""
    return text if kind == "claim" else f"{title}. {text}"
