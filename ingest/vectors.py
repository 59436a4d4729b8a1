"""The Chroma store: a cache of the catalog's embeddings, for LangChain users and large corpora.

It is built from the catalog without computing an embedding again. A small state file says which index
fingerprint it holds, and a check that costs milliseconds (no chromadb import) tells missing, stale and
damaged stores from good ones. The state file is removed before a build and written after it, so a build
that was killed reads as missing.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingest.catalog import Catalog, Row

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

COLLECTION = "senescope"
_STATE = "senescope-state.json"
_BATCH = 2000
Condition = Literal["good", "missing", "stale", "damaged"]


@dataclass(frozen=True, slots=True)
class StoreState:
    """What the cheap check found, and why."""

    condition: Condition
    reason: str


def check(folder: Path, fingerprint: str) -> StoreState:
    """Look at the store in `folder` without opening it through Chroma."""
    try:
        state = json.loads((folder / _STATE).read_text())
    except (OSError, ValueError):
        return StoreState("missing", "the vector store is not there or its build was cut short")
    if state.get("fingerprint") != fingerprint:
        return StoreState("stale", "the vector store belongs to another state of the catalog")
    for name, least in state.get("files", {}).items():
        path = folder / name
        if not path.is_file() or path.stat().st_size < least:
            return StoreState("damaged", f"the vector store lacks {name} or it was cut short")
    try:
        store = sqlite3.connect(f"file:{folder / 'chroma.sqlite3'}?mode=ro", uri=True)
        try:
            verdict = store.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            store.close()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        return StoreState("damaged", f"the vector store fails its check ({verdict})")
    return StoreState("good", "")


def build(
    catalog: Catalog, folder: Path, fingerprint: str, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """Write the store anew from the catalog's stored embeddings; returns the number of vectors."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    client = _client(draft)
    rows = catalog.rows()
    add(client, rows, catalog.embeddings().tolist(), progress=progress)
    _release(client)
    # Chroma may only grow its files on later opens, so sizes below these mean a truncated file.
    files = {
        str(p.relative_to(draft)): p.stat().st_size
        for p in sorted(draft.rglob("*"))
        if p.is_file() and p.suffix != ".sqlite3-wal"
    }
    (draft / _STATE).write_text(
        json.dumps({"fingerprint": fingerprint, "vectors": len(rows), "files": files})
    )
    discard(folder)
    draft.replace(folder)
    return len(rows)


def discard(folder: Path) -> None:
    """Remove the store; its state file first, so that half a removal reads as missing."""
    (folder / _STATE).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def add(
    client: Any,
    rows: Sequence[Row],
    vectors: Sequence[Sequence[float]],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Put passages and their vectors into the collection of a Chroma client, replacing it."""
    if COLLECTION in {c.name for c in client.list_collections()}:
        client.delete_collection(COLLECTION)
    collection = client.create_collection(
        COLLECTION,
        embedding_function=None,
        # Twice the default effort: with it the nearest hundred are the exact ones on the shipped corpus.
        configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 32}},
    )
    for begin in range(0, len(rows), _BATCH):
        part = rows[begin : begin + _BATCH]
        collection.add(
            ids=[row.passage.id for row in part],
            embeddings=vectors[begin : begin + _BATCH],
            documents=[row.text for row in part],
            metadatas=[_metadata(row) for row in part],
        )
        if progress is not None:
            progress(begin + len(part), len(rows))


def open_store(folder: Path, embeddings: Embeddings | None = None, *, url: str = "") -> Chroma:
    """The store as a LangChain vector store: local, or on a Chroma server when `url` is given."""
    from langchain_chroma import Chroma

    return Chroma(
        client=_client(folder, url),
        collection_name=COLLECTION,
        embedding_function=embeddings,
        create_collection_if_not_exists=False,
    )


def _client(folder: Path, url: str = "") -> Any:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if url:
        from urllib.parse import urlsplit

        parts = urlsplit(url if "//" in url else f"http://{url}")
        return chromadb.HttpClient(
            host=parts.hostname or "localhost",
            port=parts.port or 8000,
            ssl=parts.scheme == "https",
            settings=settings,
        )
    return chromadb.PersistentClient(path=str(folder), settings=settings)


def _release(client: Any) -> None:
    """Close the files of a local client, so that its folder can be moved."""
    client.close()


def _metadata(row: Row) -> dict[str, str | int]:
    paper, passage = row.paper, row.passage
    values: dict[str, str | int | None] = {
        "paper": paper.id,
        "title": paper.title,
        "year": paper.year,
        "doi": paper.doi,
        "pmid": paper.pmid,
        "section": passage.section,
        "kind": passage.kind,
        "system": passage.system,
        "costim": passage.costim,
        "target": passage.target,
        "evidence": paper.evidence,
        "study_type": paper.study_type,
        "start": passage.span.start,
        "end": passage.span.end,
    }
    return {key: value for key, value in values.items() if value is not None}
