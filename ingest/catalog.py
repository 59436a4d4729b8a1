"""The catalog: one SQLite file (WAL) that is the truth about papers, passages and embeddings.

The vector store and every search structure are caches that can be rebuilt from here without
computing an embedding again. A document goes in as one transaction, so that a killed ingest leaves
whole documents or none; passages become searchable when their embeddings are in.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.documents import Document, Paper, Passage, Section, Span
from ingest.readers.claims import LEDGER_ID, Claim

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE papers (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, authors TEXT NOT NULL, journal TEXT, year INTEGER,
  doi TEXT, pmid TEXT, pmcid TEXT, url TEXT, license TEXT, study_type TEXT NOT NULL,
  evidence TEXT NOT NULL, topics TEXT NOT NULL, seen TEXT NOT NULL,
  retraction TEXT NOT NULL, retraction_checked TEXT,
  text TEXT NOT NULL, sections TEXT NOT NULL, source TEXT NOT NULL, sha256 TEXT NOT NULL,
  origin TEXT NOT NULL, notes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, section TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  sentences TEXT NOT NULL, system TEXT NOT NULL, costim TEXT NOT NULL, target TEXT NOT NULL,
  page INTEGER, embedding BLOB
);
CREATE INDEX passages_by_paper ON passages(paper);
CREATE TABLE claims (
  id TEXT PRIMARY KEY, statement TEXT NOT NULL, topic TEXT NOT NULL, supports TEXT NOT NULL,
  opposes TEXT NOT NULL, nuance TEXT NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
"""

_FORGET_FINGERPRINT = "DELETE FROM meta WHERE key='fingerprint'"
"""Part of every change of papers: a process that is killed before `pipeline.finish` leaves an index that
knows it is unfinished, instead of one that answers under the name of another."""


class CatalogDamaged(Exception):
    """The catalog file cannot be read as a catalog of this version."""


