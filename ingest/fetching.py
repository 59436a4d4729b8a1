"""From identifiers and queries to papers in the index: fetch, read, file, and note their standing.

Papers are filed in small groups, so that the writing lock is not held while a service is waited for, and a
run that is stopped keeps what it had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest import identity
from ingest.pipeline import Blob, Index, Outcome, Say, ingest_bytes
from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import Offline, Refused, SourceError, Unreachable
from ingest.sources.finder import Fetched, Finder, Missing
from ingest.sources.ncbi import Ncbi
from ingest.sources.records import IdKind, Record, SourceName, Window
from ingest.sources.standing import gravest, mismatch

_GROUP = 10
_GIVE_UP = 2
"""Papers in a row that a service does not answer for, after which the rest is not asked for."""


@dataclass(frozen=True, slots=True)
class Services:
    """The literature services, and the moment to which what they say belongs."""

    finder: Finder
    europepmc: EuropePmc
    ncbi: Ncbi
    crossref: Crossref
    now: Callable[[], datetime]

    @property
    def today(self) -> str:
        """The day, as ISO text."""
        return self.now().date().isoformat()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper that was asked for by an identifier."""

    kind: IdKind
    value: str

    @property
    def name(self) -> str:
        """As it stands in reports."""
        return f"{self.kind}:{self.value}"


def wanted(kind: IdKind, text: str) -> Wanted | None:
    """An identifier in any spelling; None when it is none."""
    value = {"doi": identity.doi, "pmid": identity.pmid, "pmcid": identity.pmcid}[kind](text)
    return None if value is None else Wanted(kind, value)


def fetch_named(
    index: Index,
    services: Services,
    names: Sequence[Wanted],
    source: SourceName = "europepmc",
    *,
    progress: Callable[[int, int], None] | None = None,
    say: Say | None = None,
) -> Iterator[Outcome]:
    """Fetch papers by identifier into the index, one outcome each; call `pipeline.finish` afterwards.

    Raises:
        Offline: nothing was asked.
    """

    def found() -> Iterator[Fetched | Missing]:
        silent = 0
        for number, name in enumerate(names, 1):
            if silent >= _GIVE_UP:
                yield Missing(name.name, f"not asked for: {silent} papers before it had no answer")
                continue
            try:
                yield services.finder.one(name.kind, name.value, source)
                silent = 0
            except Offline:
                raise
            except SourceError as error:
                silent = silent + 1 if isinstance(error, Unreachable | Refused) else 0
                yield Missing(name.name, str(error))
            if progress is not None:
                progress(number, len(names))

    yield from _filed(index, services, found(), say)


def fetch_matching(
    index: Index,
    services: Services,
    query: str,
    window: Window,
    most: int,
    source: SourceName = "europepmc",
    *,
    progress: Callable[[int, int], None] | None = None,
    say: Say | None = None,
) -> Iterator[Outcome]:
    """Fetch papers that match a query and are not in the index yet; see `fetch_named`.

    A paper that is there as an abstract is fetched again when its full text has become open.
    """

    def found() -> Iterator[Fetched | Missing]:
        papers = services.finder.matching(query, window, most, source, lambda record: held(index, record))
        for number, paper in enumerate(papers, 1):
            yield paper
            if progress is not None:
                progress(number, 0)

    yield from _filed(index, services, found(), say)


def held(index: Index, record: Record) -> bool:
    """Whether the index has the text of a paper, and nothing better is offered now."""
    for paper in index.catalog.find(record.doi, record.pmid, record.pmcid):
        text = index.catalog.held(paper, "text")
        if text is not None and (text.seen != "abstract" or not record.full_text):
            return True
    return False


def _filed(
    index: Index, services: Services, papers: Iterable[Fetched | Missing], say: Say | None
) -> Iterator[Outcome]:
    group: list[Fetched] = []
    try:
        for paper in papers:
            if isinstance(paper, Missing):
                yield Outcome(paper.name, "failed", reason=paper.reason)
                continue
            group.append(paper)
            if len(group) == _GROUP:
                yield from _file(index, services, group, say)
                group = []
    finally:
        # Also when a service fails in the middle: what was fetched is kept.
        outcomes = list(_file(index, services, group, say))
    yield from outcomes


def _file(index: Index, services: Services, group: Sequence[Fetched], say: Say | None) -> Iterator[Outcome]:
    works = _works(services, group, say)
    by_address = {paper.address: paper for paper in group}
    blobs = [Blob(paper.address, paper.data) for paper in group]
    # Whole, so that the writing lock is free again before anything else is written.
    for outcome in list(ingest_bytes(index, blobs, say=say)):
        paper = by_address.get(outcome.path)
        if paper is None or outcome.paper is None:
            yield outcome
            continue
        notes = [paper.note, *_note_standing(index, services, outcome.paper, paper.record, works)]
        reason = outcome.reason if outcome.status in ("failed", "skipped") else None
        yield replace(outcome, reason="; ".join([*([reason] if reason else []), *notes]))


def _works(services: Services, group: Sequence[Fetched], say: Say | None) -> dict[str, Record]:
    """What Crossref has on the DOIs of a group; it is a second witness, so its silence stops nothing."""
    dois = [paper.record.doi for paper in group if paper.record.doi]
    if not dois:
        return {}
    try:
        return {work.doi: work for work in services.crossref.find_all(dois) if work.doi}
    except SourceError as error:
        if say is not None:
            say(f"{error.message} Retraction notices are taken from MEDLINE alone this time")
        return {}


def _note_standing(
    index: Index, services: Services, paper: str, record: Record, works: dict[str, Record]
) -> list[str]:
    """Store what the services say about a paper's standing; whatever a reader must know is returned."""
    ours = index.catalog.paper(paper)
    if ours is None:
        return []
    notes = []
    witnesses = []
    named: list[tuple[IdKind, str, Record]] = []
    if record.pmid or record.doi or record.pmcid:
        kind: IdKind = "pmid" if record.pmid else "doi" if record.doi else "pmcid"
        named.append((kind, record.pmid or record.doi or record.pmcid or "", record))
    if record.doi and record.doi in works:
        named.append(("doi", record.doi, works[record.doi]))
    for kind, value, witness in named:
        wrong = mismatch(ours, witness, kind, value)
        if wrong is None:
            witnesses.append(witness)
        else:
            notes.append(wrong)
    if witnesses:
        state = gravest(witnesses)
        asked = ", ".join(dict.fromkeys(witness.source for witness in witnesses))
        index.catalog.set_check(paper, state, services.today, asked)
        if state != "none":
            notes.append(_WORDS[state])
    return notes


_WORDS = {
    "retracted": "RETRACTED: kept out of the evidence",
    "concern": "under an expression of concern",
    "corrected": "a correction has been published",
    "unknown": "",
}
