"""The pool of reading processes: sources in, records out in the same order, and a clock on each file.

A few processes live for the whole run. One that takes too long or dies is replaced, its file is named
with the reason, and the others never notice.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from ingest import readers
from ingest.reading import Frame, Read, Source, Task

_START = "from ingest.reading import main; main()"
_START_SECONDS = 120.0
_AHEAD = 32
"""Sources that may be read before the first of them is taken."""
_HELD = 64
"""Records of one source that wait to be taken; more make its process wait."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    seconds: float = 60.0
    """Time to read it, plus `seconds_per_mb`; waiting for us does not count."""
    seconds_per_mb: float = 4.0
    memory: int = 3 * 2**30
    """Bytes of address space of a reading process."""
    size: int = 2 * 2**30
    """Bytes of a file; larger ones are not opened."""

    def time_for(self, size: int) -> float:
        """Seconds for a file of `size` bytes."""
        return self.seconds + self.seconds_per_mb * size / 2**20


class Pool:
    """Reading processes; use as a context manager."""

    def __init__(self, limits: Limits = Limits(), workers: int | None = None) -> None:
        """A pool of at most `workers` processes, by default as many as there are cores, up to four."""
        self._limits = limits
        self._most = workers or min(4, os.cpu_count() or 1)
        self._watch = _Watch()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.stop()

    def read(self, sources: Iterable[Source]) -> Generator[tuple[Source, Iterator[Frame]], None, None]:
        """Each source with its frames, in the order given; take all frames of one before the next."""
        run = _Run(iter(sources), self._limits, self._watch)
        threads = [threading.Thread(target=run.work, daemon=True) for _ in range(self._most)]
        for thread in threads:
            thread.start()
        try:
            yield from run.results()
        finally:
            run.stop()
            for thread in threads:
                thread.join()