class CatalogUnfinished(Exception):
    """The catalog file has no tables yet: only the process that holds the writing lock may add them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with its paper and its stored text."""

    passage: Passage
    paper: Paper
    text: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in the catalog; the claim ledger is counted apart."""

    papers: int
    passages: int
    claims: int
    without_embedding: int


class Catalog:
    """Open with `Catalog.open`; every method is one short transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Catalog:
        """Open the catalog file.

        Raises:
            FileNotFoundError: it is not there and `create` is false.
            CatalogUnfinished: it is there, still without its tables, and `create` is false.
            CatalogDamaged: it is not a readable catalog of this schema version.
        """
        if not create and not path.exists():
            raise FileNotFoundError(path)
        connection = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            # The first statement reads the file header: a file that is no database fails here.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if version == 0 and empty:
                if not create:  # its builder was stopped, or is only now at work
                    raise CatalogUnfinished(path)
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(
                    f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;"
                )
            elif version != SCHEMA_VERSION:
                raise CatalogDamaged(f"{path}: schema version {version}, expected {SCHEMA_VERSION}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("SELECT count(*) FROM passages").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            if "malformed" in str(error) or "no such" in str(error):
                raise CatalogDamaged(f"{path}: {error}") from error
            raise
        except sqlite3.DatabaseError as error:
            connection.close()
            raise CatalogDamaged(f"{path}: {error}") from error
        except (CatalogDamaged, CatalogUnfinished):
            connection.close()
            raise
        return cls(connection, path)

    def close(self) -> None:
        """Close the file; the catalog cannot be used afterwards."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: all of it or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def check(self) -> str:
        """`ok`, or what SQLite's own check finds wrong."""
        try:
            return str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)

    # -- meta -------------------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        """A stored fact about the index, such as its fingerprint."""
        row = self._db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Store a fact about the index."""
        self._db.execute(
            "INSERT INTO meta VALUES (?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value", (key, value)
        )

    # -- documents --------------------------------------------------------------------------------

    def hashes(self) -> dict[str, str]:
        """Paper id to the hash of the bytes it was read from."""
        return dict(self._db.execute("SELECT id, sha256 FROM papers"))

    def put(self, document: Document, *, origin: str) -> None:
        """Insert or replace one document with all its passages."""
        paper = document.paper
        with self.transaction() as db:
            db.execute(_FORGET_FINGERPRINT)
            db.execute("DELETE FROM papers WHERE id=?", (paper.id,))
            db.execute(
                f"INSERT INTO papers VALUES ({','.join('?' * 22)})",
                (
                    paper.id, paper.title, json.dumps(paper.authors, ensure_ascii=False), paper.journal,
                    paper.year, paper.doi, paper.pmid, paper.pmcid, paper.url, paper.license,
                    paper.study_type, paper.evidence, json.dumps(paper.topics), paper.seen,
                    paper.retraction, paper.retraction_checked, document.text,
                    json.dumps([(s.path, s.span.start, s.span.end, s.evidence) for s in document.sections]),
                    document.source, document.sha256, origin, json.dumps(document.notes),
                ),
            )  # fmt: skip
            db.executemany(
                'INSERT INTO passages (id, paper, kind, section, start, "end", sentences, system, costim,'
                " target, page)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                [
                    (
                        p.id, p.paper, p.kind, p.section, p.span.start, p.span.end,
                        json.dumps([(s.start, s.end) for s in p.sentences]),
                        p.system, p.costim, p.target, p.page,
                    )
                    for p in document.passages
                ],
            )  # fmt: skip

    def put_claims(self, claims: Iterable[Claim]) -> None:
        """Replace the claim ledger."""
        with self.transaction() as db:
            db.execute("DELETE FROM claims")
            db.executemany(
                "INSERT INTO claims VALUES (?,?,?,?,?,?,?)",
                [
                    (
                        c.id,
                        c.statement,
                        c.topic,
                        json.dumps(c.supports),
                        json.dumps(c.opposes),
                        c.nuance,
                        c.status,
                    )
                    for c in claims
                ],
            )

    def remove(self, paper: str) -> bool:
        """Remove a paper and its passages; False when it was not there."""
        with self.transaction() as db:
            found = db.execute("DELETE FROM papers WHERE id=?", (paper,)).rowcount > 0
            if found:
                db.execute(_FORGET_FINGERPRINT)
        return found

    def papers(self) -> tuple[Paper, ...]:
        """All papers in order of their ids, without the claim ledger."""
        rows = self._db.execute(f"SELECT {_PAPER} FROM papers p WHERE p.id<>? ORDER BY p.id", (LEDGER_ID,))
        return tuple(_paper(row) for row in rows)

    def paper(self, identifier: str) -> Paper | None:
        """One paper by id."""
        row = self._db.execute(f"SELECT {_PAPER} FROM papers p WHERE p.id=?", (identifier,)).fetchone()
        return None if row is None else _paper(row)

    def document(self, paper: str) -> Document | None:
        """One document whole: text, sections and passages."""
        row = self._db.execute(
            f"SELECT {_PAPER}, p.text, p.sections, p.source, p.sha256, p.notes FROM papers p WHERE p.id=?",
            (paper,),
        ).fetchone()
        if row is None:
            return None
        text, sections, source, sha256, notes = row[_PAPER_WIDTH:]
        passages = self._db.execute(
            f"SELECT {_PASSAGE} FROM passages q WHERE q.paper=? ORDER BY q.position", (paper,)
        )
        return Document(
            paper=_paper(row),
            text=text,
            sections=tuple(Section(p, Span(a, b), bool(e)) for p, a, b, e in json.loads(sections)),
            passages=tuple(_passage(p) for p in passages),
            source=source,
            sha256=sha256,
            notes=tuple(json.loads(notes)),
        )

    def origin(self, paper: str) -> str | None:
        """`shipped` or `user`: who put the paper in."""
        row = self._db.execute("SELECT origin FROM papers WHERE id=?", (paper,)).fetchone()
        return None if row is None else str(row[0])

    # -- passages ---------------------------------------------------------------------------------

    def rows(self, *, embedded: bool = True) -> list[Row]:
        """All passages in order of their ids; with `embedded` only the searchable ones."""
        where = "WHERE q.embedding IS NOT NULL" if embedded else ""
        papers = {paper.id: paper for paper in self.papers()}
        ledger = self.paper(LEDGER_ID)
        if ledger is not None:
            papers[LEDGER_ID] = ledger
        query = (
            f'SELECT {_PASSAGE}, substr(p.text, q.start+1, q."end"-q.start) FROM passages q'
            f" JOIN papers p ON p.id=q.paper {where} ORDER BY q.id"
        )
        return [Row(_passage(row), papers[row[1]], row[_PASSAGE_WIDTH]) for row in self._db.execute(query)]

    def row(self, passage: str) -> Row | None:
        """One passage by id, with its paper and text."""
        found = self._db.execute(
            f'SELECT {_PASSAGE}, substr(p.text, q.start+1, q."end"-q.start) FROM passages q'
            " JOIN papers p ON p.id=q.paper WHERE q.id=?",
            (passage,),
        ).fetchone()
        if found is None:
            return None
        paper = self.paper(found[1])
        return None if paper is None else Row(_passage(found), paper, found[_PASSAGE_WIDTH])

    def embeddings(self) -> NDArray[np.float32]:
        """The unit-length embeddings, one row per passage, in the order of `rows()`."""
        import numpy as np

        blobs = [
            row[0]
            for row in self._db.execute(
                "SELECT embedding FROM passages WHERE embedding IS NOT NULL ORDER BY id"
            )
        ]
        if not blobs:
            return np.zeros((0, 0), dtype=np.float32)
        return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), -1)

    def sample(self) -> tuple[str, NDArray[np.float32]] | None:
        """A text as it was embedded with its stored embedding, to prove an embedder on; None when empty."""
        import numpy as np

        row = self._db.execute(
            'SELECT p.title, substr(p.text, q.start+1, q."end"-q.start), q.kind, q.embedding FROM passages q'
            " JOIN papers p ON p.id=q.paper WHERE q.embedding IS NOT NULL ORDER BY q.position LIMIT 1"
        ).fetchone()
        return None if row is None else (_embedded_text(*row[:3]), np.frombuffer(row[3], dtype="<f4"))

    def pending(self) -> list[tuple[str, str]]:
        """Passage id and the text to embed, for passages without an embedding."""
        rows = self._db.execute(
            'SELECT q.id, p.title, substr(p.text, q.start+1, q."end"-q.start), q.kind FROM passages q'
            " JOIN papers p ON p.id=q.paper WHERE q.embedding IS NULL ORDER BY q.id"
        )
        return [(i, _embedded_text(title, text, kind)) for i, title, text, kind in rows]

    def put_embeddings(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store embeddings, little-endian float32, one row of `vectors` per id."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE passages SET embedding=? WHERE id=?",
                [(vector.astype("<f4").tobytes(), i) for i, vector in zip(ids, vectors, strict=True)],
            )

    def forget_embeddings(self) -> None:
        """Drop all embeddings, when another embedder takes over."""
        self._db.execute("UPDATE passages SET embedding=NULL")

    def claims(self) -> tuple[Claim, ...]:
        """The claim ledger."""
        rows = self._db.execute("SELECT * FROM claims ORDER BY id")
        return tuple(
            Claim(i, s, t, tuple(json.loads(a)), tuple(json.loads(o)), n, st) for i, s, t, a, o, n, st in rows
        )

    def counts(self) -> Counts:
        """How much is in the catalog."""

        def one(sql: str, *values: str) -> int:
            return int(self._db.execute(sql, values).fetchone()[0])

        return Counts(
            papers=one("SELECT count(*) FROM papers WHERE id<>?", LEDGER_ID),
            passages=one("SELECT count(*) FROM passages WHERE kind<>'claim'"),
            claims=one("SELECT count(*) FROM claims"),
            without_embedding=one("SELECT count(*) FROM passages WHERE embedding IS NULL"),
        )

    def content_hash(self) -> str:
        """Hash over what is searchable: paper ids, their bytes and their retraction states."""
        digest = hashlib.sha256()
        for row in self._db.execute("SELECT id, sha256, retraction FROM papers ORDER BY id"):
            digest.update("\0".join(row).encode() + b"\n")
        return digest.hexdigest()


def _embedded_text(title: str, text: str, kind: str) -> str:
    """What stands for a passage in vector space: a finding alone often does not say what was studied."""
    return text if kind == "claim" else f"{title}. {text}"


_PAPER = (
    "p.id, p.title, p.authors, p.journal, p.year, p.doi, p.pmid, p.pmcid, p.url, p.license, p.study_type,"
    " p.evidence, p.topics, p.seen, p.retraction, p.retraction_checked"
)
_PAPER_WIDTH = 16
_PASSAGE = (
    'q.id, q.paper, q.kind, q.section, q.start, q."end", q.sentences, q.system, q.costim, q.target, q.page'
)
_PASSAGE_WIDTH = 11


def _paper(row: Sequence[Any]) -> Paper:
    (
        i,
        title,
        authors,
        journal,
        year,
        doi,
        pmid,
        pmcid,
        url,
        license_,
        study,
        evidence,
        topics,
        seen,
        state,
        when,
    ) = row[:_PAPER_WIDTH]
    return Paper(
        i, title, tuple(json.loads(authors)), journal, year, doi, pmid, pmcid, url, license_, study, evidence,
        tuple(json.loads(topics)), seen, state, when,
    )  # fmt: skip


def _passage(row: Sequence[Any]) -> Passage:
    i, paper, kind, section, start, end, sentences, system, costim, target, page = row[:_PASSAGE_WIDTH]
    spans = tuple(Span(a, b) for a, b in json.loads(sentences))
    return Passage(i, paper, kind, section, Span(start, end), spans, system, costim, target, page)
