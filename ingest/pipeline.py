"""From papers to a searchable index, resumable at any moment.

`ensure` brings the shipped corpus into the home folder and repairs what is missing; `ingest` adds files.
Both end in `finish`: embed what has no embedding, export the query weights once, write the fingerprint,
rebuild the vector store. Every step commits whole documents or whole batches, so a killed run loses at
most the batch in hand and the next one goes on from there.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingest import readers, vectors
from ingest.catalog import Catalog, CatalogDamaged, CatalogUnfinished
from ingest.chunking import CHUNKER_VERSION
from ingest.documents import Problem, ReadError, Record, Reference
from ingest.embedding import (
    PARITY,
    BulkEmbedder,
    EmbedderFiles,
    EmbedderUnavailable,
    QueryEmbedder,
    export_onnx,
    onnx_path,
)
from ingest.merging import slot
from ingest.readers.claims import LEDGER_ID, read_claims
from ingest.readers.digest import read_digest
from ingest.readers.formats import KNOWN_SUFFIXES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Status = Literal["added", "updated", "unchanged", "skipped", "failed"]
_EMBED_BATCH = 256


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come; `total` is 0 while it cannot be known."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: str
    status: Status
    paper: str | None = None
    passages: int = 0
    reason: str | None = None


ProgressCallback = Callable[[Progress], None]
Say = Callable[[str], None]


class HomeUnusable(Exception):
    """The home folder cannot be created or written."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds all state, and the name of everything in it."""

    folder: Path

    @property
    def catalog(self) -> Path:
        """The SQLite catalog."""
        return self.folder / "catalog.sqlite"

    @property
    def vectors(self) -> Path:
        """The Chroma store."""
        return self.folder / "vectors"

    @property
    def models(self) -> Path:
        """Exported query weights."""
        return self.folder / "models"

    def prepare(self) -> None:
        """Create the folder and prove that it can be written; raises HomeUnusable."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe = self.folder / ".write-test"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise HomeUnusable(f"{self.folder}: cannot be written ({error.strerror or error})") from error


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
    with _writing(home, say):
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


def ingest(
    index: Index, paths: Sequence[Path], *, progress: ProgressCallback | None = None, say: Say | None = None
) -> Iterator[Outcome]:
    """Read files and folders into the catalog, one outcome a record; call `finish` afterwards."""
    files = list(_files(paths))
    with _writing(index.home, say):
        for number, path in enumerate(files, 1):
            if progress is not None:
                progress(Progress("reading", number, len(files)))
            if path not in paths and path.suffix.lower() not in KNOWN_SUFFIXES:
                reason = f"no reader for {path.suffix or 'files without a suffix'}; name it to have it tried"
                yield Outcome(str(path), "skipped", reason=reason)
                continue
            yield from _take(index.catalog, str(path), readers.read(path))


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that were fetched, and the address they came from."""

    source: str
    data: bytes


def ingest_bytes(index: Index, blobs: Iterable[Blob], *, say: Say | None = None) -> Iterator[Outcome]:
    """Read fetched bytes into the catalog, one outcome a record; call `finish` afterwards."""
    with _writing(index.home, say):
        for blob in blobs:
            yield from _take(index.catalog, blob.source, readers.read_bytes(blob.data, blob.source))


def ingest_records(
    index: Index, records: Iterable[tuple[str, Record]], *, say: Say | None = None
) -> Iterator[Outcome]:
    """Put records that a client has made itself, each with its address; call `finish` afterwards."""
    with _writing(index.home, say):
        for source, record in records:
            yield from _take(index.catalog, source, [record])


def finish(
    home: Home,
    catalog: Catalog,
    files: EmbedderFiles,
    *,
    progress: ProgressCallback | None = None,
    say: Say | None = None,
) -> Index:
    """Bring an index whose papers changed up to date; see the module's docstring."""
    with _writing(home, say):
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
    _sweep(home)
    bulk = BulkEmbedder(files)
    if catalog.meta("embedder") not in (None, files.id):
        bulk.model  # noqa: B018 - one that cannot be loaded must not cost the embeddings that are there
        if say is not None:
            say(
                f"the embedder is now {files.id}, was {catalog.meta('embedder')}: embedding all passages anew"
            )
        catalog.forget_embeddings()
    catalog.set_meta("embedder", files.id)
    pending = catalog.pending()
    onnx = onnx_path(home.models, files)
    if (pending or not onnx.exists()) and progress is not None:
        progress(Progress("loading the embedder", 0, 0))
    for begin in range(0, len(pending), _EMBED_BATCH):
        part = pending[begin : begin + _EMBED_BATCH]

        def embedded(done: int, _of: int, begin: int = begin) -> None:
            if progress is not None:
                progress(Progress("embedding passages", begin + done, len(pending)))

        catalog.put_embeddings(
            [i for i, _ in part], bulk.encode([text for _, text in part], progress=embedded)
        )
    if not onnx.exists():
        if progress is not None:
            progress(Progress("exporting query weights", 0, 0))
        export_onnx(bulk, onnx, [row.text for row in catalog.rows()[:8]])
    mark = fingerprint(catalog, files)
    catalog.set_meta("fingerprint", mark)
    _mend_vectors(home, catalog, mark, progress, None)
    return Index(home, catalog, files, mark)


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
    """Rebuild the vector store from the catalog when it is missing, stale or damaged, saying so."""
    if vectors.check(index.home.vectors, index.fingerprint).condition == "good":
        return
    with _writing(index.home, say):  # where another process has mended it meanwhile, nothing is left to do
        _sweep(index.home)
        mark = index.catalog.meta("fingerprint") or index.fingerprint
        _mend_vectors(index.home, index.catalog, mark, progress, say)


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
    with _writing(index.home, say):
        vectors.discard(index.home.vectors)
        _take_shipped(index.catalog, progress)
        return _finish(index.home, index.catalog, index.embedder, progress=progress, say=say)


