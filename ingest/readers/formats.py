"""Which format a file has, by its first bytes; by its name only where these leave it open."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal

Format = Literal[
    "bibliography",
    "bmc",
    "digest",
    "europepmc",
    "gzip",
    "jats",
    "json",
    "markdown",
    "medline",
    "nbib",
    "pdf",
    "tar",
    "text",
    "zip",
]
HEAD = 64 * 1024
"""Bytes from the beginning that decide."""

_ROOTS: dict[str, Format] = {
    "article": "jats",
    "articles": "jats",
    "pmc-articleset": "jats",
    "sub-article": "jats",
    "OAI-PMH": "jats",
    "art": "bmc",
    "PubmedArticleSet": "medline",
    "PubmedBookArticleSet": "medline",
    "PubmedArticle": "medline",
    "PubmedBookArticle": "medline",
    "MedlineCitationSet": "medline",
    "MedlineCitation": "medline",
    "DeleteCitation": "medline",
    "responseWrapper": "europepmc",
    "RDF": "europepmc",
}
_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_TAGGED: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"^(?:PMID|PMCR?|OWN|STAT|FAU) {0,2}- ?\S", re.M), "nbib"),
    (re.compile(r"^(?:TY|T1|ER|A1|AU|TI)  ?- ?", re.M), "bibliography"),
    (re.compile(r"^%[0AT] ", re.M), "bibliography"),
    (re.compile(r"^(?:FN |PT )\S", re.M), "bibliography"),
    (re.compile(r"^\s*@[a-zA-Z]{3,20}\s*[{(]", re.M), "bibliography"),
)
_NAMES: dict[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".rmd": "markdown",
    ".qmd": "markdown",
    ".txt": "text",
    ".text": "text",
    "": "text",
}
KNOWN_SUFFIXES = frozenset(
    [
        ".md",
        ".markdown",
        ".rmd",
        ".qmd",
        ".txt",
        ".text",
        ".xml",
        ".nxml",
        ".json",
        ".pdf",
        ".gz",
        ".tgz",
        ".zip",
        ".tar",
        ".ris",
        ".nbib",
        ".bib",
        ".enw",
        ".isi",
        ".medline",
    ]
)
"""Endings of files that a folder is searched for."""
_PROLOG = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+([\w:.-]+)(?:[^\[>]|\[.*?\]\s*(?=>))*>|\s+)*", re.S | re.I
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")


def sniff(head: bytes, name: str) -> Format | None:
    """The format of a file that begins with `head`, or None; `refusal` then says why."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return None if kind == "zip" and _office(head) else kind
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[257:262] == b"ustar":
        return "tar"
    text = _text(head)
    if text is None or not text.strip() or _trap(text):
        return None
    bare = text.lstrip()
    if bare.startswith("<"):
        return _ROOTS.get(root(bare)) if root(bare) else _named(name)
    return _by_text(bare, name)


def _by_text(bare: str, name: str) -> Format | None:
    if bare[0] in "{[" and PurePath(name).suffix.lower() not in (".md", ".markdown", ".txt"):
        return "json"
    if bare.startswith("---"):
        from ingest.readers.digest import looks_like_digest

        return "digest" if looks_like_digest(bare.replace("\r\n", "\n")) else _named(name) or "markdown"
    suffix = PurePath(name).suffix.lower()
    if suffix not in (".md", ".markdown"):
        # A header or a remark may stand before the first record of a list.
        for pattern, kind in _TAGGED:
            if pattern.search(bare[: 8192 if suffix != ".txt" else 2048]):
                return kind
    return _named(name)


def refusal(head: bytes, name: str) -> str:
    """Why `sniff` knows no reader: what the file is, and what to do."""
    if not head.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        return "is empty; fetch it again"
    if head.startswith(b"PK"):
        return "is an office document or e-book; export it as PDF or plain text"
    text = _text(head)
    if text is None:
        return "is neither text nor PDF, and no format that is read here"
    if told := _trap(text):
        return told
    bare = text.lstrip()
    if bare.startswith("<") and (tag := root(bare)):
        if tag.lower() == "html":
            return "is a web page; download the XML or PDF of the article instead"
        if tag.lower() in ("esearchresult", "elinkresult", "esummaryresult", "docsum", "einforesult"):
            return f"is a reply of a search ({tag}), which holds no article; fetch the records it lists"
        if tag.lower() in ("error", "efetchresult", "eutilserror"):
            return f"is an error reply ({re.sub(r'<[^>]*>', ' ', bare[:600]).split('?>')[-1].strip()[:120]})"
        return f"is XML with the root <{tag}>; articles come as JATS, PubMed or Europe PMC XML"
    suffix = PurePath(name).suffix.lower()
    if suffix in (".ris", ".nbib", ".bib", ".enw", ".isi", ".medline"):
        return f"holds no entry of the kind its name promises ({suffix}); export it again"
    return "is no format that is read here (JATS, PubMed, Europe PMC, PDF, Markdown, text, reference lists)"


def root(text: str) -> str:
    """The name of the root element without its prefix; empty when there is none in sight."""
    prolog = _PROLOG.match(text)
    if prolog and prolog.group(1) and prolog.group(1).lower() == "html":
        return "html"
    found = _ROOT.match(text, prolog.end() if prolog else 0)
    if found is None:  # a declaration that is longer than the head names the root as well
        found = re.search(r"<!DOCTYPE\s+(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", text[:2000])
    return found.group(1) if found else ""


def _named(name: str) -> Format | None:
    return _NAMES.get(PurePath(name).suffix.lower())


def _trap(text: str) -> str | None:
    """What only looks like a text: named here so that no reader takes it for one."""
    if text.startswith("version https://git-lfs.github.com/spec/"):
        return "is a Git LFS pointer, not the file itself; run `git lfs pull` where it came from"
    if re.match(r"(?:---\s*\n)?(?:interactions|http_interactions):", text):
        return "is a recorded exchange with a server, not an article"
    return None


def _text(head: bytes) -> str | None:
    """`head` as text, or None when it is binary."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    if b"\x00" in head or head[:4] in (b"\x89PNG", b"BZh9", b"\xfd7zX", b"Rar!"):
        return None
    text = head.decode("utf-8", "replace")
    return text if sum(c < " " and c not in "\t\n\r\f" for c in text) <= len(text) // 50 else None


def _office(head: bytes) -> bool:
    return b"[Content_Types].xml" in head or head[30:38] == b"mimetype"
