"""The process in which files are read: `main`, one at work for many files.

What strangers wrote is parsed here and nowhere else, so that a file which hangs, crashes or unpacks
without end costs its own process and nothing more. It gets tasks on stdin and answers on stdout, both as
pickles (the two ends are one program). The process may not grow beyond its limit of memory, write a
file, open a socket or start another process.

A process of our own is used rather than `multiprocessing`: its spawn and forkserver import the main
module again, which here is the whole command line, and a fork of a process that runs threads is unsafe.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.documents import ReadError, Record


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read: a file, or bytes that were fetched."""

    name: str
    """The path or the address; what the document's source will be."""
    path: Path | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A source and the processor time, in seconds, after which reading it has gone wrong."""

    source: Source
    seconds: float


@dataclass(frozen=True, slots=True)
class Read:
    """The end of a source: what its bytes were, and why it is unreadable if it is."""

    sha256: str = ""
    size: int = 0
    reason: str | None = None
    """Why it cannot be read as a whole; None when every record was given."""
    final: bool = True
    """False where another run may end otherwise: killed for time, crashed, the disk refused."""


Frame = Record | Read


def frames(source: Source) -> Iterator[Frame]:
    """Read one source: its records, then how it ended. This is all that a worker of any kind does."""
    from ingest import readers

    short = readers.named(source.name)
    try:
        # Once, so that what is hashed is what is read.
        data = source.data if source.path is None else source.path.read_bytes()
    except OSError as error:
        yield Read(reason=f"{short}: cannot be read ({error.strerror or error})", final=False)
        return
    except MemoryError:
        yield Read(reason=f"{short}: {TOO_MUCH}", final=False)
        return
    assert data is not None
    reason, final = None, True
    try:
        yield from readers.read_bytes(data, source.name)
    except ReadError as error:
        reason = str(error)
    except MemoryError:
        reason, final = f"{short}: {TOO_MUCH}", False
    except Exception as error:  # a defect of a reader costs its file, not the run
        reason = f"{short}: the reader failed ({type(error).__name__}: {str(error)[:200]}); please report it"
    yield Read(hashlib.sha256(data).hexdigest(), len(data), reason, final)


TOO_MUCH = "needs more memory than one file may take"


def main() -> None:
    """Answer tasks until stdin ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not garble an answer
    from ingest import readers  # noqa: F401 - paid now, while the caller is still listing files

    _limit(int(sys.argv[1]))
    _send(answers, Read())  # ready: starting up does not count as reading
    while (task := _task(sys.stdin.buffer)) is not None:
        _limit_time(task.seconds)
        for frame in frames(task.source):
            _send(answers, frame)


def _task(stdin: BinaryIO) -> Task | None:
    try:
        task = pickle.load(stdin)
    except EOFError:
        return None
    assert isinstance(task, Task)
    return task


def _send(answers: BinaryIO, frame: Frame) -> None:
    body = memoryview(pickle.dumps(frame, protocol=pickle.HIGHEST_PROTOCOL))
    answers.write(len(body).to_bytes(8, "big"))
    while body:
        body = body[answers.write(body) or 0 :]


def _limit(memory: int) -> None:
    """Take from this process what a reader does not need."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if sys.platform == "linux":  # macOS does not hold a process to it
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.addaudithook(_refuse)


def _limit_time(seconds: float) -> None:
    """The caller's clock ends a file that takes too long; this one still runs when the caller was killed."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        total = int(used.ru_utime + used.ru_stime + 2 * seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (total, resource.getrlimit(resource.RLIMIT_CPU)[1]))


_REFUSED: tuple[str, ...] = (
    "socket.", "subprocess.", "shutil.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove",
    "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or event.startswith(_REFUSED):
        raise PermissionError(f"a reader may not do this: {event}")
