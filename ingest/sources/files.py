"""Files and folders: what is named, and nothing outside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.readers.formats import KNOWN_SUFFIXES


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read, or why it is left out."""

    path: Path
    reason: str | None = None


def found(paths: Iterable[Path]) -> Iterator[Found]:
    """The files named, and those inside folders in order of their names, each once.

    A file that is named is tried whatever it is called. In a folder, hidden files are passed over without
    a word; links that lead out of it, and files whose ending no reader knows, are named with the reason.
    """
    seen: set[str] = set()
    for path in paths:
        inside = _inside(path, path.resolve()) if path.is_dir() else [_named(path)]
        for file in inside:
            key = name_of(file.path)
            if key not in seen:
                seen.add(key)
                yield file


def name_of(path: Path) -> str:
    """The absolute name of a file as it is stored: a file name need not be UTF-8, what is stored must be."""
    return os.fsencode(os.path.abspath(path)).decode("utf-8", "backslashreplace")  # noqa: PTH100 - links kept


def _named(path: Path) -> Found:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Found(path, f"{path.name}: cannot be read ({error.strerror or error})")
    return Found(path, None if stat.S_ISREG(mode) else f"{path.name}: not a regular file")


def _inside(folder: Path, root: Path) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Found(folder, f"{folder.name}: the folder cannot be read ({error.strerror or error})")
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            # A link to a folder is not entered: its files are met where they lie, or lie outside.
            if not path.resolve().is_relative_to(root):
                yield Found(path, "a link out of the folder; name its target to have it read")
            elif path.is_file():
                yield _known(path)
        elif entry.is_dir():
            yield from _inside(path, root)
        elif not entry.is_file():
            yield Found(path, f"{path.name}: not a regular file")
        else:
            yield _known(path)


def _known(path: Path) -> Found:
    if path.suffix.lower() in KNOWN_SUFFIXES:
        return Found(path)
    kind = path.suffix or "files without an ending"
    return Found(path, f"no reader for {kind}; name the file to have it tried")
