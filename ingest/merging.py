"""One paper from several sources: which text is kept, and what its bibliography says.

A digest and a text stand side by side. Of two texts the better one is kept: JATS before PDF and other
files, full text before an abstract. Bibliography comes from the digest first, because a person wrote it,
and gaps are filled from the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ingest.documents import Document, Paper, Retraction

_WORSE: tuple[Retraction, ...] = ("unknown", "none", "corrected", "concern", "retracted")
_RANK = {"jats": 3, "pdf": 2, "markdown": 2, "text": 2, "medline": 1, "europepmc": 1}


def slot(document: Document) -> str:
    """`digest` or `text`: the place of a document in its paper."""
    return "digest" if document.reader == "digest" else "text"


def rank(reader: str, seen: str) -> int:
    """How good a text is, higher better; an abstract is 1 whatever it was read from."""
    return 1 if seen == "abstract" else _RANK.get(reader, 2)


def worst(states: Iterable[Retraction]) -> Retraction:
    """The gravest of several retraction states; `unknown` when there is none."""
    return max(states, key=_WORSE.index, default="unknown")


def merged(papers: list[Paper]) -> Paper:
    """The bibliography of a paper from those of its documents, the most trusted first.

    Retraction is the gravest state that any of them gives.
    """
    first = papers[0]
    for other in papers[1:]:
        first = replace(
            first,
            authors=first.authors or other.authors,
            journal=first.journal or other.journal,
            year=first.year or other.year,
            doi=first.doi or other.doi,
            pmid=first.pmid or other.pmid,
            pmcid=first.pmcid or other.pmcid,
            url=first.url or other.url,
            license=first.license or other.license,
            article_type=first.article_type or other.article_type,
            language=first.language or other.language,
            retraction=worst((first.retraction, other.retraction)),
            retraction_checked=max(first.retraction_checked or "", other.retraction_checked or "") or None,
        )
    return first


def title_key(title: str) -> str:
    """A title without case, blanks and punctuation: equal keys mean the same title."""
    return "".join(c for c in title.casefold() if c.isalnum())