def query_embedder(index: Index, *, say: Say | None = None) -> QueryEmbedder:
    """The fast embedder, proved on a stored passage; weights that fail are exported again.

    A file that was cut short does not load, and one with other damage embeds wrongly: searching with it
    would give wrong answers without a word.
    """
    sample = index.catalog.sample()
    embedder = _proved(index, sample)
    if embedder is None:
        if say is not None:
            say("the query weights are damaged: exporting them again")
        with _writing(index.home, say):
            embedder = _proved(index, sample)  # another process may have done it while we waited
            if embedder is None:
                index.onnx.unlink(missing_ok=True)
                _finish(index.home, index.catalog, index.embedder, say=say)
                embedder = QueryEmbedder(index.embedder, index.onnx)
    return embedder


def _proved(index: Index, sample: tuple[str, NDArray[np.float32]] | None) -> QueryEmbedder | None:
    """The fast embedder when its weights load and agree with a stored embedding."""
    try:
        embedder = QueryEmbedder(index.embedder, index.onnx)
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
        and catalog.counts().without_embedding == 0
    )
    if mark is None or not complete:
        catalog.close()
        return None
    return Index(home, catalog, files, mark)


def _mend_vectors(
    home: Home, catalog: Catalog, mark: str, progress: ProgressCallback | None, say: Say | None
) -> None:
    state = vectors.check(home.vectors, mark)
    if state.condition == "good":
        return
    if say is not None:
        say(f"{state.reason}: rebuilding it from the catalog, no embedding is computed again")
    vectors.build(catalog, home.vectors, mark, progress=_stage(progress))


def _stage(progress: ProgressCallback | None) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(Progress("writing the vector store", done, total))


def _sweep(home: Home) -> None:
    """Remove what a killed writer left half-written; only the holder of the writing lock may."""
    for draft in (*home.folder.glob("*.part"), *home.models.glob("*.part")):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


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


def _take(catalog: Catalog, source: str, records: Iterable[Record]) -> Iterator[Outcome]:
    """File the records of one source; what cannot be read is an outcome, never an exception."""
    name = source.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        for record in records:
            yield _file(catalog, source, record)
    except ReadError as error:
        yield Outcome(source, "failed", reason=str(error))
    except OSError as error:
        yield Outcome(source, "failed", reason=f"{name}: cannot be read ({error.strerror or error})")


def _file(catalog: Catalog, source: str, record: Record) -> Outcome:
    """Put one record into the catalog."""
    if isinstance(record, Problem):
        return Outcome(source, "failed", reason=f"{record.where}: {record.reason}")
    if isinstance(record, Reference):
        known = catalog.find(record.doi, record.pmid, record.pmcid)
        reason = "in the index already" if known else "an identifier without a text; fetch it"
        return Outcome(source, "skipped", next(iter(known), None), reason=f"{record.where}: {reason}")
    paper, passages = record.paper.id, len(record.passages)
    if paper == LEDGER_ID:
        return Outcome(source, "failed", reason=f"the id {LEDGER_ID!r} is taken by the claim ledger")
    before = catalog.held(paper, slot(record))
    if before is not None and before.sha256 == record.sha256:
        return Outcome(source, "unchanged", paper, passages)
    catalog.put(record, origin="user")
    return Outcome(source, "added" if before is None else "updated", paper, passages)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those inside folders in order of their names; links out of a folder are left."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        root = path.resolve()
        for inner in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
            if inner.is_file() and not hidden and inner.resolve().is_relative_to(root):
                yield inner


class _writing:
    """Only one process writes; a second one waits and says so."""

    def __init__(self, home: Home, say: Say | None) -> None:
        self._home, self._say = home, say

    def __enter__(self) -> None:
        from filelock import FileLock, Timeout

        self._lock = FileLock(str(self._home.folder / ".writing.lock"))
        try:
            self._lock.acquire(timeout=0.2)
        except Timeout:
            if self._say is not None:
                self._say("another Senescope process is writing the index: waiting for it")
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
