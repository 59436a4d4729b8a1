"""The index that is searched: built on first use, finished after every change, mended when a cache breaks.

`ensure` brings the shipped corpus into the home folder and repairs what is missing. Every change ends in
`finish`: embed what has no embedding, export the query weights once, write the fingerprint, bring the
vector store up to date. Every step commits whole documents or whole batches, so a killed run loses at
most the batch in hand and the next one goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest import vectors
from ingest.catalog import Catalog, CatalogDamaged, CatalogUnfinished
from ingest.chunking import CHUNKER_VERSION
from ingest.embedding import (
    PARITY,
    BulkEmbedder,
    EmbedderFiles,
    EmbedderUnavailable,
    QueryEmbedder,
    export_onnx,
    onnx_path,
)
from ingest.home import Home, Progress, ProgressCallback, Say, sweep, writing
from ingest.readers.claims import LEDGER_ID, read_claims
from ingest.readers.digest import read_digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMBED_WINDOW = 512
"""Passages that are committed together: what a killed run loses at most."""


class Encoder(Protocol):
    """Anything that embeds texts in bulk."""

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """Unit-length vectors, shape (len(texts), dimension)."""
        ...


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is ready to be searched."""

    home: Home
    catalog: Catalog
    embedder: EmbedderFiles
    fingerprint: str
    """Embedder, chunker and corpus hash in one; answers carry its first 12 characters."""

    @property
    def onnx(self) -> Path:
        """The exported query weights."""
        return onnx_path(self.home.models, self.embedder)


def corpus_folder() -> Path:
    """The shipped literature, as installed."""
    return Path(str(resources.files("corpus")))


def ensure(
    folder: Path,
    *,
    embedder: Path | None = None,
    progress: ProgressCallback | None = None,
    say: Say | None = None,
) -> Index:
    """Open the index in `folder`, building or repairing what is missing.

    Costs about 10 ms when everything is in place; the first run takes seconds and reports progress.

    Raises:
        HomeUnusable, CatalogDamaged, EmbedderUnavailable: each says where and what.
    """
    home, files = Home(folder), EmbedderFiles.find(embedder)
    ready = _open_ready(home, files)
    if ready is not None:
        return ready
    home.prepare()
    with writing(home, say):
        ready = _open_ready(home, files)  # another process may have built it while we waited
        if ready is not None:
            return ready
        catalog = Catalog.open(home.catalog, create=True)
        try:
            if catalog.meta("shipped") != shipped_stamp():
                _take_shipped(catalog, progress)
            return _finish(home, catalog, files, progress=progress, say=say)
        except BaseException:
            catalog.close()
            raise


def finish(
    home: Home,
    catalog: Catalog,
    files: EmbedderFiles,
    *,
    progress: ProgressCallback | None = None,
    say: Say | None = None,
) -> Index:
    """Bring an index whose papers changed up to date; see the module's docstring."""
    with writing(home, say):
        return _finish(home, catalog, files, progress=progress, say=say)


def _finish(
    home: Home,
    catalog: Catalog,
    files: EmbedderFiles,
    *,
    progress: ProgressCallback | None = None,
    say: Say | None = None,
) -> Index:
    """Embed what is pending, export the query weights, fingerprint, and rebuild the vector store."""
    sweep(home)
    bulk = BulkEmbedder(files)
    if catalog.meta("embedder") not in (None, files.id):
        bulk.model  # noqa: B018 - one that cannot be loaded must not cost the embeddings that are there
        if say is not None:
            say(
                f"the embedder is now {files.id}, was {catalog.meta('embedder')}: embedding all passages anew"
            )
        catalog.embeddings.forget()
    catalog.set_meta("embedder", files.id)
    onnx = onnx_path(home.models, files)
    if catalog.embeddings.pending(1) or not onnx.is_file():
        sample = catalog.embeddings.sample()
        encoder = None if sample is None else _proved(files, onnx, sample)
        if encoder is None:  # missing, damaged, or nothing here to prove it on
            if progress is not None:
                progress(Progress("exporting query weights", 0, 0))
            export_onnx(bulk, onnx, catalog.embeddings.texts(8))
            encoder = QueryEmbedder(files, onnx)
        embed_pending(catalog, encoder, progress)
    mark = fingerprint(catalog, files)
    catalog.set_meta("fingerprint", mark)
    update_vectors(home, catalog, mark, progress, None)
    return Index(home, catalog, files, mark)


def embed_pending(catalog: Catalog, encoder: Encoder, progress: ProgressCallback | None) -> int:
    """Embed what has no embedding, window by window, the longest first; returns how many those were.

    Passages of one length come together, which saves padding, and the time left is never guessed too low.
    """
    total = catalog.counts().without_embedding
    done = 0
    while part := catalog.embeddings.pending(EMBED_WINDOW):

        def embedded(count: int, _of: int, begin: int = done) -> None:
            if progress is not None:
                progress(Progress("embedding passages", begin + count, total))

        catalog.embeddings.put(
            [i for i, _ in part], encoder.encode([text for _, text in part], progress=embedded)
        )
        done += len(part)
    return done


def fingerprint(catalog: Catalog, files: EmbedderFiles) -> str:
    """What the index is made of: embedder, chunker version and corpus hash (SHA-256, hexadecimal)."""
    parts = f"{files.id}\n{CHUNKER_VERSION}\n{catalog.content_hash()}"
    return hashlib.sha256(parts.encode()).hexdigest()


