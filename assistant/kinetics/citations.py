"""Sources of numbers as full citations: the finding's sentence, the paper, its identifiers.

A parameter or a lever names a finding (`paper#F3`) or a DOI. Here it becomes the citation object of the
command-line contract, read straight from the shipped digest: no index is needed, and the quote is the
stored sentence itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.documents import Document


@lru_cache(maxsize=128)
def document(paper: str) -> Document | None:
    """The shipped digest of a paper, or None when there is none."""
    from ingest.readers.digest import parse_digest

    place = resources.files("corpus").joinpath("papers", f"{paper}.md")
    if not place.is_file():
        return None
    text = place.read_text("utf-8")
    return parse_digest(
        text, name=f"{paper}.md", source=str(place), sha256=hashlib.sha256(text.encode()).hexdigest()
    )


@lru_cache(maxsize=1)
def _papers_by_doi() -> Mapping[str, str]:
    """DOI of each shipped digest -> paper id; only the front matter is looked at."""
    found: dict[str, str] = {}
    for place in resources.files("corpus").joinpath("papers").iterdir():
        head = place.read_text("utf-8")[:1500] if place.name.endswith(".md") else ""
        match = re.search(r'^doi: "?(10\.[^"\s]+)"?\s*$', head, re.M)
        if match:
            found.setdefault(match[1].lower(), place.name.removesuffix(".md"))
    return found


def cite(source: Mapping[str, Any] | str | None) -> dict[str, Any] | None:
    """A finding, or a parameter's source, as a citation object; what is not known is null.

    Arguments:
        source: "paper#F1", or the object that `Source.to_json` gives.
    """
    if source is None:
        return None
    given: dict[str, Any] = {"passage": source} if isinstance(source, str) else dict(source)
    passage = given.get("passage")
    cited = _of_finding(str(passage)) if passage else None
    if cited is None and given.get("doi"):
        cited = of_doi(str(given["doi"]))
    out = {**given, **(cited or {})}
    # The number was read in `doi`; a finding of another paper may justify its direction.
    if given.get("doi") and str(out.get("doi") or "").lower() != str(given["doi"]).lower():
        out["number_from"] = {**of_doi(str(given["doi"])), "doi": given["doi"], "table": given.get("table")}
    out.setdefault("paper", None)
    out.setdefault("title", None)
    out.setdefault("quote", None)
    return out


def _of_finding(passage: str) -> dict[str, Any] | None:
    from assistant.evidence import Citation

    found = document(passage.split("#")[0])
    if found is None:
        return None
    unit = next((p for p in found.passages if p.id == passage), None)
    if unit is None:
        return None
    return Citation.of(1, found.paper, unit, found.text, unit.span.start, unit.span.end).to_json()


def of_doi(doi: str) -> dict[str, Any]:
    """A paper by DOI: from its digest, else the name under which parameters.toml lists it."""
    from assistant.kinetics.parameters import works

    paper = _papers_by_doi().get(doi.lower())
    if paper:
        return _of_paper(paper)
    return {"title": works()[doi]} if doi in works() else {}


def _of_paper(paper: str) -> dict[str, Any]:
    """A paper without a finding: who, where, and no quote."""
    found = document(paper)
    if found is None:
        return {}
    p = found.paper
    return {
        "paper": p.id, "passage": None, "title": p.title, "authors": list(p.authors), "journal": p.journal,
        "year": p.year, "doi": p.doi, "pmid": p.pmid, "pmcid": p.pmcid, "url": p.url, "quote": None,
    }  # fmt: skip


def short(citation: Mapping[str, Any]) -> str:
    """One line: first author, journal and year, or the DOI where the corpus has no digest."""
    authors = list(citation.get("authors") or ())
    who = str(authors[0]) if authors and authors[0] != "et al." else ""
    who = f"{who} et al." if who and len(authors) > 1 else who
    where = " ".join(str(p) for p in (citation.get("journal"), citation.get("year")) if p)
    text = ", ".join(p for p in (who, where) if p)
    return text or str(citation.get("title") or citation.get("doi") or citation.get("paper") or "source")
