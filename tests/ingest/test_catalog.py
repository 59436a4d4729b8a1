"""The catalog keeps whole documents, embeddings and claims, and knows when it is damaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.catalog import Catalog, CatalogDamaged
from ingest.documents import Document
from ingest.readers.digest import parse_digest
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
    ids = [i for i, _ in catalog.pending()]
    vectors = np.eye(2, 4, dtype=np.float32)
    catalog.put_embeddings(list(reversed(ids)), vectors)
    assert [row.passage.id for row in catalog.rows()] == sorted(ids)
    assert catalog.embeddings().tolist() == vectors[::-1].tolist()


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
