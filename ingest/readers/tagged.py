"""Lists of `tag - value` lines: RIS, PubMed's NBIB, Web of Science (ISI) and EndNote (ENW) in one parser.

rispy (MIT, alive) and nbib (MIT, no release since 2021) were compared on real exports: rispy drops a record
without its TY line and reads Web of Science only under another class, nbib raises on the first odd line,
and neither reads ENW. They differ in the tag and in what ends a record, which is what stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADERS = frozenset({"FN", "VR", "EF"})
"""What Web of Science writes around the records."""

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Notation:
    """How one of the four writes a record."""

    line: re.Pattern[str]
    """Tag and value."""
    begins: frozenset[str]
    """Tags that open a record."""
    ends: frozenset[str]
    """Tags that close one."""


RIS = Notation(re.compile(r"^\s{0,2}([A-Z][A-Z0-9])  ?-(?: (.*))?$"), frozenset({"TY"}), frozenset({"ER"}))
NBIB = Notation(re.compile(r"^([A-Z]{2,4}) {0,2}- ?(.*)$"), frozenset({"PMID"}), frozenset())
ISI = Notation(re.compile(r"^([A-Z][A-Z0-9])(?: (.*))?$"), frozenset({"PT"}), frozenset({"ER"}))
ENW = Notation(re.compile(r"^%(\S)(?: (.*))?$"), frozenset({"0"}), frozenset())


def records(text: str, notation: Notation) -> Iterator[Fields]:
    """Each record as tag -> values in order; lines that continue a value are joined to it."""
    fields: Fields = {}
    last: list[str] | None = None
    blank = False
    for raw in text.splitlines():
        line = raw.rstrip()
        match = notation.line.match(line)
        if match is None:
            # A line that stands alone after a blank one is a remark of the exporter, not a continuation.
            indented = raw[:1] in (" ", "\t")
            if last and line.strip() and (indented or (notation is RIS and not blank)):
                last[-1] = f"{last[-1]} {line.strip()}".strip()
            blank = not line.strip()
            last = None if blank and notation is not RIS else last
            continue
        tag, value = match.group(1), (match.group(2) or "").strip()
        if tag in notation.ends:
            if fields:
                yield fields
            fields, last, blank = {}, None, False
            continue
        opens = tag in notation.begins or (notation is NBIB and blank and tag in ("PMID", "PMCR", "PMC"))
        if opens and fields:
            if fields.keys() - notation.begins - _HEADERS:
                yield fields
            fields = {}
        last = fields.setdefault(tag, [])
        last.append(value)
        blank = False
    if fields.keys() - notation.begins - _HEADERS:
        yield fields
