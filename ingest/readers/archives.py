"""Packed files: gzip, zip and tar, opened without trust.

Nothing is written to disk, so no name inside an archive can lead anywhere; links inside are not followed.
What unpacks to more than `MAX_UNPACKED` bytes, holds too many members or an archive of archives is refused.
Members that are no literature (images, spreadsheets, films) are counted and left.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Literal

from ingest.documents import Problem, ReadError, Record
from ingest.readers.formats import KNOWN_SUFFIXES

MAX_UNPACKED = 4 * 2**30
"""Bytes that one file may unpack to; a PubMed baseline file of 30,000 records unpacks to about 0.4 GB."""
MAX_MEMBER = 256 * 2**20
MAX_MEMBERS = 20_000

Open = Callable[[BinaryIO, str], Iterator[Record]]


def unpacked(
    file: BinaryIO, source: str, kind: Literal["gzip", "zip", "tar"], opened: Open
) -> Iterator[Record]:
    """The records of what is packed in `file`; `opened` reads one unpacked member."""
    name = source.rpartition("/")[2]
    if source.count("!") >= 2:
        raise ReadError(f"{name}: archives inside archives inside archives; unpack it first")
    try:
        if kind == "gzip":
            inner = source[:-3] if source.lower().endswith(".gz") else source
            inner = inner[:-4] + ".tar" if inner.lower().endswith(".tgz") else inner
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield from opened(io.BufferedReader(_Bounded(unpacked, name)), inner)
        elif kind == "zip":
            with zipfile.ZipFile(file) as archive:
                yield from _each(_zipped(archive, source), source, opened)
        else:
            with tarfile.open(fileobj=file, mode="r:") as bundle:
                yield from _each(_bundled(bundle, source), source, opened)
    except (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, NotImplementedError) as error:
        raise ReadError(f"{name}: the archive is damaged ({error}); fetch it again") from None


class _Bounded(io.RawIOBase):
    """A decompressed stream that ends in an error instead of in a full memory."""

    def __init__(self, inner: gzip.GzipFile, name: str) -> None:
        self._inner, self._name = inner, name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # the stub wants any buffer
        data = self._inner.read(len(buffer))
        if self._inner.tell() > MAX_UNPACKED:
            raise ReadError(
                f"{self._name}: unpacks to more than {MAX_UNPACKED >> 30} GB; unpack and split it"
            )
        buffer[: len(data)] = data
        return len(data)


Member = tuple[str, bytes | Problem]


def _each(members: Iterator[Member], source: str, opened: Open) -> Iterator[Record]:
    for inner, data in members:
        if isinstance(data, Problem):
            yield data
            continue
        try:
            yield from opened(io.BytesIO(data), f"{source}!{inner}")
        except ReadError as error:
            yield Problem(inner, str(error))


def _zipped(archive: zipfile.ZipFile, source: str) -> Iterator[Member]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and _wanted(entry.filename)]
    _check(len(entries), sum(entry.file_size for entry in entries), source)
    for entry in sorted(entries, key=lambda entry: entry.filename):
        if entry.flag_bits & 1:
            yield entry.filename, Problem(entry.filename, "is encrypted; unpack it with its password first")
        elif entry.file_size > MAX_MEMBER:
            yield entry.filename, Problem(entry.filename, f"is larger than {MAX_MEMBER >> 20} MB; split it")
        else:
            with archive.open(entry) as file:  # reads no more than the size that was checked
                yield entry.filename, file.read(MAX_MEMBER)


def _bundled(bundle: tarfile.TarFile, source: str) -> Iterator[Member]:
    entries = [entry for entry in bundle.getmembers() if entry.isreg() and _wanted(entry.name)]
    _check(len(entries), sum(entry.size for entry in entries), source)
    for entry in sorted(entries, key=lambda entry: entry.name):
        file = bundle.extractfile(entry)
        if entry.size > MAX_MEMBER or file is None:
            yield entry.name, Problem(entry.name, f"is larger than {MAX_MEMBER >> 20} MB; split it")
        else:
            yield entry.name, file.read(MAX_MEMBER)


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.suffix.lower() in KNOWN_SUFFIXES


def _check(number: int, size: int, source: str) -> None:
    name = source.rpartition("/")[2]
    if not number:
        raise ReadError(f"{name}: the archive holds no file of a kind that is read here")
    if number > MAX_MEMBERS or size > MAX_UNPACKED:
        raise ReadError(f"{name}: unpacks to {number} files and {size >> 20} MB; unpack and split it")
