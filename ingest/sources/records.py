"""What a literature service knows about a paper: bibliography, identifiers, and notices about it.

The text of a paper is not here: it travels as the bytes that were fetched, and `ingest.readers` reads it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.documents import Retraction

SourceName = Literal["europepmc", "pubmed"]
IdKind = Literal["doi", "pmid", "pmcid"]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a service says about the standing of a paper: it was retracted, corrected, doubted."""

    state: Literal["retracted", "concern", "corrected"]
    source: str
    """Who says so: `MEDLINE`, `Crossref`, `Retraction Watch`."""
    notice: str | None = None
    """The DOI or PMID of the notice."""
    date: str | None = None
    """ISO date of the notice, as exact as the source gives it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One paper as one service describes it; what it does not say is None or empty."""

    source: str
    """`Europe PMC`, `PubMed` or `Crossref`."""
    title: str
    authors: tuple[str, ...] = ()
    """Family name first, then initials or given names, as the source writes them."""
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    flags: tuple[Flag, ...] = ()
    full_text: bool = False
    """Whether the service offers the full text as JATS XML."""
    abstract: bool = False
    raw: bytes = b""
    """The record as the service sent it, for the readers; empty where they cannot read it."""
    id: str = ""
    """The service's own identifier, such as `MED/12345678` or `PPR/PPR123`."""

    @property
    def retraction(self) -> Retraction:
        """The gravest thing said about the paper; `none` when the service says nothing against it."""
        for state in ("retracted", "concern", "corrected"):
            if any(flag.state == state for flag in self.flags):
                return state
        return "none"

    def carries(self, kind: IdKind, value: str) -> bool:
        """Whether the record has this very identifier."""
        return {"doi": self.doi, "pmid": self.pmid, "pmcid": self.pmcid}[kind] == value

    @property
    def name(self) -> str:
        """The best identifier, for messages."""
        if self.pmcid:
            return self.pmcid
        return f"PMID {self.pmid}" if self.pmid else self.doi or self.id or repr(self.title[:60])


@dataclass(frozen=True, slots=True)
class Window:
    """Days between which a search looks, ends included."""

    since: date | None = None
    """First day of publication."""
    until: date | None = None
    """Last day of publication."""
    entered: date | None = None
    """First day of entry into the database: what is new there may have been published long ago."""


def plain_title(text: str | None) -> str:
    """A title without markup, entities and its closing full stop."""
    bare = html.unescape(re.sub(r"<[^>]{1,40}>", "", text or ""))
    bare = " ".join(html.unescape(bare).split())
    return bare[:-1] if bare.endswith(".") and not bare.endswith("..") else bare
