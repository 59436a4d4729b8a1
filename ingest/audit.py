"""The standing of every paper of the corpus: asked anew, or reported from what is known, with its age.

A paper is `unknown` until somebody has looked; `none` always has a date. What the services say is stored
with its day and source, so that an answer can say how old its assurance is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.catalog import Catalog
from ingest.documents import Paper, Retraction
from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.standing import Standing, identifiers, standings

STATES: tuple[Retraction, ...] = ("retracted", "concern", "corrected", "none", "unknown")
WORDS: dict[Retraction, str] = {
    "retracted": "retracted (kept out of the evidence)",
    "concern": "under an expression of concern",
    "corrected": "corrected or with an erratum",
    "none": "nothing said against it",
    "unknown": "never checked, or known to no service",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One paper after it was asked about."""

    paper: Paper
    """As it stands now."""
    before: Retraction
    standing: Standing


def can_be_asked(papers: Sequence[Paper]) -> list[Paper]:
    """The papers with an identifier; there is no asking about the others."""
    return [paper for paper in papers if identifiers(paper)]


def check(
    catalog: Catalog,
    papers: Sequence[Paper],
    europepmc: EuropePmc,
    crossref: Crossref,
    today: date,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Checked]:
    """Ask about papers and store what was said; call `pipeline.finish` when a state has changed.

    A paper that no service knows, or whose identifiers belong to another, keeps what was known of it.
    """
    before = {paper.id: paper.retraction for paper in papers}
    for standing in standings(papers, europepmc, crossref, progress):
        if standing.state != "unknown":
            catalog.set_check(standing.paper, standing.state, today.isoformat(), ", ".join(standing.asked))
        paper = catalog.paper(standing.paper)
        if paper is not None:
            yield Checked(paper, before[standing.paper], standing)


def witnesses(catalog: Catalog) -> dict[str, str]:
    """Paper to the services that were asked about it last."""
    return dict(catalog.connection.execute("SELECT paper, source FROM checks"))


def age(paper: Paper, today: date) -> int | None:
    """Days since the last check; None when there was none, or its day is not known exactly."""
    try:
        return (today - date.fromisoformat(paper.retraction_checked or "")).days
    except ValueError:
        return None
