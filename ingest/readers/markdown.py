"""Markdown with or without YAML front matter: headings, paragraphs, lists and tables; markup left out.

markdown-it-py (MIT, alive; Rich brings it already) does the parsing. What is a note to machines (HTML,
comments, code, images, link targets) is not text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from ingest.documents import Paper, ReadError, Record
from ingest.drafting import Draft, clean
from ingest.identity import doi as as_doi
from ingest.identity import minted
from ingest.identity import pmcid as as_pmcid
from ingest.identity import pmid as as_pmid
from ingest.readers.backmatter import is_evidence
from ingest.readers.front import short_licence
from ingest.readers.markup import decoded

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_CITE = re.compile(r"\s*\[@[^\]\n]{1,400}\]|(?<![\w@])@(?:doi|pubmed|pmid|pmc|url|arxiv):[^\s\];,]+")
_ATTRIBUTES = re.compile(r"\s*\{[#.][^{}\n]*\}\s*$")
_CUT = re.compile(r"(?:\.\.\.|…|\[\.\.\.\])\s*$")


def read(data: bytes, source: str) -> Iterator[Record]:
    """The one document of a Markdown file."""
    name = source.rpartition("/")[2]
    text, told = decoded(data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    notes = list(told)
    fields, body = _front_matter(text, notes)
    draft = Draft()
    first = _write(draft, body)
    title = _text(fields, "title") or first or clean(name.rpartition(".")[0] or name)
    description = _text(fields, "abstract", "description")
    if draft.empty and len(description.split()) >= 5:
        draft.section("Abstract")
        draft.paragraph(description)
    if draft.empty or (first is None and len(re.findall(r"\w{2,}", body)) < 5):
        if not fields.get("title"):
            raise ReadError(f"{name}: holds no text that could be quoted")
        draft = Draft()
        draft.section("Title")
        draft.paragraph(title)
        notes.append("no text below the front matter: only the title can be quoted")
    elif _CUT.search(body):
        notes.append("the text ends in an ellipsis: it is an excerpt")
    yield draft.document(_paper(fields, title, data, notes), reader="markdown", source=source, notes=notes)


def _front_matter(text: str, notes: list[str]) -> tuple[dict[str, Any], str]:
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    try:
        fields = yaml.load(match.group(1), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        notes.append("front matter is not YAML and was left out")
        fields = {}
    if not isinstance(fields, dict):
        return {}, text
    return {str(key).lower(): value for key, value in fields.items()}, text[match.end() :]


def _text(fields: dict[str, Any], *keys: str) -> str:
    for key in keys:
        if isinstance(fields.get(key), str | int | float):
            return clean(str(fields[key]))
    return ""


def _paper(fields: dict[str, Any], title: str, data: bytes, notes: list[str]) -> Paper:
    link = " ".join(_text(fields, key) for key in ("url", "link", "linktitle", "source_url", "permalink"))
    linked = re.search(r"pubmed(?:\.ncbi\.nlm\.nih\.gov|/)\D{0,3}(\d{5,8})", link)
    linked_pmc = re.search(r"PMC\d{4,9}", link)
    doi = as_doi(_text(fields, "doi") or (link if "doi.org/" in link else ""))
    pmid = as_pmid(_text(fields, "pmid")) or (as_pmid(linked.group(1)) if linked else None)
    pmcid = as_pmcid(_text(fields, "pmcid")) or (as_pmcid(linked_pmc.group()) if linked_pmc else None)
    if linked and pmid:
        notes.append(f"PMID {pmid} was taken from the link in the front matter")
    year = re.search(
        r"(?:19|20)\d\d",
        _text(fields, "year", "date", "date-meta", "published") or str(fields.get("date", "")),
    )
    return Paper(
        id=minted(doi, pmid, pmcid, fallback=hashlib.sha256(data).hexdigest()[:16]),
        title=title,
        authors=_authors(fields),
        journal=_text(fields, "journal", "container-title") or None,
        year=int(year.group()) if year else None,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        url=next(iter(link.split()), None) if link.startswith("http") else None,
        license=short_licence(_text(fields, "license", "licence", "rights"))
        or _text(fields, "license", "licence")
        or None,
        seen="abstract" if pmid and len(data) < 5000 else "full-text",
        language=_text(fields, "lang", "language")[:2].lower() or None,
    )


def _authors(fields: dict[str, Any]) -> tuple[str, ...]:
    value = fields.get("authors") or fields.get("author") or fields.get("author-meta") or []
    names = []
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            names.append(clean(name))
    return tuple(names)


def _write(draft: Draft, body: str) -> str | None:
    """Write the text below the front matter; returns the first heading where no other is of its level."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    tokens = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").parse(_CITE.sub("", body))
    root = SyntaxTreeNode(tokens)
    path: list[tuple[int, str]] = []
    title: str | None = None
    tops = [n for n in root.children if n.type == "heading" and n.tag == "h1"]
    silent: int | None = None
    for node in root.children:
        if node.type == "heading":
            level, name = int(node.tag[1]), _ATTRIBUTES.sub("", _inline(node))
            if len(tops) == 1 and node is tops[0] and not path and draft.empty:
                title = name
                continue
            path = [(depth, held) for depth, held in path if depth < level]
            path.append((level, name))
            silent = None if silent is not None and level <= silent else silent
            if silent is None and not is_evidence(name):
                silent = level
            draft.section(*(held for _, held in path), evidence=silent is None)
        else:
            _block(draft, node)
    return title


def _block(draft: Draft, node: SyntaxTreeNode) -> None:
    if node.type == "paragraph":
        draft.paragraph(_inline(node))
    elif node.type in ("bullet_list", "ordered_list"):
        for item in node.children:
            for child in item.children:
                _block(draft, child)
    elif node.type == "blockquote":
        for child in node.children:
            _block(draft, child)
    elif node.type == "table":
        draft.lines(_rows(node))


def _rows(table: SyntaxTreeNode) -> Iterator[str]:
    heads: list[str] = []
    for row in table.walk():
        if row.type != "tr":
            continue
        cells = [_inline(cell) for cell in row.children]
        if not heads:
            heads = cells
            continue
        yield " | ".join(
            f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=False) if cell
        )


def _inline(node: SyntaxTreeNode) -> str:
    pieces: list[str] = []
    for inner in node.walk():
        if inner.type in ("text", "code_inline"):
            pieces.append(inner.content)
        elif inner.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
    return re.sub(r"\^\(([^()]{1,8})\)", r"\1", "".join(pieces))
