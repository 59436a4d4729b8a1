"""Identifiers of papers: DOI, PMID and PMCID in one spelling each, and the id that a paper gets here.

The same paper from two sources must meet under one id, so every reader and every client passes what it
found through these functions.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.I)
_PMCID = re.compile(r"^(?:pmc)?\s*(\d{3,9})(?:\.\d+)?$", re.I)
_PMID = re.compile(r"^(?:pmid:?\s*)?(\d{1,8})(?:\.\d+)?$", re.I)


def doi(text: str | None) -> str | None:
    """The DOI in `text` in lower case without resolver or prefix; None when there is none.

    DOIs compare without case (DOI handbook, 10.1000/182, section 2.4).
    """
    found = _DOI.search(unquote(text)) if text else None
    if found is None:
        return None
    bare = found.group().rstrip(".,;:'")
    while bare.endswith((")", "]", "}")) and bare.count(bare[-1]) > bare.count(_OPENING[bare[-1]]):
        bare = bare[:-1].rstrip(".,;:'")
    return bare.lower() or None


_OPENING = {")": "(", "]": "[", "}": "{"}


def pmid(text: str | int | None) -> str | None:
    """A PubMed identifier as bare digits without leading zeros; None when it is none."""
    found = _PMID.match(str(text).strip()) if text is not None else None
    return (found.group(1).lstrip("0") or None) if found else None


def pmcid(text: str | int | None) -> str | None:
    """A PubMed Central identifier as `PMC` and digits; None when it is none."""
    found = _PMCID.match(str(text).strip()) if text is not None else None
    return f"PMC{found.group(1).lstrip('0')}" if found and found.group(1).strip("0") else None


def minted(doi: str | None, pmid: str | None, pmcid: str | None, *, fallback: str) -> str:
    """The id of a paper that is not in the catalog yet: from its best identifier, else from `fallback`.

    `fallback` is a hash or another name that is the same on every reading. The result is lower-case words
    joined by hyphens, so that it can stand in a passage id and in a file name.
    """
    for prefix, value in (("doi", doi), ("pmid", pmid), ("", pmcid)):
        if value:
            return slug(f"{prefix}-{value}", 80)
    return slug(f"file-{fallback}", 80)


def slug(text: str, limit: int = 48) -> str:
    """`text` as lower-case ASCII words joined by hyphens, at most `limit` characters; never empty."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words[:limit].strip("-") or "x"
