"""The whole index: built once, resumable, and mended without embedding again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ingest import pipeline, vectors
from ingest.catalog import Catalog
from ingest.embedding import PARITY, BulkEmbedder, EmbedderFiles, QueryEmbedder
from ingest.pipeline import Home, ensure, ingest, mend
from tests.ingest.test_digest import GOOD


def reopen(folder: Path) -> pipeline.Index:
    index = ensure(folder)
    mend(index)
    return index


def test_the_shipped_corpus_is_all_there(home: Path) -> None:
    index = ensure(home)
    counts = index.catalog.counts()
    assert (counts.papers, counts.passages, counts.claims) == (243, 812, 40)
    assert counts.without_embedding == 0
    assert vectors.check(index.home.vectors, index.fingerprint).condition == "good"


def test_both_embedding_routes_agree(home: Path) -> None:
    index = ensure(home)
    texts = [row.text for row in index.catalog.rows()[::40]]
    files = EmbedderFiles.find()
    bulk, query = BulkEmbedder(files).encode(texts), QueryEmbedder(files, index.onnx).encode(texts)
    assert bulk.shape == query.shape == (len(texts), 384)
    assert float((bulk * query).sum(axis=1).min()) > PARITY


def test_stored_embeddings_have_unit_length(home: Path) -> None:
    norms = np.linalg.norm(ensure(home).catalog.embeddings.matrix(), axis=1)
    assert np.allclose(norms, 1, atol=1e-5)


def test_opening_a_finished_index_computes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("an embedding was computed")

    monkeypatch.setattr(QueryEmbedder, "encode", forbidden)
    said: list[str] = []
    mend(ensure(home), say=said.append)
    assert said == []


@pytest.mark.parametrize("damage", ["removed", "truncated", "state", "garbage"])
def test_a_broken_vector_store_is_rebuilt_from_the_catalog_saying_so(
    own_home: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("an embedding was computed")

    monkeypatch.setattr(QueryEmbedder, "encode", forbidden)
    store = Home(own_home).vectors
    match damage:
        case "removed":
            shutil.rmtree(store)
        case "truncated":
            sqlite = store / "chroma.sqlite3"
            sqlite.write_bytes(sqlite.read_bytes()[:5000])
        case "state":
            (store / "senescope-state.json").write_text("{")
        case "garbage":
            sqlite = store / "chroma.sqlite3"
            sqlite.write_bytes(b"x" * sqlite.stat().st_size)
    said: list[str] = []
    index = ensure(own_home)
    mend(index, say=said.append)
    assert len(said) == 1
    assert "rebuilding it from the catalog" in said[0]
    assert vectors.check(store, index.fingerprint).condition == "good"


def test_a_store_that_says_no_position_is_built_anew_by_the_next_ingest(
    own_home: Path, tmp_path: Path
) -> None:
    state = Home(own_home).vectors / "senescope-state.json"
    held = json.loads(state.read_text())
    del held["position"]
    state.write_text(json.dumps(held))
    (tmp_path / "good.md").write_text(GOOD, encoding="utf-8")
    index = reopen(own_home)
    assert [o.status for o in ingest(index, [tmp_path / "good.md"])] == ["added"]
    assert vectors.check(index.home.vectors, str(index.catalog.meta("fingerprint"))).condition == "good"
    assert isinstance(json.loads(state.read_text())["position"], int)


def test_a_half_written_index_is_finished_not_started_again(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = Catalog.open(Home(own_home).catalog)
    catalog._db.execute("UPDATE passages SET embedding=NULL WHERE id LIKE 'can2025%'")
    catalog._db.execute("DELETE FROM meta WHERE key='fingerprint'")
    lost = len(catalog.embeddings.pending())
    catalog.close()
    encoded: list[int] = []
    original = QueryEmbedder.encode

    def counted(self: QueryEmbedder, texts: list[str], **kwargs: object) -> object:
        encoded.append(len(texts))
        return original(self, texts, **kwargs)  # type: ignore[arg-type]  # passed through unchanged

    monkeypatch.setattr(QueryEmbedder, "encode", counted)
    index = reopen(own_home)
    assert lost > 3
    assert sum(encoded) == lost + 1  # and one to prove the weights on
    assert index.catalog.counts().without_embedding == 0


def test_ingest_reports_each_file_and_a_second_run_says_unchanged(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    (folder / "broken.md").write_text(GOOD.replace("- F1:", "- F7:"), encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    index = reopen(own_home)
    first = {Path(o.path).name: o for o in ingest(index, [folder])}
    assert {name: o.status for name, o in first.items()} == {
        "good.md": "added",
        "broken.md": "failed",
        "picture.png": "skipped",
    }
    assert "finding 1" in str(first["broken.md"].reason)
    again = {Path(o.path).name: o.status for o in ingest(index, [folder])}
    assert again["good.md"] == "unchanged"
    assert any(row.paper.id == "made-up-paper" for row in index.catalog.rows())
    assert vectors.check(index.home.vectors, str(index.catalog.meta("fingerprint"))).condition == "good"


def test_ingest_follows_no_link_out_of_the_folder(own_home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(GOOD, encoding="utf-8")
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "link.md").symlink_to(outside)
    (outcome,) = ingest(reopen(own_home), [folder])
    assert (outcome.status, outcome.paper) == ("skipped", None)
    assert "a link out of the folder" in str(outcome.reason)


def test_a_damaged_catalog_is_set_aside_not_deleted(own_home: Path) -> None:
    catalog = Home(own_home).catalog
    catalog.write_bytes(b"no database" * 1000)
    aside = pipeline.set_aside_if_damaged(own_home)
    assert aside is not None
    assert aside.read_bytes().startswith(b"no database")
    assert not catalog.exists()


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(pipeline.HomeUnusable, match="file"):
        ensure(blocker / "home")
