"""The catalog keeps whole documents, embeddings and claims, and knows when it is damaged."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.catalog import Catalog, CatalogDamaged, CatalogUnfinished
from ingest.documents import Document, Notice, Paper
from ingest.drafting import Draft
from ingest.readers.digest import parse_digest
from ingest.rows import sections_text
from tests.ingest.test_digest import GOOD


@pytest.fixture
def document() -> Document:
    return parse_digest(GOOD, name="x.md", source="x", sha256="0")


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog.open(tmp_path / "catalog.sqlite", create=True)


def test_a_document_comes_back_as_it_went_in(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    assert catalog.document(document.paper.id) == document
    assert catalog.origin(document.paper.id) == "user"


def test_a_document_that_is_put_again_replaces_itself(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    catalog.put(replace(document, passages=document.passages[:1], sha256="1"), origin="user")
    assert catalog.counts().passages == 1
    assert catalog.hashes() == {document.paper.id: "1"}


def test_rows_and_embeddings_are_in_the_same_order(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    ids = sorted(i for i, _ in catalog.embeddings.pending())
    vectors = np.eye(2, 4, dtype=np.float32)
    catalog.embeddings.put(list(reversed(ids)), vectors)
    assert [row.passage.id for row in catalog.rows()] == sorted(ids)
    assert catalog.embeddings.matrix().tolist() == vectors[::-1].tolist()


def test_a_passage_without_an_embedding_is_not_searchable_yet(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    assert catalog.rows() == []
    assert len(catalog.rows(embedded=False)) == 2
    assert catalog.counts().without_embedding == 2


def test_row_texts_are_the_quotes_of_the_document(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    for row in catalog.rows(embedded=False):
        assert row.text == row.passage.span.of(document.text)


def test_removing_a_paper_removes_its_passages(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    assert catalog.remove(document.paper.id)
    assert not catalog.remove(document.paper.id)
    assert catalog.counts().passages == 0


def test_an_interrupted_write_leaves_the_document_as_it_was(catalog: Catalog, document: Document) -> None:
    catalog.put(document, origin="user")
    twice = replace(document, passages=(document.passages[0], document.passages[0]), sha256="1")
    with pytest.raises(Exception, match="UNIQUE"):
        catalog.put(twice, origin="user")
    assert catalog.document(document.paper.id) == document


def test_the_content_hash_moves_with_content_and_retraction_only(
    catalog: Catalog, document: Document
) -> None:
    catalog.put(document, origin="user")
    before = catalog.content_hash()
    catalog.put(document, origin="user")
    assert catalog.content_hash() == before
    catalog.put(replace(document, paper=replace(document.paper, retraction="retracted")), origin="user")
    assert catalog.content_hash() != before


@pytest.mark.parametrize(
    "damage", [b"this is no database at all, far from it" * 200, b"SQLite format 3\0" + b"\7" * 5000]
)
def test_a_file_that_is_no_catalog_is_called_damaged(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(damage)
    with pytest.raises(CatalogDamaged, match=r"catalog\.sqlite"):
        Catalog.open(path)


def test_a_catalog_of_another_schema_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog.open(path, create=True)
    catalog._db.execute("PRAGMA user_version=99")
    catalog.close()
    with pytest.raises(CatalogDamaged, match="schema version 99"):
        Catalog.open(path)


def test_opening_a_missing_catalog_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Catalog.open(tmp_path / "none.sqlite")
    assert list(tmp_path.iterdir()) == []


def full_text(document: Document) -> Document:
    draft = Draft()
    draft.section("Results")
    draft.paragraph("The cells aged. They stopped dividing.")
    paper = replace(document.paper, title="As the publisher writes it", pmid="123", retraction="none")
    return draft.document(paper, reader="jats", source="x.xml")


def test_a_digest_and_a_full_text_are_one_paper_with_one_text(catalog: Catalog, document: Document) -> None:
    catalog.put(full_text(document), origin="user")
    catalog.put(document, origin="user")
    whole = catalog.document(document.paper.id)
    assert whole is not None
    assert catalog.counts().papers == 1
    assert (whole.paper.title, whole.paper.pmid) == (document.paper.title, "123")
    assert whole.text.startswith(document.text)
    for row in catalog.rows(embedded=False):
        assert row.passage.span.of(whole.text) == row.text
        assert catalog.row(row.passage.id) == row
    assert {p.kind for p in whole.passages} == {"finding", "text"}
    assert catalog.remove(document.paper.id, "digest")
    rest = catalog.document(document.paper.id)
    assert rest is not None
    assert rest.paper.title == "As the publisher writes it"


def test_passages_that_were_replaced_or_removed_are_remembered_for_the_vector_store(
    catalog: Catalog, document: Document
) -> None:
    catalog.put(document, origin="user")
    assert catalog.embeddings.gone() == ()
    catalog.put(replace(document, passages=document.passages[:1], sha256="1"), origin="user")
    catalog.remove(document.paper.id)
    assert set(catalog.embeddings.gone()) == {p.id for p in document.passages}


def test_a_passage_that_keeps_its_words_and_title_keeps_its_embedding(
    catalog: Catalog, document: Document
) -> None:
    catalog.put(document, origin="user")
    catalog.embeddings.put([i for i, _ in catalog.embeddings.pending()], np.eye(2, 4, dtype=np.float32))
    catalog.put(replace(document, sha256="1"), origin="user")
    assert catalog.embeddings.pending() == []
    retitled = replace(document, paper=replace(document.paper, title="Another title"), sha256="2")
    catalog.put(retitled, origin="user")
    assert len(catalog.embeddings.pending()) == 2


def test_a_notice_marks_the_paper_it_names_whichever_comes_first(
    catalog: Catalog, document: Document
) -> None:
    notice = replace(
        full_text(document),
        paper=Paper("the-notice", "Retraction"),
        passages=(),
        notices=(Notice("retracted", doi="10.1234/abc", date="2024-05-01"),),
    )
    catalog.put(document, origin="user")
    catalog.put(notice, origin="user")
    marked = catalog.paper(document.paper.id)
    assert marked is not None
    assert (marked.retraction, marked.retraction_checked) == ("retracted", "2024-05-01")
    catalog.put(replace(document, sha256="1"), origin="user")
    assert catalog.paper(document.paper.id) == marked


def test_a_catalog_of_version_1_keeps_its_papers_and_embeddings(tmp_path: Path, document: Document) -> None:
    path = tmp_path / "catalog.sqlite"
    older = sqlite3.connect(path)
    older.executescript(VERSION_1)
    p, first = document.paper, document.passages[0]
    older.execute(
        f"INSERT INTO papers VALUES ({','.join('?' * 22)})",
        (
            p.id, p.title, json.dumps(p.authors), p.journal, p.year, p.doi, p.pmid, p.pmcid, p.url, p.license,
            p.study_type, p.evidence, json.dumps(p.topics), p.seen, p.retraction, p.retraction_checked,
            document.text, sections_text(document.sections), document.source, document.sha256, "user", "[]",
        ),
    )  # fmt: skip
    older.execute(
        "INSERT INTO passages VALUES (1,?,?,'finding',?,?,?,?,?,?,?,NULL,?)",
        (
            first.id, p.id, first.section, first.span.start, first.span.end,
            json.dumps([(s.start, s.end) for s in first.sentences]), first.system, first.costim, first.target,
            np.ones(4, dtype="<f4").tobytes(),
        ),
    )  # fmt: skip
    older.commit()
    older.close()
    with pytest.raises(CatalogUnfinished):
        Catalog.open(path)
    catalog = Catalog.open(path, create=True)
    assert catalog.document(p.id) == replace(document, passages=(first,))
    assert catalog.embeddings.matrix().tolist() == [[1, 1, 1, 1]]
    assert catalog.check() == "ok"


VERSION_1 = """
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
PRAGMA user_version=1;
"""
