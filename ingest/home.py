"""The home folder: what lies in it, who may write to it, and what a killed writer left there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come; `total` is 0 while it cannot be known."""

    stage: str
    done: int
    total: int


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


def sweep(home: Home) -> None:
    """Remove what a killed writer left half-written; only the holder of the writing lock may."""
    for draft in (*home.folder.glob("*.part"), *home.models.glob("*.part")):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


class writing:
    """Only one process writes; a second one waits and says so, or with `wait` false goes without."""

    def __init__(self, home: Home, say: Say | None, *, wait: bool = True) -> None:
        self._home, self._say, self._wait = home, say, wait

    def __enter__(self) -> bool:
        """Whether we may write."""
        from filelock import FileLock, Timeout

        # One lock a process: who holds it may take it again.
        self._lock = FileLock(str(self._home.folder / ".writing.lock"), is_singleton=True)
        try:
            self._lock.acquire(timeout=0.2 if self._wait else 0)
        except Timeout:
            if not self._wait:
                return False
            if self._say is not None:
                self._say("another Senescope process is writing the index: waiting for it")
            self._lock.acquire()
        return True

    def __exit__(self, *_: object) -> None:
        self._lock.release()