class _Run:
    """One pass over the sources by several threads, each with a process of its own."""

    def __init__(self, sources: Iterator[Source], limits: Limits, watch: _Watch) -> None:
        self._sources, self._limits, self._watch = sources, limits, watch
        self._lock = threading.Lock()
        self._room = threading.Semaphore(_AHEAD)
        self._order: queue.Queue[tuple[Source, queue.Queue[Frame]] | BaseException | None] = queue.Queue()
        self._stopped = threading.Event()
        self._ended = False

    def results(self) -> Iterator[tuple[Source, Iterator[Frame]]]:
        while (item := self._order.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            source, held = item
            yield source, _until_read(held)
            self._room.release()

    def stop(self) -> None:
        self._stopped.set()
        self._room.release(_AHEAD)
        self._watch.kill_all()

    def work(self) -> None:
        """What each thread does: take the next source, have it read, hand its frames on."""
        process = _Process(self._limits, self._watch)
        try:
            while (taken := self._next()) is not None:
                source, held = taken
                for frame in process.frames(source):
                    if not self._put(held, frame):
                        return
        finally:
            process.close()

    def _next(self) -> tuple[Source, queue.Queue[Frame]] | None:
        self._room.acquire()
        with self._lock:
            if self._ended or self._stopped.is_set():
                return None
            try:
                source = next(self._sources)
            except StopIteration:
                self._ended = True
                self._order.put(None)
                self._room.release(_AHEAD)  # the other threads must not wait for room
                return None
            except BaseException as error:  # listing the sources failed: the caller's to handle
                self._ended = True
                self._order.put(error)
                self._room.release(_AHEAD)
                return None
            held: queue.Queue[Frame] = queue.Queue(_HELD)
            self._order.put((source, held))
            return source, held

    def _put(self, held: queue.Queue[Frame], frame: Frame) -> bool:
        while not self._stopped.is_set():
            try:
                held.put(frame, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False


def _until_read(held: queue.Queue[Frame]) -> Iterator[Frame]:
    while True:
        frame = held.get()
        yield frame
        if isinstance(frame, Read):
            return


class _Process:
    """One reading process, started when there is something to read and again when it was lost."""

    def __init__(self, limits: Limits, watch: _Watch) -> None:
        self._limits, self._watch = limits, watch
        self._process: subprocess.Popen[bytes] | None = None
        self._fresh = False

    def frames(self, source: Source) -> Iterator[Frame]:
        """Have one source read; whatever happens, the last frame is a `Read`."""
        name = readers.named(source.name)
        try:
            size = len(source.data or b"") if source.path is None else source.path.stat().st_size
        except OSError as error:
            yield Read(reason=f"{name}: cannot be read ({error.strerror or error})", final=False)
            return
        if size > self._limits.size:
            reason = f"{name}: {size >> 20} MB, more than the {self._limits.size >> 20} MB that are read"
            yield Read(reason=f"{reason}; split it", final=False)
            return
        left = self._limits.time_for(size)
        process = self._started()
        try:
            if self._fresh:
                with self._watch.on(process, time.monotonic() + _START_SECONDS):
                    _receive(process)
                self._fresh = False
            self._send(process, Task(source, left))
            while True:
                begun = time.monotonic()
                with self._watch.on(process, begun + left):
                    frame = _receive(process)
                left -= time.monotonic() - begun
                yield frame
                if isinstance(frame, Read):
                    return
        except (EOFError, OSError, pickle.UnpicklingError):
            yield Read(reason=f"{name}: {self._why(process, size)}", final=False)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _why(self, process: subprocess.Popen[bytes], size: int) -> str:
        """What ended a process, which is let go."""
        late = self._watch.killed(process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)  # one that is ending by itself says how
        process.kill()
        process.communicate()
        self._process = None
        if late:
            seconds = self._limits.time_for(size)
            return f"not read within {seconds:.0f} s; the reader was stopped (--time-limit gives it more)"
        code = process.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"the reader crashed ({how}); the file may be damaged"

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._fresh = True
            path = os.pathsep.join(entry for entry in sys.path if entry)
            self._process = subprocess.Popen(
                # -P: a file named like a module in the working directory must not be run.
                [sys.executable, "-P", "-B", "-c", _START, str(self._limits.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore"},
                start_new_session=True,  # Ctrl-C ends the run, which ends its readers
            )
        return self._process

    @staticmethod
    def _send(process: subprocess.Popen[bytes], task: Task) -> None:
        assert process.stdin is not None
        pickle.dump(task, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()


def _receive(process: subprocess.Popen[bytes]) -> Frame:
    assert process.stdout is not None
    size = int.from_bytes(_exactly(process.stdout, 8), "big")
    frame: Frame = pickle.loads(_exactly(process.stdout, size))
    return frame


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


class _Watch:
    """Kills processes that are over their time; one thread for the whole pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[subprocess.Popen[bytes], float] = {}
        self._late: set[int] = set()
        self._stopped = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def on(self, process: subprocess.Popen[bytes], due: float) -> _Watched:
        return _Watched(self, process, due)

    def killed(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it was this clock that ended the process."""
        with self._lock:
            return process.pid in self._late

    def kill_all(self) -> None:
        with self._lock:
            for process in self._due:
                process.kill()

    def stop(self) -> None:
        self._stopped.set()

    def set(self, process: subprocess.Popen[bytes], due: float | None) -> None:
        with self._lock:
            if due is None:
                self._due.pop(process, None)
            else:
                self._due[process] = due

    def _look(self) -> None:
        while not self._stopped.wait(0.1):
            now = time.monotonic()
            with self._lock:
                for process, due in self._due.items():
                    if now > due and process.poll() is None:
                        self._late.add(process.pid)
                        process.kill()


@dataclass(frozen=True, slots=True)
class _Watched:
    watch: _Watch
    process: subprocess.Popen[bytes]
    due: float

    def __enter__(self) -> None:
        self.watch.set(self.process, self.due)

    def __exit__(self, *_: object) -> None:
        self.watch.set(self.process, None)
