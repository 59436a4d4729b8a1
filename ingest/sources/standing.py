"""The standing of papers today: what Europe PMC (MEDLINE) and Crossref (Retraction Watch) say, together.

Asked in batches of identifiers, so that a corpus of a thousand papers costs some hundred requests. Answers
are also held against what the catalog believes: an identifier whose record is of another paper is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.agreement import agree
from ingest.documents import Paper, Retraction
from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import SourceError
from ingest.sources.records import Flag, IdKind, Record

_BATCH = 20
_KINDS: tuple[IdKind, ...] = ("pmid", "doi", "pmcid")


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found out about one paper."""

    paper: str
    state: Retraction
    """`unknown` when no service that was asked holds the paper."""
    asked: tuple[str, ...]
    """The services that hold the paper and were read."""
    flags: tuple[Flag, ...] = ()
    mismatches: tuple[str, ...] = ()
    """Identifiers that belong to another paper, in words."""
    failed: tuple[str, ...] = ()
    """Services that could not be asked, with the reason."""


@dataclass(slots=True)
class _Told:
    records: list[Record] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def gravest(records: Iterable[Record]) -> Retraction:
    """The gravest state that any record gives; `unknown` without a record."""
    states = {record.retraction for record in records}
    order: tuple[Retraction, ...] = ("retracted", "concern", "corrected", "none")
    return next((state for state in order if state in states), "unknown")


def standings(
    papers: Sequence[Paper],
    europepmc: EuropePmc,
    crossref: Crossref,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Standing]:
    """Ask about papers that have an identifier; one answer each, in order.

    A service that fails is named in the answers of its batch, and the others still count.
    """
    for begin in range(0, len(papers), _BATCH):
        part = papers[begin : begin + _BATCH]
        told = _ask(part, europepmc, crossref)
        for paper in part:
            yield _standing(paper, told)
        if progress is not None:
            progress(min(begin + _BATCH, len(papers)), len(papers))


def _ask(papers: Sequence[Paper], europepmc: EuropePmc, crossref: Crossref) -> _Told:
    told = _Told()
    wanted = [(kind, value) for paper in papers for kind in _KINDS if (value := identifiers(paper).get(kind))]
    dois = [paper.doi.lower() for paper in papers if paper.doi]
    asking: tuple[tuple[str, Callable[[], Iterable[Record]]], ...] = (
        ("Europe PMC", lambda: europepmc.find_all(wanted)),
        ("Crossref", lambda: crossref.find_all(dois)),
    )
    for name, fetch in asking:
        try:
            told.records += list(fetch())
        except SourceError as error:
            told.failed.append(f"{name}: {error}")
    return told


def identifiers(paper: Paper) -> dict[IdKind, str]:
    """The identifiers of a paper, spelled as the services spell them."""
    known: dict[IdKind, str | None] = {
        "pmid": paper.pmid,
        "doi": paper.doi.lower() if paper.doi else None,
        "pmcid": paper.pmcid,
    }
    return {kind: value for kind, value in known.items() if value}


def _standing(paper: Paper, told: _Told) -> Standing:
    own: list[Record] = []
    mismatches: list[str] = []
    for kind, value in identifiers(paper).items():
        for record in told.records:
            if not record.carries(kind, value) or record in own:
                continue
            if (wrong := mismatch(paper, record, kind, value)) is None:
                own.append(record)
            else:
                mismatches.append(wrong)
    # A record that one identifier leads to and another contradicts is no witness.
    asked = tuple(dict.fromkeys(record.source for record in own))
    flags = tuple(flag for record in own for flag in record.flags)
    return Standing(
        paper.id, gravest(own), asked, flags, tuple(dict.fromkeys(mismatches)), tuple(told.failed)
    )


def mismatch(paper: Paper, record: Record, kind: IdKind, value: str) -> str | None:
    """Why a record found by an identifier of ours is not our paper; None when it is, or may be."""
    name = f"PMID {value}" if kind == "pmid" else f"DOI {value}" if kind == "doi" else value
    where = ", ".join(str(part) for part in (record.journal, record.year, record.doi) if part)
    if agree(paper, record).verdict == "different":
        return f"{name} belongs to another paper: {record.title!r} ({where}; {record.source})"
    for other, ours in identifiers(paper).items():
        theirs = {"doi": record.doi, "pmid": record.pmid, "pmcid": record.pmcid}[other]
        if theirs and theirs.lower() != ours.lower():
            label = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID"}[other]
            return (
                f"{name} goes with {label} {theirs}, not {ours}: {record.title!r} ({where}; {record.source})"
            )
    return None
