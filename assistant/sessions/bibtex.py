"""BibTeX entries of cited papers: only fields that are known, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.evidence import Citation

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(citations: Iterable[Citation]) -> str:
    """One entry per paper, in order of first appearance."""
    papers: dict[str, Citation] = {}
    for citation in citations:
        papers.setdefault(citation.paper, citation)
    return "\n".join(entry(citation) for citation in papers.values())


def entry(citation: Citation) -> str:
    """The paper behind one citation, `@article` when a journal is known, else `@misc`."""
    fields: dict[str, str] = {}
    if citation.authors:
        fields["author"] = " and ".join(_author(name) for name in citation.authors)
    fields["title"] = "{" + _escaped(citation.title) + "}"
    if citation.journal:
        fields["journal"] = _escaped(citation.journal)
    if citation.year is not None:
        fields["year"] = str(citation.year)
    if citation.doi:
        fields["doi"] = citation.doi
    if citation.pmid:
        fields["pmid"] = citation.pmid
    if citation.pmcid:
        fields["pmcid"] = citation.pmcid
    if citation.link_kind != "title-search":
        fields["url"] = citation.link
    if citation.retraction not in ("none", "unknown"):
        since = f", checked {citation.retraction_checked}" if citation.retraction_checked else ""
        fields["note"] = f"Retraction state: {citation.retraction}{since}"
    kind = "article" if citation.journal else "misc"
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key(citation)},\n{body}\n}}\n"


def key(citation: Citation) -> str:
    """The citation key: the id of the paper, reduced to what every BibTeX accepts."""
    return re.sub(r"[^A-Za-z0-9:.-]+", "-", citation.paper).strip("-") or "paper"


def _author(name: str) -> str:
    """`Can I` becomes `Can, I`; `et al.` becomes BibTeX's `others`."""
    if name.lower().rstrip(".") == "et al":
        return "others"
    family, _, initials = name.rpartition(" ")
    if family and re.fullmatch(r"[A-Z][A-Z-]{0,4}", initials):
        return f"{_escaped(family)}, {_escaped(initials)}"
    return "{" + _escaped(name) + "}"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