def shipped_stamp() -> str:
    """Cheap identity of the shipped corpus: names, sizes and times of its files."""
    folder = corpus_folder()
    digest = hashlib.sha256(CHUNKER_VERSION.encode())
    for path in (*sorted((folder / "papers").glob("*.md")), folder / "claims.yaml", folder / "glossary.yaml"):
        stat = path.stat()
        digest.update(f"{path.name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def mend(index: Index, *, progress: ProgressCallback | None = None, say: Say | None = None) -> None:
    """Bring the vector store up to the catalog when it is missing, stale or damaged, saying so.

    While another process writes the index this is left to that process: exact search needs no store.
    """
    if vectors.check(index.home.vectors, index.fingerprint).condition == "good":
        return
    with writing(index.home, None, wait=False) as ours:
        if ours:
            sweep(index.home)
            mark = index.catalog.meta("fingerprint") or index.fingerprint
            update_vectors(index.home, index.catalog, mark, progress, say)


def set_aside_if_damaged(folder: Path) -> Path | None:
    """Rename a catalog that cannot be read, so that a new one can be built; None when it is sound."""
    home = Home(folder)
    if not home.catalog.exists():
        return None
    try:
        catalog = Catalog.open(home.catalog)
    except CatalogUnfinished:
        return None
    except CatalogDamaged:
        sound = False
    else:
        sound = catalog.check() == "ok"
        catalog.close()
    if sound:
        return None
    number = 1
    while (aside := home.catalog.with_name(f"catalog-damaged-{number}.sqlite")).exists():
        number += 1
    home.catalog.rename(aside)
    for suffix in ("-wal", "-shm"):
        # The write-ahead log of a damaged file belongs to it; a new catalog must not read it.
        side = home.catalog.with_name(home.catalog.name + suffix)
        if side.exists():
            side.rename(aside.with_name(aside.name + suffix))
    return aside


def rebuild(index: Index, *, progress: ProgressCallback | None = None, say: Say | None = None) -> Index:
    """Bring back shipped papers that were removed, and write the vector store anew."""
    with writing(index.home, say):
        vectors.discard(index.home.vectors)
        _take_shipped(index.catalog, progress)
        return _finish(index.home, index.catalog, index.embedder, progress=progress, say=say)


def query_embedder(index: Index, *, say: Say | None = None) -> QueryEmbedder:
    """The fast embedder, proved on a stored passage; weights that fail are exported again.

    A file that was cut short does not load, and one with other damage embeds wrongly: searching with it
    would give wrong answers without a word.
    """
    sample = index.catalog.embeddings.sample()
    embedder = _proved(index.embedder, index.onnx, sample)
    if embedder is None:
        if say is not None:
            say("the query weights are damaged or of an older release: exporting them again")
        with writing(index.home, say):
            embedder = _proved(
                index.embedder, index.onnx, sample
            )  # another process may have done it while we waited
            if embedder is None:
                index.onnx.unlink(missing_ok=True)
                _finish(index.home, index.catalog, index.embedder, say=say)
                embedder = QueryEmbedder(index.embedder, index.onnx)
    return embedder


def _proved(
    files: EmbedderFiles, onnx: Path, sample: tuple[str, NDArray[np.float32]] | None
) -> QueryEmbedder | None:
    """The embedder when its weights load and agree with a stored embedding."""
    try:
        embedder = QueryEmbedder(files, onnx)
        if sample is None:
            return embedder
        text, stored = sample
        agrees = float(embedder.encode([text])[0] @ stored) > PARITY
    except EmbedderUnavailable:
        return None
    return embedder if agrees else None


def _open_ready(home: Home, files: EmbedderFiles) -> Index | None:
    """The index when nothing has to be built, else None."""
    if not home.catalog.is_file():
        return None
    try:
        catalog = Catalog.open(home.catalog)
    except (CatalogUnfinished, FileNotFoundError):
        return None
    mark = catalog.meta("fingerprint")
    complete = (
        mark is not None
        and catalog.meta("shipped") == shipped_stamp()
        and catalog.meta("embedder") == files.id
        and onnx_path(home.models, files).is_file()
        and not catalog.embeddings.pending(1)
    )
    if mark is None or not complete:
        catalog.close()
        return None
    return Index(home, catalog, files, mark)


def update_vectors(
    home: Home, catalog: Catalog, mark: str, progress: ProgressCallback | None, say: Say | None
) -> None:
    """Write to the vector store what changed, or all of it where it is missing or damaged."""
    state = vectors.check(home.vectors, mark)
    if state.condition == "good":
        return
    if say is not None and state.condition != "stale":
        say(f"{state.reason}: rebuilding it from the catalog, no embedding is computed again")
    vectors.update(catalog, home.vectors, mark, progress=_stage(progress))


def _stage(progress: ProgressCallback | None) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(Progress("writing the vector store", done, total))


def _take_shipped(catalog: Catalog, progress: ProgressCallback | None) -> None:
    """Bring the shipped corpus in: changed digests replace theirs, withdrawn ones go."""
    folder = corpus_folder()
    stamp = shipped_stamp()
    known = catalog.hashes()
    paths = sorted((folder / "papers").glob("*.md"))
    present = {LEDGER_ID}
    for number, path in enumerate(paths, 1):
        document = read_digest(path)
        present.add(document.paper.id)
        # A user's own version of a paper stays until the user removes it.
        if known.get(document.paper.id) != document.sha256 and catalog.origin(document.paper.id) != "user":
            catalog.put(document, origin="shipped")
        if progress is not None and (number % 20 == 0 or number == len(paths)):
            progress(Progress("reading papers", number, len(paths)))
    ledger, claims = read_claims(folder / "claims.yaml")
    if known.get(LEDGER_ID) != ledger.sha256:
        # In this order: the ledger's hash is what says that its claims are in.
        catalog.put_claims(claims)
        catalog.put(ledger, origin="shipped")
    for identifier in known.keys() - present:
        if catalog.origin(identifier) == "shipped":
            catalog.remove(identifier)
    catalog.set_meta("shipped", stamp)
