"""Plain text: paragraphs between blank lines, headings where a line stands alone and looks like one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from ingest.documents import Document, Paper, ReadError, Record
from ingest.drafting import Draft, clean
from ingest.identity import doi as as_doi
from ingest.identity import minted
from ingest.readers.backmatter import is_evidence
from ingest.readers.markup import decoded

_HEADING = re.compile(r"^(?:\d+(?:\.\d+)*\.?\s+)?[A-ZÀ-Þ][^.!?;]{2,79}$")
_KNOWN = re.compile(
    r"^(?:\d+\.?\s+)?(?:abstract|summary|introduction|background|aims?|objectives?"
    r"|(?:materials? and )?methods?|results?|findings|discussion|conclusions?|limitations?)\W*$",
    re.I,
)
_DOI_LINE = re.compile(r"(?:doi\s*[:=]|doi\.org/)\s*(10\.\S+)", re.I)


def read(data: bytes, source: str) -> Iterator[Record]:
    """The one document of a text file; its title is the first short line, else the file's name."""
    name = source.rpartition("/")[2]
    text, notes = decoded(data, name)
    blocks = [block for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())]
    words = re.findall(r"[^\W\d_]{2,}", text)
    if len(words) < 5:
        raise ReadError(f"{name}: holds fewer than five words; nothing can be quoted from it")
    first = clean(blocks[0])
    titled = len(blocks) > 1 and "\n" not in blocks[0].strip() and len(first) <= 300
    draft = Draft()
    _write(draft, blocks[1:] if titled else blocks)
    if draft.empty:
        raise ReadError(f"{name}: holds no text beside references and acknowledgements")
    identifier = as_doi(found.group(1)) if (found := _DOI_LINE.search(text[:4000])) else None
    paper = Paper(
        id=minted(identifier, None, None, fallback=hashlib.sha256(data).hexdigest()[:16]),
        title=first if titled else clean(name.rpartition(".")[0] or name),
        doi=identifier,
    )
    if identifier:
        notes = (*notes, f"DOI {identifier} was found in the text and taken for the document's own")
    yield _finished(draft, paper, source, notes)


def _finished(draft: Draft, paper: Paper, source: str, notes: tuple[str, ...]) -> Document:
    return draft.document(paper, reader="text", source=source, notes=notes)


def _write(draft: Draft, blocks: list[str]) -> None:
    for number, block in enumerate(blocks):
        lines = [line.strip() for line in block.split("\n")]
        head, rest = lines[0], lines[1:]
        alone = not rest and number + 1 < len(blocks)
        if _KNOWN.match(head) or (alone and _HEADING.match(head)) or not is_evidence(head):
            draft.section(head.strip(" :"), evidence=is_evidence(head))
            if rest:
                draft.paragraph(" ".join(rest))
        elif _listed(lines):
            draft.lines(lines)
        else:
            draft.paragraph(" ".join(lines))


def _listed(lines: list[str]) -> bool:
    return len(lines) > 1 and all(re.match(r"(?:[-*•–]|\d+[.)])\s", line) for line in lines)
