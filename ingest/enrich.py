"""Bibliography that is missing in the index, looked up: by identifier where there is one, else by title.

Nothing is taken on a title alone unless it is long and the same (see `ingest.agreement`), nothing
that is there is replaced, and no identifier is given to a second paper. What only resembles is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.agreement import Agreement, agree, title_of
from ingest.catalog import Catalog
from ingest.documents import Paper
from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import Offline, SourceError
from ingest.sources.records import Record
from ingest.sources.standing import identifiers, mismatch

Field = Literal["doi", "pmid", "pmcid", "authors", "year", "journal"]
FIELDS: tuple[Field, ...] = ("doi", "pmid", "pmcid", "authors", "year", "journal")
_NEEDED: tuple[Field, ...] = ("doi", "pmid", "authors", "year", "journal")
"""A paper that lacks one of these is looked up; many have no PMCID and never will."""
_IDENTIFIERS = ("doi", "pmid", "pmcid")

Status = Literal["fill", "nothing-new", "possible", "mismatch", "not-found", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Fill:
    """A value that would be filled in."""

    field: Field
    value: str | int | tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that was weighed, with how far it agrees."""

    record: Record
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found for one paper."""

    paper: Paper
    status: Status
    why: str
    fills: tuple[Fill, ...] = ()
    conflicts: tuple[str, ...] = ()
    """Where a source says something else than we do, in words; ours is kept."""
    candidates: tuple[Candidate, ...] = ()
    """What it rests on, or what only resembles."""


def lacking(paper: Paper) -> tuple[Field, ...]:
    """The fields that a paper has not, of those worth a look-up."""
    return tuple(field for field in _NEEDED if not _value(paper, field))


def propose(
    catalog: Catalog,
    papers: Sequence[Paper],
    europepmc: EuropePmc,
    crossref: Crossref,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Proposal]:
    """Look up papers one by one; a failure of a service is a proposal that says so.

    Raises:
        Offline: nothing was asked.
    """
    for number, paper in enumerate(papers, 1):
        try:
            yield _propose(catalog, paper, europepmc, crossref)
        except Offline:
            raise
        except SourceError as error:
            yield Proposal(paper, "failed", str(error))
        if progress is not None:
            progress(number, len(papers))


def apply(catalog: Catalog, proposal: Proposal) -> None:
    """Write what a proposal fills in; call `pipeline.finish` after the last one."""
    if proposal.fills:
        catalog.fill(proposal.paper.id, **{fill.field: fill.value for fill in proposal.fills})


def _propose(catalog: Catalog, paper: Paper, europepmc: EuropePmc, crossref: Crossref) -> Proposal:
    if not title_of(paper.title).known and not identifiers(paper):
        return Proposal(paper, "skipped", "neither title nor identifier is known: nothing to look for")
    if paper.evidence == "news" and not identifiers(paper):
        return Proposal(paper, "skipped", "news has no entry in these services")
    records = _by_identifier(paper, europepmc, crossref)
    wrong = [
        said
        for kind, value in identifiers(paper).items()
        for record in records
        if record.carries(kind, value) and (said := mismatch(paper, record, kind, value)) is not None
    ]
    if wrong:
        return Proposal(
            paper, "mismatch", wrong[0], conflicts=tuple(wrong), candidates=_weighed(paper, records)
        )
    if not records:
        records = _by_title(paper, europepmc, crossref)
    candidates = _weighed(paper, records)
    same = _one_paper(paper, [c for c in candidates if c.agreement.verdict == "same"])
    if same is None:
        return Proposal(paper, "possible", "several papers have this title", candidates=candidates)
    if same:
        return _filled(catalog, paper, same)
    near = tuple(c for c in candidates if c.agreement.verdict == "possible")
    if near:
        return Proposal(paper, "possible", near[0].agreement.why, candidates=near)
    return Proposal(paper, "not-found", "no record with this title or identifier")


def _by_identifier(paper: Paper, europepmc: EuropePmc, crossref: Crossref) -> list[Record]:
    wanted = list(identifiers(paper).items())
    if not wanted:
        return []
    found = [record for record in europepmc.find_all(wanted) if any(record.carries(*name) for name in wanted)]
    if paper.doi and (work := crossref.find(paper.doi.lower())) is not None:
        found.append(work)
    return found


def _by_title(paper: Paper, europepmc: EuropePmc, crossref: Crossref) -> list[Record]:
    title = title_of(paper.title)
    if not title.known:
        return []
    # As printed, without the remarks that our digests put behind a doubtful title.
    words = title.words if not title.whole else paper.title
    found = list(europepmc.titled(words))
    return found + [work for work in crossref.titled(words) if not _has(found, work)]


def _has(found: Sequence[Record], work: Record) -> bool:
    return any(record.doi == work.doi and record.authors and record.year for record in found)


def _weighed(paper: Paper, records: Sequence[Record]) -> tuple[Candidate, ...]:
    weighed = [Candidate(record, agree(paper, record)) for record in records]
    return tuple(sorted(weighed, key=lambda c: -c.agreement.title))


def _one_paper(paper: Paper, same: Sequence[Candidate]) -> list[Candidate] | None:
    """The candidates when all are of one paper; a preprint gives way to its article; None when unclear."""
    articles = [c for c in same if not c.record.id.startswith("PPR/")] or list(same)
    dois = {c.record.doi for c in articles if c.record.doi}
    if len(dois) > 1 and paper.year is not None:
        exact = [c for c in articles if c.record.year == paper.year]
        articles, dois = exact, {c.record.doi for c in exact if c.record.doi}
    if len(dois) > 1 or (same and not articles):
        return None
    return articles


def _filled(catalog: Catalog, paper: Paper, same: Sequence[Candidate]) -> Proposal:
    fills: list[Fill] = []
    conflicts: list[str] = []
    whole = paper
    for record in (candidate.record for candidate in same):
        for field in FIELDS:
            theirs = _value(record, field)
            if not theirs:
                continue
            ours = _value(whole, field)
            if ours:
                conflicts += _conflict(paper, field, ours, theirs, record.source)
            elif (owner := _owner(catalog, paper, field, theirs)) is not None:
                conflicts.append(
                    f"{field} {theirs} ({record.source}) belongs to {owner} in the index already"
                )
            else:
                fills.append(Fill(field, theirs, record.source))
                whole = replace(whole, **{field: theirs})  # type: ignore[arg-type]  # a field and its value
    status: Status = "fill" if fills else "nothing-new"
    told = tuple(dict.fromkeys(conflicts))
    return Proposal(paper, status, same[0].agreement.why, tuple(fills), told, tuple(same))


def _owner(catalog: Catalog, paper: Paper, field: Field, value: object) -> str | None:
    """Another paper of the index that has an identifier."""
    if field not in _IDENTIFIERS:
        return None
    keys = {name: str(value) if name == field else None for name in _IDENTIFIERS}
    return next((name for name in catalog.find(**keys) if name != paper.id), None)


def _conflict(paper: Paper, field: Field, ours: object, theirs: object, source: str) -> list[str]:
    """A year or an identifier of ours that a source gives otherwise; names are spelled too differently."""
    if (
        not _value(paper, field)
        or field in ("authors", "journal")
        or str(ours).lower() == str(theirs).lower()
    ):
        return []
    return [f"{field} is {ours} here and {theirs} in {source} (kept)"]


def _value(of: Paper | Record, field: Field) -> str | int | tuple[str, ...] | None:
    if field == "authors":
        # "et al." stands where only that was seen.
        named = tuple(name for name in of.authors if name.strip().lower().rstrip(".") != "et al")
        return of.authors if named else None
    return {"doi": of.doi, "pmid": of.pmid, "pmcid": of.pmcid, "year": of.year, "journal": of.journal}[field]
