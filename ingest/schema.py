"""The tables of the catalog, and how an older file becomes one of today.

A paper has at most two documents, one per slot: a digest (findings in our own words) and a text (an
abstract or the full text). Offsets in `passages` count characters of their document; a paper's text, as
it is shown and quoted from, is its documents in the order of `SLOTS`, joined by `JOINT`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.merging import title_key

VERSION = 2
SLOTS = ("digest", "text")
JOINT = "\n\n"

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE papers (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, authors TEXT NOT NULL, journal TEXT, year INTEGER,
  doi TEXT, pmid TEXT, pmcid TEXT, url TEXT, license TEXT, study_type TEXT NOT NULL,
  evidence TEXT NOT NULL, topics TEXT NOT NULL, seen TEXT NOT NULL,
  retraction TEXT NOT NULL, retraction_checked TEXT, article_type TEXT, language TEXT, title_key TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX papers_by_doi ON papers(doi);
CREATE INDEX papers_by_pmid ON papers(pmid);
CREATE INDEX papers_by_pmcid ON papers(pmcid);
CREATE INDEX papers_by_title ON papers(title_key);
CREATE TABLE documents (
  number INTEGER PRIMARY KEY, paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE,
  slot TEXT NOT NULL, reader TEXT NOT NULL, source TEXT NOT NULL, sha256 TEXT NOT NULL,
  origin TEXT NOT NULL, bibliography TEXT NOT NULL, notes TEXT NOT NULL, sections TEXT NOT NULL,
  text TEXT NOT NULL, UNIQUE (paper, slot)
);
CREATE INDEX documents_by_source ON documents(source);
CREATE INDEX documents_by_hash ON documents(paper, slot, sha256);
CREATE TABLE passages (
  position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, paper TEXT NOT NULL,
  document INTEGER NOT NULL REFERENCES documents(number) ON DELETE CASCADE,
  kind TEXT NOT NULL, section TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  sentences TEXT NOT NULL, system TEXT NOT NULL, costim TEXT NOT NULL, target TEXT NOT NULL,
  page INTEGER, pages TEXT NOT NULL, embedding BLOB
);
CREATE INDEX passages_by_document ON passages(document);
CREATE INDEX passages_pending ON passages("end"-start DESC, position) WHERE embedding IS NULL;
CREATE TABLE gone (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TRIGGER passage_goes AFTER DELETE ON passages BEGIN INSERT OR IGNORE INTO gone VALUES (old.id); END;
CREATE TABLE notices (
  document INTEGER NOT NULL REFERENCES documents(number) ON DELETE CASCADE,
  state TEXT NOT NULL, doi TEXT, pmid TEXT, pmcid TEXT, date TEXT
);
CREATE INDEX notices_by_document ON notices(document);
CREATE INDEX notices_by_doi ON notices(doi);
CREATE INDEX notices_by_pmid ON notices(pmid);
CREATE INDEX notices_by_pmcid ON notices(pmcid);
CREATE TABLE checks (paper TEXT PRIMARY KEY, state TEXT NOT NULL, date TEXT NOT NULL, source TEXT NOT NULL)
  WITHOUT ROWID;
CREATE TABLE files (
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, readers TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE records (
  path TEXT NOT NULL REFERENCES files(path) ON DELETE CASCADE, number INTEGER NOT NULL,
  place TEXT, status TEXT NOT NULL, paper TEXT, slot TEXT, passages INTEGER NOT NULL, reason TEXT,
  notes TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (path, number)
) WITHOUT ROWID;
CREATE INDEX records_by_paper ON records(paper, slot);
CREATE TABLE queries (
  name TEXT PRIMARY KEY, query TEXT NOT NULL, source TEXT NOT NULL, since TEXT, until TEXT,
  most INTEGER NOT NULL, updated TEXT
) WITHOUT ROWID;
CREATE TABLE claims (
  id TEXT PRIMARY KEY, statement TEXT NOT NULL, topic TEXT NOT NULL, supports TEXT NOT NULL,
  opposes TEXT NOT NULL, nuance TEXT NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', lower(hex(randomblob(8))));
"""

# Version 1 kept one text a paper, in `papers` itself, and knew digests only.
_FROM_1 = """
ALTER TABLE papers RENAME TO old_papers;
ALTER TABLE passages RENAME TO old_passages;
ALTER TABLE meta RENAME TO old_meta;
ALTER TABLE claims RENAME TO old_claims;
DROP INDEX passages_by_paper;
{tables}
INSERT INTO meta SELECT * FROM old_meta;
INSERT INTO claims SELECT * FROM old_claims;
INSERT INTO papers SELECT id, title, authors, journal, year, doi, pmid, pmcid, url, license, study_type,
  evidence, topics, seen, retraction, retraction_checked, NULL, NULL, title_key(title) FROM old_papers;
INSERT INTO documents (paper, slot, reader, bibliography, text, sections, source, sha256, origin, notes)
  SELECT id, 'digest', 'digest', json_object('id', id, 'title', title, 'authors', json(authors),
    'journal', journal, 'year', year, 'doi', doi, 'pmid', pmid, 'pmcid', pmcid, 'url', url,
    'license', license, 'study_type', study_type, 'evidence', evidence, 'topics', json(topics),
    'seen', seen, 'retraction', retraction, 'retraction_checked', retraction_checked),
    text, sections, source, sha256, origin, notes FROM old_papers ORDER BY id;
INSERT INTO passages (id, paper, document, kind, section, start, "end", sentences, system, costim, target,
    page, pages, embedding)
  SELECT q.id, q.paper, d.number, q.kind, q.section, q.start, q."end", q.sentences, q.system, q.costim,
    q.target, q.page, '[]', q.embedding
  FROM old_passages q JOIN documents d ON d.paper=q.paper ORDER BY q.position;
DROP TABLE old_passages;
DROP TABLE old_papers;
DROP TABLE old_meta;
DROP TABLE old_claims;
DELETE FROM meta WHERE key='fingerprint';
"""


class CatalogDamaged(Exception):
    """The catalog file cannot be read as a catalog of this version."""


class CatalogUnfinished(Exception):
    """The catalog file has no tables yet, or those of an older version: only the process that holds the
    writing lock may add or change them."""


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the file of a catalog; with `create` its tables are made, or brought to this version.

    Raises:
        FileNotFoundError: it is not there and `create` is false.
        CatalogUnfinished: it is there without its tables, or older, and `create` is false.
        CatalogDamaged: it is not a readable catalog, or one of a later version.
    """
    if not create and not path.exists():
        raise FileNotFoundError(path)
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        _prepare(connection, path, create)
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
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction, all of it or nothing; inside another one it is a part of that."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path, create: bool) -> None:
    # The first statement reads the file header: a file that is no database fails here.
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version in (0, 1) and (empty or version == 1):
        if not create:
            raise CatalogUnfinished(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.create_function("title_key", 1, title_key, deterministic=True)
        script = TABLES if version == 0 else _FROM_1.replace("{tables}", TABLES)
        # Statement by statement inside one transaction: a migration that is killed has not begun.
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version={VERSION}; COMMIT;")
    elif version != VERSION:
        raise CatalogDamaged(f"{path}: schema version {version}, expected {VERSION}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("SELECT count(*) FROM passages").fetchone()
