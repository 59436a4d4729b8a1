"""Where an ingest works: a catalog of its own beside the one that is searched.

Papers are read, filed and embedded in the draft, and come into the catalog in one transaction with the
fingerprint that names the new state. A search sees the state before or the state after. A run that is
killed leaves its draft, and the next one goes on with it; a run that is killed between the transaction and
the draft's removal leaves a draft that says the same again.

A text goes when its file is gone or does not hold it any more. Another file that was passed over because
this one held the same paper is read again next time: its entry loses the readers' stamp.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from ingest.catalog import Catalog, CatalogDamaged, CatalogUnfinished
from ingest.home import Home, Say
from ingest.manifest import GONE

_MERGE = f"""
DELETE FROM main.files WHERE path IN (SELECT path FROM draft.files);
INSERT INTO main.files (path, size, sha256, readers)
  SELECT path, size, sha256, readers FROM draft.files WHERE readers<>'{GONE}';
INSERT INTO main.records (path, number, place, status, paper, slot, passages, reason, notes)
  SELECT r.path, r.number, r.place, r.status, r.paper, r.slot, r.passages, r.reason, r.notes
  FROM draft.records r JOIN draft.files f ON f.path=r.path WHERE f.readers<>'{GONE}';
CREATE TEMP TABLE lost AS SELECT d.paper, d.slot FROM main.documents d
  WHERE d.origin='user' AND d.source IN (SELECT path FROM draft.files)
  AND NOT EXISTS (SELECT 1 FROM main.records r
    WHERE r.path=d.source AND r.paper=d.paper AND r.slot=d.slot AND r.status<>'skipped')
  AND NOT EXISTS (SELECT 1 FROM draft.documents n WHERE n.paper=d.paper AND n.slot=d.slot);
UPDATE main.files SET readers='' WHERE path IN
  (SELECT r.path FROM main.records r JOIN lost l ON l.paper=r.paper AND l.slot=r.slot);
DELETE FROM main.documents WHERE EXISTS (
  SELECT 1 FROM draft.documents d WHERE d.paper=documents.paper AND d.slot=documents.slot);
DELETE FROM main.documents WHERE EXISTS (
  SELECT 1 FROM lost l WHERE l.paper=documents.paper AND l.slot=documents.slot);
INSERT INTO main.papers SELECT * FROM draft.papers WHERE id NOT IN (SELECT id FROM main.papers);
INSERT INTO main.documents (paper, slot, reader, source, sha256, origin, bibliography, notes, sections, text)
  SELECT paper, slot, reader, source, sha256, origin, bibliography, notes, sections, text
  FROM draft.documents ORDER BY number;
INSERT INTO main.passages (id, paper, document, kind, section, start, "end", sentences, system, costim,
    target, page, pages, embedding)
  SELECT q.id, q.paper, m.number, q.kind, q.section, q.start, q."end", q.sentences, q.system, q.costim,
    q.target, q.page, q.pages, q.embedding
  FROM draft.passages q JOIN draft.documents d ON d.number=q.document
  JOIN main.documents m ON m.paper=d.paper AND m.slot=d.slot ORDER BY q.position;
INSERT INTO main.notices SELECT m.number, n.state, n.doi, n.pmid, n.pmcid, n.date FROM draft.notices n
  JOIN draft.documents d ON d.number=n.document JOIN main.documents m ON m.paper=d.paper AND m.slot=d.slot;
DELETE FROM main.papers WHERE id IN (SELECT paper FROM lost)
  AND NOT EXISTS (SELECT 1 FROM main.documents d WHERE d.paper=papers.id);
"""
_TOUCHED = """
SELECT id FROM draft.papers UNION SELECT paper FROM lost
UNION SELECT p.id FROM main.papers p JOIN draft.notices n ON n.doi=p.doi
UNION SELECT p.id FROM main.papers p JOIN draft.notices n ON n.pmid=p.pmid
UNION SELECT p.id FROM main.papers p JOIN draft.notices n ON n.pmcid=p.pmcid
"""


def path_of(home: Home) -> Path:
    """Where the draft lies."""
    return home.folder / "ingest.sqlite"


def waiting(home: Home) -> int:
    """Papers that an interrupted ingest has read and not brought in; 0 when there is no draft."""
    path = path_of(home)
    if not path.exists():
        return 0
    try:
        draft = Catalog.open(path)
    except (OSError, sqlite3.Error, CatalogDamaged, CatalogUnfinished):
        return 0  # half begun, or just now taken away by its writer
    try:
        return draft.counts().papers
    finally:
        draft.close()


def begin(home: Home, say: Say | None) -> Catalog:
    """The draft to work in: a new one, or the one that an interrupted run left."""
    path = path_of(home)
    try:
        draft = Catalog.open(path, create=True)
        if draft.check() != "ok":
            draft.close()
            raise CatalogDamaged(path)
    except CatalogDamaged:
        if say is not None:
            say("the papers of an interrupted ingest cannot be read any more: reading them again")
        discard(home)
        return Catalog.open(path, create=True)
    papers = draft.counts().papers
    if papers and say is not None:
        say(f"going on with an interrupted ingest: {papers} papers of it are read already")
    return draft


def discard(home: Home) -> None:
    """Remove the draft."""
    path = path_of(home)
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def merge(catalog: Catalog, draft: Path, fingerprint: Callable[[], str]) -> str:
    """Bring a draft in whose passages are all embedded, in one transaction; returns the new fingerprint.

    Arguments:
        catalog: what is searched.
        draft: the file.
        fingerprint: names the new state; called inside the transaction.
    """
    db = catalog.connection
    db.execute("ATTACH ? AS draft", (str(draft),))
    try:
        with catalog.transaction():
            for statement in _MERGE.split(";\n"):
                db.execute(statement)
            for (paper,) in db.execute(_TOUCHED).fetchall():
                catalog.refresh(paper)
            db.execute("DROP TABLE temp.lost")
            mark = fingerprint()
            catalog.set_meta("fingerprint", mark)
        return mark
    finally:
        db.execute("DETACH draft")
