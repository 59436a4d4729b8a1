"""Readers: one module a format, bytes in, records out.

`read` and `read_bytes` look at the content first and at the name only where the content leaves it open.
A reader does no network, and what it raises is a `ReadError` of one sentence that names the file and the
repair. A file that holds several records gives a `Problem` for one that cannot be read and goes on.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from ingest.documents import Problem, ReadError, Record
from ingest.readers.formats import HEAD, Format, refusal, sniff

MAX_BYTES = 256 * 2**20
"""The largest file that is read into memory; sets of MEDLINE records are streamed and may be larger."""

Reader = Callable[[bytes, str], Iterator[Record]]

_MODULES: dict[Format, str] = {
    "bibliography": "bibliography",
    "bmc": "bmc",
    "digest": "digest",
    "europepmc": "europepmc",
    "jats": "jats",
    "json": "metadata",
    "markdown": "markdown",
    "nbib": "nbib",
    "pdf": "pdf",
    "text": "text",
}


def read(path: Path) -> Iterator[Record]:
    """The records of the file at `path`, one by one.

    Raises:
        ReadError: the file as a whole cannot be read.
    """
    # A file name need not be UTF-8; what is stored must be.
    source = os.fsencode(path).decode("utf-8", "replace")
    if not path.is_file():
        raise ReadError(f"{path.name}: {'not a regular file' if path.exists() else 'no such file'}")
    try:
        with path.open("rb") as file:
            yield from read_stream(file, source)
    except OSError as error:
        raise ReadError(f"{path.name}: cannot be read ({error.strerror or error})") from None


def read_bytes(data: bytes, name: str) -> Iterator[Record]:
    """The records of `data`, which was fetched from or is known as `name`; see `read`."""
    return read_stream(BytesIO(data), name)


def read_stream(file: BinaryIO, source: str) -> Iterator[Record]:
    """The records of an open, seekable file; see `read`."""
    name = named(source)
    held: list[Problem] | None = []
    """Problems before the first record that can be read: a file of nothing else is an error."""
    try:
        for record in _records(file, source):
            if held is not None and isinstance(record, Problem):
                held.append(record)
                continue
            yield from held or ()
            held = None
            yield record
    except (EOFError, zlib.error):
        raise ReadError(f"{name}: compressed data is damaged or cut short; fetch the file again") from None
    except RecursionError:
        raise ReadError(f"{name}: nested too deeply to be a paper") from None
    if held is not None:
        first = f" ({held[0].where}: {held[0].reason}{'' if len(held) == 1 else ' ...'})" if held else ""
        raise ReadError(f"{name}: holds no record that can be read{first}")


def named(source: str) -> str:
    """The file name at the end of a path or an address, for messages."""
    return source.rstrip("/").rpartition("/")[2] or source


def _records(file: BinaryIO, source: str) -> Iterator[Record]:
    head = file.read(HEAD)
    file.seek(0)
    name = named(source)
    kind = sniff(head, name)
    if kind is None:
        raise ReadError(f"{name}: {refusal(head, name)}")
    if kind in ("gzip", "zip", "tar"):
        from ingest.readers.archives import unpacked

        yield from unpacked(file, source, kind, read_stream)
    elif kind == "medline":
        from ingest.readers.medline import read_stream as read_set

        yield from read_set(file, source)
    else:
        data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ReadError(f"{name}: larger than {MAX_BYTES >> 20} MB; split it")
        reader = cast(Reader, import_module(f"ingest.readers.{_MODULES[kind]}").read)
        yield from reader(data, source)


__all__ = ["Problem", "ReadError", "read", "read_bytes", "read_stream"]
