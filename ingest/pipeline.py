"""An ingest: files, addresses and records in, one outcome each, and a new state of the index at the end.

What is unchanged costs a stat and a hash. What is read goes into a draft (see `ingest.staging`), so that
searches go on over the state before; `finish` embeds what is new, brings the draft in and updates the
vector store. Every record is committed with its entry in the manifest: a run that is killed at any moment
is gone on with by the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol, Self

from ingest import staging
from ingest.documents import Document, Record, Reference
from ingest.filing import Filing
from ingest.home import Home, HomeUnusable, Progress, ProgressCallback, Say, sweep, writing
from ingest.index import (
    Encoder,
    Index,
    embed_pending,
    ensure,
    fingerprint,
    finish,
    mend,
    query_embedder,
    rebuild,
    set_aside_if_damaged,
    update_vectors,
)
from ingest.manifest import Entry, Filed, Manifest, Status, readers_stamp
from ingest.reading import Frame, Read, Source
from ingest.sources.files import found, name_of
from ingest.workers import Limits, Pool

__all__ = [
    "Blob",
    "Engine",
    "Home",
    "HomeUnusable",
    "Index",
    "Ingest",
    "Limits",
    "LocalEngine",
    "Outcome",
    "Progress",
    "ProgressCallback",
    "Say",
    "Status",
    "ensure",
    "fingerprint",
    "finish",
    "ingest",
    "ingest_bytes",
    "ingest_records",
    "mend",
    "query_embedder",
    "rebuild",
    "remove",
    "set_aside_if_damaged",
]


RESUMED = "read by an ingest that was stopped"
"""Note on what goes in now though an earlier run has read it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file or one record of it."""

    path: str
    status: Status
    paper: str | None = None
    passages: int = 0
    reason: str | None = None
    record: str | None = None
    """Which record of a file that holds several."""
    notes: tuple[str, ...] = ()
    """What the reader skipped or guessed."""
    records: int = 1
    """How many records the line speaks for; an unchanged file is one line."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that were fetched, and the address they came from."""

    source: str
    data: bytes


class Engine(Protocol):
    """Where reading and embedding run: processes of this machine, or a cluster."""

    def read(self, sources: Iterable[Source]) -> Generator[tuple[Source, Iterator[Frame]], None, None]:
        """Each source with its frames, in the order given; closing it ends the reading."""
        ...

    @property
    def encoder(self) -> Encoder:
        """The embedder."""
        ...


class LocalEngine:
    """Reading processes and the embedder of this machine."""

    def __init__(self, index: Index, limits: Limits) -> None:
        self._index, self._limits = index, limits

    @cached_property
    def encoder(self) -> Encoder:
        """The embedder, proved; loaded when there is something to embed."""
        return query_embedder(self._index)

    def read(self, sources: Iterable[Source]) -> Generator[tuple[Source, Iterator[Frame]], None, None]:
        """See `Engine.read`."""
        with Pool(self._limits) as pool:
            yield from pool.read(sources)


