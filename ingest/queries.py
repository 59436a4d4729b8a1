"""Searches that are kept in the catalog, to be asked again for what is new.

A query is asked anew from some days before its last complete run, by the day on which papers entered the
database: what was published long ago is new when it enters late. The days of overlap cost little, because
papers that are in the index are passed over before anything is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.catalog import Catalog
from ingest.sources.records import SourceName, Window

OVERLAP = timedelta(days=14)
"""Records are corrected and indexed late, by days rather than weeks."""


@dataclass(frozen=True, slots=True)
class Query:
    """A kept search."""

    name: str
    text: str
    source: SourceName = "europepmc"
    since: date | None = None
    """First day of publication."""
    until: date | None = None
    """Last day of publication."""
    most: int = 25
    """New papers that one run fetches at most."""
    updated: date | None = None
    """Day of the last run that fetched everything there was; None before the first."""

    @property
    def window(self) -> Window:
        """The days in which to look now."""
        return Window(self.since, self.until, self.updated - OVERLAP if self.updated else None)


def queries(catalog: Catalog) -> tuple[Query, ...]:
    """All kept searches, in order of their names."""
    rows = catalog.connection.execute(
        "SELECT name, query, source, since, until, most, updated FROM queries ORDER BY name"
    )
    return tuple(
        Query(name, text, source, _date(since), _date(until), most, _date(updated))
        for name, text, source, since, until, most, updated in rows
    )


def keep(catalog: Catalog, query: Query) -> bool:
    """Keep a search under its name; False when another one has that name."""
    values = (
        query.name, query.text, query.source, _text(query.since), _text(query.until), query.most,
        _text(query.updated),
    )  # fmt: skip
    with catalog.transaction() as db:
        return bool(db.execute("INSERT OR IGNORE INTO queries VALUES (?,?,?,?,?,?,?)", values).rowcount)


def forget(catalog: Catalog, name: str) -> bool:
    """Drop a search; the papers that it found stay. False when there is none of that name."""
    with catalog.transaction() as db:
        return bool(db.execute("DELETE FROM queries WHERE name=?", (name,)).rowcount)


def done(catalog: Catalog, name: str, day: date) -> None:
    """Note that a search has fetched everything there was on `day`."""
    with catalog.transaction() as db:
        db.execute("UPDATE queries SET updated=? WHERE name=?", (day.isoformat(), name))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
