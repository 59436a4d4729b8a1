"""One way in for identifiers and queries: find the paper, fetch the best version of it, say which.

Full text from PMC is preferred, from Europe PMC or from NCBI; else the abstract. What comes back is bytes
with an address, for `ingest.readers`, and the record with what was said about the paper's standing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import NotFound, SourceError
from ingest.sources.ncbi import Ncbi
from ingest.sources.records import IdKind, Record, SourceName, Window

_DEEP = 10_000
"""How far a search is followed when papers that are in the index already do not count."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A paper as it was fetched."""

    record: Record
    address: str
    """Where a reader can look it up, and the name under which it is filed."""
    data: bytes
    note: str
    """Which version it is, from where, and why not a better one."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A paper that could not be fetched."""

    name: str
    reason: str


class Finder:
    """Finds and fetches through the three services."""

    def __init__(
        self, europepmc: EuropePmc, ncbi: Ncbi, crossref: Crossref, say: Callable[[str], None] | None = None
    ) -> None:
        self._europepmc = europepmc
        self._ncbi = ncbi
        self._crossref = crossref
        self._say = say or (lambda _message: None)

    def one(self, kind: IdKind, value: str, source: SourceName = "europepmc") -> Fetched:
        """The best version of the paper with an identifier.

        Raises:
            NotFound: no service holds a text; the message says what is known and what to do.
            SourceError: a service failed.
        """
        record = self._europepmc.find(kind, value) if source == "europepmc" else None
        if record is not None:
            return self._best(record, source)
        pmid = self._ncbi.find(kind, value)
        for found in self._ncbi.records([pmid]) if pmid else ():
            if found.carries(kind, value):
                return self._best(found, "pubmed")
        if source == "pubmed" and (record := self._europepmc.find(kind, value)) is not None:
            return self._best(record, "europepmc")
        raise self._nowhere(kind, value)

    def matching(
        self,
        query: str,
        window: Window,
        most: int,
        source: SourceName = "europepmc",
        held: Callable[[Record], bool] = lambda _record: False,
    ) -> Iterator[Fetched | Missing]:
        """The best versions of papers that match a query, at most `most` that are not `held` already."""
        for number, record in enumerate(self._matching(query, window, most, source, held)):
            if number == most:
                self._say(
                    f"more papers match than the {most} wanted: the rest was left; raise --max for more"
                )
                return
            try:
                yield self._best(record, source)
            except SourceError as error:
                yield Missing(record.name, str(error))

    def _matching(
        self, query: str, window: Window, most: int, source: SourceName, held: Callable[[Record], bool]
    ) -> Iterator[Record]:
        if source == "europepmc":
            yield from (r for r in self._europepmc.search(query, window, _DEEP) if not held(r))
            return
        found = self._ncbi.search(query, window, _DEEP)
        if found.count > len(found.pmids):
            self._say(f"PubMed finds {found.count:,} papers and lists {len(found.pmids):,}; narrow the dates")
        for begin in range(0, len(found.pmids), 100):
            part = list(found.pmids[begin : begin + min(100, most + 1)])
            yield from (record for record in self._ncbi.records(part) if not held(record))

    def _best(self, record: Record, source: SourceName) -> Fetched:
        """Full text where it is to be had, else the record's own abstract."""
        why = "no full text in PMC"
        if record.pmcid is not None and record.full_text:
            services = [("Europe PMC", self._europepmc.full_text), ("PMC", self._ncbi.full_text)]
            for name, fetch in services if source == "europepmc" else reversed(services):
                try:
                    data = fetch(record.pmcid)
                except NotFound:
                    why = f"{record.pmcid} is not open for fetching"
                else:
                    address = f"https://europepmc.org/articles/{record.pmcid}"
                    return Fetched(record, address, data, f"full text from {name}")
        if not record.abstract:
            raise NotFound(
                f"{record.source} knows {record.name} ({record.title[:80]!r}) without abstract, and {why}.",
                hint=_BY_HAND,
            )
        return Fetched(record, _address(record), record.raw, f"abstract only, from {record.source}: {why}")

    def _nowhere(self, kind: IdKind, value: str) -> NotFound:
        if kind != "doi":
            name = f"PMID {value}" if kind == "pmid" else value
            return NotFound(f"Neither Europe PMC nor PubMed holds {name}.", hint="Check the number.")
        work = self._crossref.find(value)
        if work is None:
            return NotFound(
                f"Neither Europe PMC, PubMed nor Crossref knows the DOI {value}.",
                hint="Check its spelling; DOIs of data sets are registered elsewhere.",
            )
        where = ", ".join(str(part) for part in (work.journal, work.year) if part)
        return NotFound(
            f"Neither Europe PMC nor PubMed holds {value}; Crossref knows it ({work.title[:80]!r}, {where}).",
            hint=_BY_HAND,
        )


_BY_HAND = "Save its PDF or XML from the publisher and run `senescope ingest FILE`."


def _address(record: Record) -> str:
    if record.source == "PubMed":
        return f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}"
    return f"https://europepmc.org/article/{record.id}"
