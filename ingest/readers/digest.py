"""The reader of our own Markdown digests: one finding, one passage.

A digest is YAML front matter and four sections (Question, System, Findings, Limits). Each finding is a
line `- F3: statement [system: ...; costim: ...; target: ...; locator: ...]`. The stored text keeps the
statements and drops the tags, which become fields of the passage; offsets refer to the stored text.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ingest import identity
from ingest.chunking import sentences
from ingest.documents import Document, Paper, Passage, ReadError, Record, Section, Span

SECTIONS = ("Question", "System", "Findings", "Limits")
_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)+$")
_FINDING = re.compile(r"- F(\d+): (.+?) \[(system: [^\[\]]+)\]$")
_TAG_KEYS = ("system", "costim", "target", "locator")
# Everything a terminal could act on, and half characters, which no file can hold. Tab and newline are the
# only control characters a digest may contain.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def looks_like_digest(head: str) -> bool:
    """Whether the first characters of a Markdown file are the front matter of a digest."""
    return head.startswith("---\n") and bool(re.search(r"^id: ", head, re.M)) and "study_type:" in head


def read_digest(path: Path) -> Document:
    """Read the digest at `path`.

    Raises:
        ReadError: names the file, the line and the repair; nothing is returned half-read.
    """
    # A file name need not be UTF-8; what is stored must be.
    return _decoded(path.read_bytes(), path.name, os.fsencode(path).decode("utf-8", "replace"))


def read(data: bytes, source: str) -> Iterator[Record]:
    """The one document of a digest; see `read_digest`."""
    yield _decoded(data, source.rpartition("/")[2], source)


def _decoded(raw: bytes, name: str, source: str) -> Document:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(f"{name}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    return parse_digest(text, name=name, source=source, sha256=hashlib.sha256(raw).hexdigest())


def parse_digest(text: str, *, name: str, source: str, sha256: str) -> Document:
    """Turn the text of a digest into a document; see `read_digest`."""
    text = text.replace("\r\n", "\n")
    if (found := _CONTROL.search(text)) is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise ReadError(f"{name}:{line}: control character U+{ord(found.group()):04X}; remove it")
    match = re.match(r"---\n(.*?)\n---\n(.*)", text, re.S)
    if match is None:
        raise ReadError(f"{name}: no front matter between two lines of ---")
    paper = _paper(_front_matter(match.group(1), name), name)
    bodies = _bodies(match.group(2), name)
    builder = _Builder(paper)
    for title in SECTIONS:
        builder.add(title, bodies[title], name)
    return Document(
        paper=paper,
        text="".join(builder.text),
        sections=tuple(builder.sections),
        passages=tuple(builder.passages),
        source=source,
        sha256=sha256,
    )


class _Builder:
    """Grows the stored text and keeps the offsets that follow from it."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.text: list[str] = []
        self.length = 0
        self.sections: list[Section] = []
        self.passages: list[Passage] = []

    def write(self, piece: str) -> Span:
        """Append `piece` and say where it lies."""
        span = Span(self.length, self.length + len(piece))
        self.text.append(piece)
        self.length = span.end
        return span

    def add(self, title: str, body: str, name: str) -> None:
        """Append one section; findings become passages on the way."""
        self.write(f"{title}\n")
        start = self.length
        if title != "Findings":
            self.write(body)
        else:
            for number, line in enumerate(body.split("\n"), 1):
                self._finding(number, line, name)
        self.sections.append(Section(title, Span(start, self.length), evidence=title == "Findings"))
        self.write("\n\n")

    def _finding(self, number: int, line: str, name: str) -> None:
        match = _FINDING.match(line)
        if match is None or int(match.group(1)) != number:
            raise ReadError(
                f"{name}: finding {number} is not `- F{number}: statement [system: ...]`: {line[:60]!r}"
            )
        tags = dict(part.split(": ", 1) for part in match.group(3).split("; ") if ": " in part)
        if missing := [key for key in _TAG_KEYS if key not in tags]:
            raise ReadError(f"{name}: F{number} has no {', '.join(missing)} in its tag")
        if number > 1:
            self.write("\n")
        self.write(f"F{number}: ")
        span = self.write(match.group(2).strip())
        spans = tuple(
            Span(span.start + s.start, span.start + s.end) for s in sentences(match.group(2).strip())
        )
        self.passages.append(
            Passage(
                id=f"{self.paper.id}#F{number}",
                paper=self.paper.id,
                kind="finding",
                section=tags["locator"],
                span=span,
                sentences=spans,
                system=tags["system"],
                costim=tags["costim"],
                target=tags["target"],
            )
        )


def _front_matter(block: str, name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader is about ten times faster
    try:
        data = yaml.load(block, Loader=loader)
    # Beside YAML's own errors: a date such as 2024-13-45 is a ValueError, endless nesting a RecursionError.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = where.line + 2 if where is not None else 1
        raise ReadError(
            f"{name}:{line}: front matter is not YAML ({getattr(error, 'problem', error)})"
        ) from None
    if not isinstance(data, dict):
        raise ReadError(f"{name}: front matter holds no keys")
    return data


def _paper(data: dict[str, Any], name: str) -> Paper:
    identifier, year = data.get("id"), data.get("year")
    if not isinstance(identifier, str) or not _ID.match(identifier):
        raise ReadError(f"{name}: id {identifier!r} is not lower-case words joined by hyphens")
    if year is not None and (not isinstance(year, int) or not 1000 <= year <= 9999):
        raise ReadError(f"{name}: year {str(year)[:40]!r} is not a number of four digits")

    def text(key: str) -> str | None:
        return _text(data.get(key), key, name)

    def texts(key: str) -> tuple[str, ...]:
        items = data.get(key) or []
        if not isinstance(items, list):
            raise ReadError(f"{name}: {key} is not a list; write {key}: [...]")
        return tuple(_text(item, key, name) or "" for item in items)

    title = text("title")
    if title is None:
        raise ReadError(f"{name}: no title")
    return Paper(
        id=identifier,
        title=title,
        authors=texts("authors"),
        journal=text("journal"),
        year=year,
        # In one spelling, so that the same paper from another source is found by it.
        doi=identity.doi(text("doi")) or text("doi"),
        pmid=identity.pmid(text("pmid")) or text("pmid"),
        pmcid=identity.pmcid(text("pmcid")) or text("pmcid"),
        url=text("url"),
        license=text("license"),
        study_type=text("study_type") or "n/a",
        evidence=text("evidence") or "primary",
        topics=texts("topics"),
        seen=text("seen") or "full-text",
    )


def _text(value: object, key: str, name: str) -> str | None:
    """A scalar as text; YAML escapes can bring control characters that the raw file does not show."""
    if value is None:
        return None
    if isinstance(value, list | dict | bytes):
        raise ReadError(f"{name}: {key} is not one line of text")
    if (found := _CONTROL.search(str(value))) is not None:
        raise ReadError(f"{name}: {key} holds control character U+{ord(found.group()):04X}; remove it")
    return " ".join(str(value).split()) or None


def _bodies(body: str, name: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", body, flags=re.M)
    bodies = {title.strip(): content.strip() for title, content in zip(parts[1::2], parts[2::2], strict=True)}
    if missing := [title for title in SECTIONS if not bodies.get(title)]:
        raise ReadError(f"{name}: section {' and '.join(missing)} is missing or empty")
    return bodies
