"""The Chroma store: a cache of the catalog's embeddings, for LangChain users and large corpora.

It is built from the catalog without computing an embedding again, and after an ingest only what changed
is written. A small state file says which index fingerprint it holds and how far into the catalog it goes,
and a check that costs milliseconds (no chromadb import) tells missing, stale and damaged stores from good
ones. A build that was killed reads as missing, an update that was killed as stale.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingest.catalog import Catalog, Row

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

COLLECTION = "senescope"
_STATE = "senescope-state.json"
_SQLITE = "chroma.sqlite3"
_BATCH = 2000
Condition = Literal["good", "missing", "stale", "damaged"]


@dataclass(frozen=True, slots=True)
class StoreState:
    """What the cheap check found, and why."""

    condition: Condition
    reason: str


def check(folder: Path, fingerprint: str) -> StoreState:
    """Look at the store in `folder` without opening it through Chroma."""
    state = _state(folder)
    if state is None:
        return StoreState("missing", "the vector store is not there or its build was cut short")
    if state.get("fingerprint") != fingerprint:
        return StoreState("stale", "the vector store belongs to another state of the catalog")
    return _sound(folder, state)


def _sound(folder: Path, state: dict[str, Any]) -> StoreState:
    """Whether the files are those that were written: complete, and legible where they were touched since."""
    for name, least in state.get("files", {}).items():
        path = folder / name
        if not path.is_file() or path.stat().st_size < least:
            return StoreState("damaged", f"the vector store lacks {name} or it was cut short")
    if state.get("touched") == _touched(folder):
        return StoreState("good", "")
    try:
        store = sqlite3.connect(f"file:{folder / _SQLITE}?mode=ro", uri=True)
        try:
            verdict = store.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            store.close()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        return StoreState("damaged", f"the vector store fails its check ({verdict})")
    return StoreState("good", "")


def update(
    catalog: Catalog, folder: Path, fingerprint: str, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """Bring the store up to the catalog: what is gone is deleted, what is new is added; else see `build`.

    Returns how many vectors were written. A store that is not sound, or was never whole, is built anew.
    """
    state = _state(folder)
    generation = catalog.meta("generation")
    position = None if state is None or state.get("generation") != generation else state.get("position")
    if state is None or not isinstance(position, int) or _sound(folder, state).condition != "good":
        return build(catalog, folder, fingerprint, progress=progress)
    # Until the end the store belongs to no state of the catalog; a killed update is done again from here.
    _write_state(folder, {**state, "fingerprint": None, "touched": None})
    client = _client(folder)
    try:
        collection = client.get_collection(COLLECTION, embedding_function=None)
        gone = catalog.embeddings.gone()
        for begin in range(0, len(gone), _BATCH):
            collection.delete(ids=list(gone[begin : begin + _BATCH]))
        written, position = _copy(catalog, collection, position, progress)
    finally:
        client.close()
    _written(folder, fingerprint, generation, position)
    catalog.embeddings.forget_gone()
    return written


def build(
    catalog: Catalog, folder: Path, fingerprint: str, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """Write the store anew from the catalog's stored embeddings; returns the number of vectors."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    client = _client(draft)
    try:
        written, position = _copy(catalog, _collection(client), 0, progress)
    finally:
        client.close()
    _written(draft, fingerprint, catalog.meta("generation"), position)
    discard(folder)
    draft.replace(folder)
    catalog.embeddings.forget_gone()
    return written


def _copy(
    catalog: Catalog, collection: Any, position: int, progress: Callable[[int, int], None] | None
) -> tuple[int, int]:
    """Write what the catalog got after `position`; returns how many vectors, and the last position."""
    total, written = catalog.embeddings.count_newer(position), 0
    while part := catalog.embeddings.newer(position, _BATCH):
        collection.upsert(
            ids=[row.passage.id for _, row, _ in part],
            embeddings=[vector for _, _, vector in part],
            documents=[row.text for _, row, _ in part],
            metadatas=[_metadata(row) for _, row, _ in part],
        )
        position = part[-1][0]
        written += len(part)
        if progress is not None:
            progress(written, total)
    return written, position


def _state(folder: Path) -> dict[str, Any] | None:
    try:
        state = json.loads((folder / _STATE).read_text())
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def _written(folder: Path, fingerprint: str, generation: str | None, position: int) -> None:
    # Chroma may only grow its files on later opens, so sizes below these mean a truncated file.
    files = {
        str(p.relative_to(folder)): p.stat().st_size
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.suffix != ".sqlite3-wal" and p.name != _STATE
    }
    _write_state(
        folder,
        {
            "fingerprint": fingerprint,
            "generation": generation,
            "position": position,
            "files": files,
            "touched": _touched(folder),
        },
    )


def _write_state(folder: Path, state: dict[str, Any]) -> None:
    draft = folder / f"{_STATE}.part"
    draft.write_text(json.dumps(state))
    draft.replace(folder / _STATE)


def _touched(folder: Path) -> list[int] | None:
    """Size and time of the store's database: as long as they are the same, it need not be read through."""
    try:
        stat = (folder / _SQLITE).stat()
    except OSError:
        return None
    return [stat.st_size, stat.st_mtime_ns]


def discard(folder: Path) -> None:
    """Remove the store; its state file first, so that half a removal reads as missing."""
    (folder / _STATE).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _collection(client: Any) -> Any:
    return client.create_collection(
        COLLECTION,
        embedding_function=None,
        # Twice the default effort: with it the nearest hundred are the exact ones on the shipped corpus.
        configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 32}},
    )


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
