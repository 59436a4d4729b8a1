"""The catalog: one SQLite file (WAL) that is the truth about papers, passages and embeddings.

The vector store and every search structure are caches that can be rebuilt from here without
computing an embedding again. A document goes in as one transaction, so that a killed ingest leaves
whole documents or none; passages become searchable when their embeddings are in.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from sys import intern
from typing import Any

from ingest.documents import Document, Notice, Paper, Passage, Retraction, Span
from ingest.embedded import Embeddings, embedded_text
from ingest.merging import merged, slot, title_key, worst
from ingest.readers.claims import LEDGER_ID, Claim
from ingest.rows import (
    PAPER,
    PAPER_WIDTH,
    PASSAGE,
    PASSAGE_WIDTH,
    SHIFT,
    TEXT,
    Row,
    bibliography,
    paper_from,
    paper_of,
    paper_values,
    passage_from,
    passage_values,
    sections_from,
    sections_text,
    shifted,
)
from ingest.schema import JOINT, CatalogDamaged, CatalogUnfinished, connect, transaction

__all__ = ["Catalog", "CatalogDamaged", "CatalogUnfinished", "Counts", "Held", "Row"]

_FORGET_FINGERPRINT = "DELETE FROM meta WHERE key='fingerprint'"
"""Part of every change of papers: a process that is killed before `pipeline.finish` leaves an index that
knows it is unfinished, instead of one that answers under the name of another."""
_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in the catalog; the claim ledger is counted apart."""

    papers: int
    passages: int
    claims: int
    without_embedding: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the catalog holds of a paper in one slot."""

    reader: str
    seen: str
    sha256: str
    source: str
    origin: str


class Catalog:
    """Open with `Catalog.open`; every method is one short transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path
        self.embeddings = Embeddings(connection)
        """What stands for the passages in vector space."""

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Catalog:
        """Open the catalog file; see `ingest.schema.connect` for what it raises."""
        return cls(connect(path, create=create), path)

    def close(self) -> None:
        """Close the file; the catalog cannot be used afterwards."""
        self._db.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """For the modules of this package that keep their own tables in the file."""
        return self._db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction, all of it or nothing; inside another one it is a part of that."""
        with transaction(self._db):
            yield self._db

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One read transaction: everything read inside belongs to one state of the catalog."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
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

    def hashes(self, which: str = "digest") -> dict[str, str]:
        """Paper id to the hash of what its document in slot `which` was read from."""
        return dict(self._db.execute("SELECT paper, sha256 FROM documents WHERE slot=?", (which,)))

    def held(self, paper: str, which: str) -> Held | None:
        """What is in a slot of a paper."""
        row = self._db.execute(
            "SELECT reader, json_extract(bibliography,'$.seen'), sha256, source, origin FROM documents"
            " WHERE paper=? AND slot=?",
            (paper, which),
        ).fetchone()
        return None if row is None else Held(*row)

    def put(self, document: Document, *, origin: str, known: Mapping[str, bytes] | None = None) -> None:
        """Insert or replace one document with all its passages; a paper's other document stays.

        Its passages have no embedding yet, but for those that are `known` under their id and words: by
        default those of the document that is replaced.
        """
        paper = document.paper
        with self.transaction() as db:
            db.execute(_FORGET_FINGERPRINT)
            if known is None:
                known = self.embeddings.of(paper.id, slot(document))
            db.execute("DELETE FROM documents WHERE paper=? AND slot=?", (paper.id, slot(document)))
            if db.execute("SELECT 1 FROM papers WHERE id=?", (paper.id,)).fetchone() is None:
                self._put_paper(paper)
            number = db.execute(
                "INSERT INTO documents (paper, slot, reader, bibliography, text, sections, source, sha256,"
                " origin, notes) VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    paper.id, slot(document), document.reader, bibliography(paper), document.text,
                    sections_text(document.sections), document.source, document.sha256, origin,
                    json.dumps(document.notes),
                ),
            ).lastrowid  # fmt: skip
            db.executemany(
                'INSERT INTO passages (id, paper, kind, section, start, "end", sentences, system, costim,'
                " target, page, pages, document, embedding) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    (
                        *passage_values(p),
                        number,
                        known.get(f"{p.id}\n{embedded_text(paper.title, p.span.of(document.text), p.kind)}"),
                    )
                    for p in document.passages
                ],
            )
            db.executemany(
                "INSERT INTO notices VALUES (?,?,?,?,?,?)",
                [(number, n.state, n.doi, n.pmid, n.pmcid, n.date) for n in document.notices],
            )
            self.refresh(paper.id)
            for notice in document.notices:
                for other in self.find(notice.doi, notice.pmid, notice.pmcid):
                    self.refresh(other)

    def put_claims(self, claims: Iterable[Claim]) -> None:
        """Replace the claim ledger."""
        with self.transaction() as db:
            db.execute("DELETE FROM claims")
            db.executemany(
                "INSERT INTO claims VALUES (?,?,?,?,?,?,?)",
                [
                    (
                        c.id, c.statement, c.topic, json.dumps(c.supports), json.dumps(c.opposes), c.nuance,
                        c.status,
                    )
                    for c in claims
                ],
            )  # fmt: skip

    def remove(self, paper: str, which: str | None = None) -> bool:
        """Remove a paper, or its document in slot `which`; False when it was not there.

        What the manifest says about files that held it is forgotten, so that a later ingest reads them.
        """
        with self.transaction() as db:
            if which is None:
                found = db.execute("DELETE FROM papers WHERE id=?", (paper,)).rowcount > 0
            else:
                found = (
                    db.execute("DELETE FROM documents WHERE paper=? AND slot=?", (paper, which)).rowcount > 0
                )
                if db.execute("SELECT 1 FROM documents WHERE paper=?", (paper,)).fetchone() is None:
                    db.execute("DELETE FROM papers WHERE id=?", (paper,))
                elif found:
                    self.refresh(paper)
            if found:
                db.execute(_FORGET_FINGERPRINT)
                db.execute(
                    "DELETE FROM files WHERE path IN (SELECT path FROM records WHERE paper=?)", (paper,)
                )
        return found

    def forget_source(self, source: str) -> None:
        """Remove what was read from a file or an address."""
        with self.transaction() as db:
            papers = db.execute("SELECT DISTINCT paper FROM documents WHERE source=?", (source,)).fetchall()
            db.execute("DELETE FROM documents WHERE source=?", (source,))
            for (paper,) in papers:
                if db.execute("SELECT 1 FROM documents WHERE paper=?", (paper,)).fetchone() is None:
                    db.execute("DELETE FROM papers WHERE id=?", (paper,))
                else:
                    self.refresh(paper)

    def papers(self) -> tuple[Paper, ...]:
        """All papers in order of their ids, without the claim ledger."""
        rows = self._db.execute(f"SELECT {PAPER} FROM papers p WHERE p.id<>? ORDER BY p.id", (LEDGER_ID,))
        return tuple(paper_from(row) for row in rows)

    def paper(self, identifier: str) -> Paper | None:
        """One paper by id."""
        row = self._db.execute(f"SELECT {PAPER} FROM papers p WHERE p.id=?", (identifier,)).fetchone()
        return None if row is None else paper_from(row)

    def find(self, doi: str | None, pmid: str | None, pmcid: str | None) -> dict[str, str]:
        """Papers that carry one of the identifiers, each with the name of the first that matched."""
        found: dict[str, str] = {}
        for name, value in (("doi", doi), ("pmid", pmid), ("pmcid", pmcid)):
            if value:
                for (paper,) in self._db.execute(f"SELECT id FROM papers WHERE {name}=?", (value,)):
                    found.setdefault(str(paper), name)
        return found

    def titled(self, title: str) -> tuple[str, ...]:
        """Ids of the papers with this title, whatever its case and punctuation."""
        rows = self._db.execute("SELECT id FROM papers WHERE title_key=? ORDER BY id", (title_key(title),))
        return tuple(str(row[0]) for row in rows)

    def documents(self, paper: str) -> tuple[tuple[Document, str], ...]:
        """The documents of a paper as they were put, each with its origin; the digest first."""
        rows = self._db.execute(
            "SELECT number, bibliography, text, sections, source, sha256, notes, reader, origin"
            " FROM documents WHERE paper=? ORDER BY slot",
            (paper,),
        ).fetchall()
        return tuple((self._document(row), str(row[8])) for row in rows)

    def document(self, paper: str) -> Document | None:
        """One paper whole, as it is quoted from: its documents in one text, with its merged bibliography."""
        parts = [part for part, _ in self.documents(paper)]
        whole = self.paper(paper)
        if not parts or whole is None:
            return None
        first = replace(parts[0], paper=whole)
        for part in parts[1:]:
            shift = len(first.text) + len(JOINT)
            first = replace(
                first,
                text=first.text + JOINT + part.text,
                sections=first.sections + sections_from(sections_text(part.sections), shift),
                passages=first.passages + tuple(shifted(p, shift) for p in part.passages),
                notes=first.notes + part.notes,
                notices=first.notices + part.notices,
            )
        return first

    def origin(self, paper: str, which: str = "digest") -> str | None:
        """`shipped` or `user`: who put in the paper's document."""
        held = self.held(paper, which)
        return None if held is None else held.origin

    def set_check(self, paper: str, state: Retraction, date: str, source: str) -> None:
        """Store what a look-up said about the retraction state of a paper, and when (ISO date)."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO checks VALUES (?,?,?,?)", (paper, state, date, source))
            before = self.paper(paper)
            self.refresh(paper)
            after = self.paper(paper)
            if before is not None and after is not None and before.retraction != after.retraction:
                db.execute(_FORGET_FINGERPRINT)

    def fill(self, paper: str, **fields: object) -> None:
        """Write bibliography fields that were looked up into the documents of a paper."""
        with self.transaction() as db:
            rows = db.execute("SELECT number, bibliography FROM documents WHERE paper=?", (paper,)).fetchall()
            for number, text in rows:
                filled = replace(paper_of(text), **fields)  # type: ignore[arg-type]  # checked by callers
                db.execute(
                    "UPDATE documents SET bibliography=? WHERE number=?", (bibliography(filled), number)
                )
            self.refresh(paper)

    # -- passages ---------------------------------------------------------------------------------

    def rows(self, *, embedded: bool = True) -> list[Row]:
        """All passages in order of their ids; with `embedded` only the searchable ones."""
        return list(self.each_row(embedded=embedded))

    def each_row(self, *, embedded: bool = True) -> Iterator[Row]:
        """The same one by one, so that they need not be in memory together."""
        where = "WHERE q.embedding IS NOT NULL" if embedded else ""
        papers = self._papers_by_id()
        shifts = dict(
            self._db.execute(
                f"SELECT d.number, {SHIFT} FROM documents d WHERE d.slot='text'"
                " AND EXISTS (SELECT 1 FROM documents o WHERE o.paper=d.paper AND o.slot='digest')"
            )
        )
        query = (
            f"SELECT {PASSAGE}, {TEXT}, q.document FROM passages q JOIN documents d ON d.number=q.document"
            f" {where} ORDER BY q.id"
        )
        for row in self._db.execute(query):
            passage = passage_from(row, shifts.get(row[-1], 0))
            yield Row(passage, papers[row[1]], row[PASSAGE_WIDTH])

    def lean_rows(self) -> Iterator[Row]:
        """The searchable passages in order of their ids, without text and sentences."""
        papers = self._papers_by_id()
        for name, paper, kind, section, system, costim, target in self._db.execute(
            "SELECT id, paper, kind, section, system, costim, target FROM passages"
            " WHERE embedding IS NOT NULL ORDER BY id"
        ):
            section, system, costim, target = map(intern, (section, system, costim, target))
            passage = Passage(name, papers[paper].id, kind, section, _NOWHERE, (), system, costim, target)
            yield Row(passage, papers[paper], "")

    def _papers_by_id(self) -> dict[str, Paper]:
        return {row[0]: paper_from(row) for row in self._db.execute(f"SELECT {PAPER} FROM papers p")}

    def row(self, passage: str) -> Row | None:
        """One passage by id, with its paper and text."""
        found = self._db.execute(
            f"SELECT {PASSAGE}, {TEXT}, {SHIFT} FROM passages q JOIN documents d ON d.number=q.document"
            " WHERE q.id=?",
            (passage,),
        ).fetchone()
        if found is None:
            return None
        paper = self.paper(found[1])
        text, shift = found[PASSAGE_WIDTH:]
        return None if paper is None else Row(passage_from(found, shift), paper, text)

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
        """Hash over what is searchable and cited: documents, bibliographies and retraction states."""
        digest = hashlib.sha256()
        rows = self._db.execute(
            f"SELECT d.sha256, {PAPER} FROM papers p JOIN documents d ON d.paper=p.id ORDER BY p.id, d.slot"
        )
        for row in rows:
            digest.update("\0".join(map(str, row)).encode() + b"\n")
        return digest.hexdigest()

    # -- inside ------------------------------------------------------------------------------------

    def _document(self, row: Sequence[Any]) -> Document:
        number, about, text, sections, source, sha256, notes, reader, _ = row
        passages = self._db.execute(
            f"SELECT {PASSAGE} FROM passages q WHERE q.document=? ORDER BY q.position", (number,)
        )
        notices = self._db.execute(
            "SELECT state, doi, pmid, pmcid, date FROM notices WHERE document=? ORDER BY rowid", (number,)
        )
        return Document(
            paper=paper_of(about),
            text=text,
            sections=sections_from(sections),
            passages=tuple(passage_from(p) for p in passages),
            source=source,
            sha256=sha256,
            notes=tuple(json.loads(notes)),
            reader=reader,
            notices=tuple(Notice(*n) for n in notices),
        )

    def _put_paper(self, paper: Paper) -> None:
        marks = ",".join("?" * (PAPER_WIDTH + 1))
        names = PAPER.replace("p.", "")
        changes = ", ".join(f"{name}=excluded.{name}" for name in (*names.split(", "), "title_key"))
        self._db.execute(
            f"INSERT INTO papers ({names}, title_key) VALUES ({marks})"
            f" ON CONFLICT(id) DO UPDATE SET {changes}",
            (*paper_values(paper), title_key(paper.title)),
        )

    def refresh(self, identifier: str) -> None:
        """Write the bibliography and the retraction state that follow from all that is known of a paper."""
        rows = self._db.execute(
            "SELECT bibliography FROM documents WHERE paper=? ORDER BY slot", (identifier,)
        ).fetchall()
        if not rows:
            return
        paper = merged([paper_of(row[0]) for row in rows])
        told = self._db.execute(
            "SELECT state, date FROM notices WHERE doi=? OR pmid=? OR pmcid=?",
            (paper.doi, paper.pmid, paper.pmcid),
        ).fetchall()
        told += self._db.execute("SELECT state, date FROM checks WHERE paper=?", (identifier,)).fetchall()
        dates = [paper.retraction_checked, *(date for _, date in told)]
        self._put_paper(
            replace(
                paper,
                retraction=worst((paper.retraction, *(state for state, _ in told))),
                retraction_checked=max((d for d in dates if d), default=None),
            )
        )
