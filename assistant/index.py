"""Opens the index for the application and turns what ingest raises into errors a user can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import EnvironmentFault, IndexDamaged, InputError, ModelUnavailable
from assistant.settings import Settings
from ingest import pipeline
from ingest.catalog import CatalogDamaged
from ingest.documents import ReadError
from ingest.embedding import EmbedderUnavailable
from ingest.pipeline import Index, ProgressCallback, Say

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
    except CatalogDamaged as error:
        raise IndexDamaged(
            f"The catalog is damaged: {error}",
            hint=_REBUILD,
        ) from error
    except pipeline.HomeUnusable as error:
        raise EnvironmentFault(
            f"The home folder is not usable: {error}", hint="Name another with --home DIR or SENESCOPE_HOME."
        ) from error
    except EmbedderUnavailable as error:
        raise ModelUnavailable(
            f"The embedder cannot be used: {error}", hint="`senescope doctor` checks it."
        ) from error
    except ReadError as error:
        raise InputError(
            str(error), hint="Mend the file and run the command again; nothing was lost."
        ) from error
    except sqlite3.DatabaseError as error:
        raise _database_fault(home, error) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EnvironmentFault(
                f"The disk is full ({home}).", hint="Free some space and run it again."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise EnvironmentFault(
                f"{error.filename or home}: {error.strerror}.", hint="Mend the permission, or use --home DIR."
            ) from error
        raise


def _database_fault(home: Path, error: sqlite3.DatabaseError) -> EnvironmentFault:
    words = str(error)
    if "full" in words:
        return EnvironmentFault(f"The disk is full ({home}).", hint="Free some space and run it again.")
    if "readonly" in words or "unable to open" in words:
        return EnvironmentFault(
            f"The home folder {home} cannot be written ({words}).", hint="Use --home DIR."
        )
    if "locked" in words:
        return EnvironmentFault(
            f"The catalog in {home} is locked by another process.", hint="Try again in a moment."
        )
    return IndexDamaged(
        f"The catalog in {home} cannot be read ({words}).",
        hint=_REBUILD,
    )
