"""Opens the index for the application and turns what ingest raises into errors a user can act on."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import EnvironmentFault, IndexDamaged, InputError, ModelUnavailable, SenescopeError
from assistant.settings import Settings
from ingest import pipeline
from ingest.catalog import CatalogDamaged
from ingest.documents import ReadError
from ingest.embedding import EmbedderUnavailable
from ingest.pipeline import Index, ProgressCallback, Say

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = re.compile(r"No space left|disk is full|File too large|code: 13\b")
_REBUILD = "`senescope corpus rebuild` sets the damaged file aside (it is not deleted) and builds a new one."


def open_index(
    settings: Settings, *, progress: ProgressCallback | None = None, say: Say | None = None
) -> Index:
    """The index of the home folder, built on first use and mended when a cache of it is broken.

    Raises:
        EnvironmentFault: the home folder or the disk stands in the way.
        IndexDamaged: the catalog cannot be read.
        ModelUnavailable: the embedder's files are missing.
    """
    with translated(settings.home):
        index = pipeline.ensure(settings.home, embedder=embedder_folder(settings), progress=progress, say=say)
        if not settings.text("retrieval.chroma_url"):
            pipeline.mend(index, progress=progress, say=say)
        return index


def embedder_folder(settings: Settings) -> Path | None:
    """The folder of the user's embedder, or None for the default one."""
    named = settings.text("retrieval.embedder")
    return Path(named).expanduser() if named else None


@contextmanager
def translated(home: Path) -> Iterator[None]:
    """Translate what ingest, SQLite and the file system raise, keeping the cause."""
    try:
        yield
    except SenescopeError:
        raise
    except Exception as error:
        known = fault(error, f"the home folder {home}")
        if known is None:
            raise
        raise known from error


def fault(error: Exception, where: str = "the home folder") -> SenescopeError | None:
    """What the user can do about an error that came from below, or None when it is a defect of ours.

    Arguments:
        error: what was raised.
        where: the place in words, for the message.
    """
    if isinstance(error, CatalogDamaged):
        return IndexDamaged(f"The catalog is damaged: {error}", hint=_REBUILD)
    if isinstance(error, pipeline.HomeUnusable):
        return EnvironmentFault(
            f"The home folder is not usable: {error}", hint="Name another with --home DIR or SENESCOPE_HOME."
        )
    if isinstance(error, EmbedderUnavailable):
        return ModelUnavailable(f"The embedder cannot be used: {error}", hint="`senescope doctor` checks it.")
    if isinstance(error, ReadError):
        return InputError(str(error), hint="Mend the file and run the command again; nothing was lost.")
    if isinstance(error, sqlite3.DatabaseError):
        return _database_fault(where, str(error))
    # Chroma and torch write to disk too, and report a full one in words of their own.
    if getattr(error, "errno", None) in _FULL or re.search(
        r"No space left|disk is full|code: 13\b", str(error)
    ):
        return EnvironmentFault(f"The disk is full ({where}).", hint="Free some space and run it again.")
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return EnvironmentFault(
            f"{error.filename or where}: {error.strerror}.", hint="Mend the permission, or use --home DIR."
        )
    return None


def _database_fault(where: str, words: str) -> EnvironmentFault:
    if "full" in words or "disk I/O" in words:
        return EnvironmentFault(
            f"The disk is full, or refuses to be written ({where}).", hint="Free some space and run it again."
        )
    if "readonly" in words or "unable to open" in words:
        return EnvironmentFault(f"{where} cannot be written ({words}).", hint="Use --home DIR.")
    if "locked" in words:
        return EnvironmentFault(
            f"The catalog in {where} is locked by another process.", hint="Try again in a moment."
        )
    return IndexDamaged(f"The catalog in {where} cannot be read ({words}).", hint=_REBUILD)