class Ingest:
    """One ingest; use as a context manager: only one runs at a time, a second one waits and says so."""

    def __init__(
        self,
        index: Index,
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        engine: Engine | None = None,
        fetching: bool = False,
        progress: ProgressCallback | None = None,
        say: Say | None = None,
    ) -> None:
        """An ingest into `index`.

        Arguments:
            index: as `ensure` opened it.
            limits: what one file may cost; see `LocalEngine`.
            engine: where reading and embedding run, this machine by default.
            fetching: read reference lists even when they have not changed: `references` is wanted.
            progress: told how far it has come.
            say: told what the user should know.
        """
        self._index, self._progress, self._say, self._fetching = index, progress, say, fetching
        self._engine = engine or LocalEngine(index, limits)
        self._lock = writing(index.home, say)
        self._gone: set[str] = set()
        self._forced: set[str] = set()
        self._begun: set[str] = set()
        self.references: list[Reference] = []
        """What reference lists held: identifiers to fetch."""

    def __enter__(self) -> Self:
        self._lock.__enter__()
        try:
            sweep(self._index.home)
            self._open_draft()
        except BaseException:
            self._lock.__exit__()
            raise
        self._known = Manifest(self._index.catalog.connection)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the draft; what was read and not brought in by `finish` waits for the next ingest."""
        try:
            begun = self._manifest.begun()
            self._draft.close()
            if not begun:
                staging.discard(self._index.home)
        finally:
            self._lock.__exit__()

    # -- in -----------------------------------------------------------------------------------------

    def files(self, paths: Sequence[Path], *, sync: bool = False) -> Iterator[Outcome]:
        """Read files and folders.

        Arguments:
            paths: files are read whatever they are called, folders are searched.
            sync: forget what came from files of these folders that are not there any more.
        """
        files = list(found(paths))
        if sync:
            yield from self._sync(paths, {name_of(file.path) for file in files})
        step = _Steps("reading", len(files), self._progress)
        sources: list[Source] = []
        for file in files:
            name = name_of(file.path)
            if file.reason is not None:
                step()
                yield Outcome(name, "skipped", reason=file.reason)
            elif (told := self._unchanged(name, file.path)) is not None:
                step()
                yield from told
            else:
                sources.append(Source(name, path=file.path))
        yield from self._read(sources, step)

    def blobs(self, blobs: Iterable[Blob]) -> Iterator[Outcome]:
        """Read bytes that were fetched."""
        yield from self._read((Source(blob.source, data=blob.data) for blob in blobs), _Steps("reading"))

    def records(self, records: Iterable[tuple[str, Record]]) -> Iterator[Outcome]:
        """Take in records that a client has made itself, each with its address."""
        filing = self._filing()
        for source, record in records:
            self._manifest.begin(source)
            yield self._file(filing, source, 0, record)
            self._manifest.end(Entry(source, 0, "", readers_stamp()))

    # -- out ----------------------------------------------------------------------------------------

    def finish(self) -> Index:
        """Embed what is new, bring it all in, and update the vector store; the index as it is then."""
        index, home = self._index, self._index.home
        if not self._manifest.begun():
            return index
        if self._draft.embeddings.pending(1):
            embed_pending(self._draft, self._engine.encoder, self._progress)
        self._draft.close()
        if self._progress is not None:
            self._progress(Progress("bringing it in", 0, 0))
        mark = staging.merge(
            index.catalog, staging.path_of(home), lambda: fingerprint(index.catalog, index.embedder)
        )
        staging.discard(home)
        self._open_draft()
        update_vectors(home, index.catalog, mark, self._progress, self._say)
        return replace(index, fingerprint=mark)

    # -- inside -------------------------------------------------------------------------------------

    def _open_draft(self) -> None:
        self._draft = staging.begin(self._index.home, self._say)
        self._manifest = Manifest(self._draft.connection)
        embedder = self._index.embedder.id
        if self._draft.meta("embedder") not in (None, embedder):
            self._draft.embeddings.forget()
        self._draft.set_meta("embedder", embedder)

    def _filing(self) -> Filing:
        return Filing(self._index.catalog, self._draft, frozenset(self._gone))

    def _unchanged(self, name: str, path: Path) -> list[Outcome] | None:
        """What is told of a file that has not changed since it was read; None when it must be read."""
        for manifest in (self._manifest, self._known):
            entry = manifest.entry(name)
            if entry is None:
                continue
            if (
                name in self._forced
                or entry.readers != readers_stamp()
                or entry.sha256 != _sha256(path, entry.size)
            ):
                return None
            filed = manifest.records(name)
            if self._fetching and any(f.status == "skipped" and f.slot is None for f in filed):
                return None
            waiting = manifest is self._manifest and name not in self._begun
            return [_resumed(name, f) for f in filed] if waiting else _summed(name, filed)
        return None

    def _sync(self, paths: Sequence[Path], present: set[str]) -> Iterator[Outcome]:
        for folder in (path for path in paths if path.is_dir()):
            for manifest in (self._known, self._manifest):
                for path in manifest.under(name_of(folder)):
                    if path in present or path in self._gone:
                        continue
                    self._gone.add(path)
                    self._forced.update(manifest.rivals(path))
                    papers = [filed.paper for filed in manifest.records(path) if filed.slot]
                    self._draft.forget_source(path)
                    self._manifest.leave(path)
                    paper = papers[0] if papers else None
                    yield Outcome(path, "removed", paper, reason="the file is gone", records=len(papers) or 1)

    def _read(self, sources: Iterable[Source], step: _Steps) -> Iterator[Outcome]:
        filing = self._filing()
        with closing(self._engine.read(sources)) as results:
            for source, frames in results:
                self._draft.forget_source(source.name)
                self._manifest.begin(source.name)
                self._begun.add(source.name)
                number = 0
                for frame in frames:
                    if isinstance(frame, Read):
                        yield from self._end(source.name, number, frame)
                    else:
                        yield self._file(filing, source.name, number, frame)
                        number += 1
                step()

    def _file(self, filing: Filing, source: str, number: int, record: Record) -> Outcome:
        """One record: what becomes of it and its entry in the manifest are one transaction."""
        if isinstance(record, Reference):
            self.references.append(record)
        elif isinstance(record, Document) and record.source != source:
            record = replace(record, source=source)  # a file inside an archive goes with the archive
        with self._draft.transaction():
            filed = filing.file(record, source)
            self._manifest.add(source, number, filed)
        return _outcome(source, filed)

    def _end(self, source: str, number: int, read: Read) -> Iterator[Outcome]:
        if read.reason is not None:
            filed = Filed("failed", reason=read.reason)
            self._manifest.add(source, number, filed)
            yield _outcome(source, filed)
        # Without the stamp the file is read again next time.
        self._manifest.end(Entry(source, read.size, read.sha256, readers_stamp() if read.final else ""))


class _Steps:
    """Counts files for the progress report."""

    def __init__(self, stage: str, total: int = 0, progress: ProgressCallback | None = None) -> None:
        self._stage, self._total, self._progress, self._done = stage, total, progress, 0

    def __call__(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(Progress(self._stage, self._done, self._total))


def ingest(
    index: Index, paths: Sequence[Path], *, progress: ProgressCallback | None = None, say: Say | None = None
) -> Iterator[Outcome]:
    """Read files and folders and bring them in, one outcome each; see `Ingest` for more control."""
    with Ingest(index, progress=progress, say=say) as run:
        yield from run.files(paths)
        run.finish()


def ingest_bytes(
    index: Index, blobs: Iterable[Blob], *, progress: ProgressCallback | None = None, say: Say | None = None
) -> Iterator[Outcome]:
    """Read fetched bytes and bring them in, one outcome a record; see `Ingest` for more control."""
    with Ingest(index, progress=progress, say=say) as run:
        yield from run.blobs(blobs)
        run.finish()


def ingest_records(
    index: Index, records: Iterable[tuple[str, Record]], *, say: Say | None = None
) -> Iterator[Outcome]:
    """Bring in records that a client has made itself, each with its address; see `Ingest`."""
    with Ingest(index, say=say) as run:
        yield from run.records(records)
        run.finish()


def remove(
    index: Index, identifier: str, *, progress: ProgressCallback | None = None, say: Say | None = None
) -> bool:
    """Take a paper out, also out of what an interrupted ingest has read; False when it is in neither.

    A file that held it is read again when it is ingested again.
    """
    home = index.home
    with writing(home, say):
        waited = False
        if staging.path_of(home).exists():
            draft = staging.begin(home, None)
            waited, begun = draft.remove(identifier), Manifest(draft.connection).begun()
            draft.close()
            if not begun:
                staging.discard(home)
        held = index.catalog.remove(identifier)
        if held:
            finish(home, index.catalog, index.embedder, progress=progress, say=say)
    return held or waited


def _outcome(source: str, filed: Filed) -> Outcome:
    return Outcome(
        source, filed.status, filed.paper, filed.passages, filed.reason, filed.place, filed.notes
    )  # fmt: skip


def _resumed(source: str, filed: Filed) -> Outcome:
    """A record that waited in the draft: it goes in now, and is told as what it is to the index."""
    taken = filed.status in ("added", "updated")
    return _outcome(source, replace(filed, notes=(*filed.notes, RESUMED)) if taken else filed)


def _summed(source: str, records: Iterable[Filed]) -> list[Outcome]:
    """An unchanged file: one line for what is in, and again each record that is not, with its reason."""
    records = list(records)
    held = [filed for filed in records if filed.status not in ("skipped", "failed")]
    told = [_outcome(source, filed) for filed in records if filed.status in ("skipped", "failed")]
    if held:
        passages = sum(filed.passages for filed in held)
        told.insert(0, Outcome(source, "unchanged", held[0].paper, passages, records=len(held)))
    return told


def _sha256(path: Path, size: int) -> str | None:
    """The hash of a file that has `size` bytes; None when it has not, or cannot be read."""
    try:
        if path.stat().st_size != size:
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
