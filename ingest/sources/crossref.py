"""Crossref: the metadata of a DOI, and what has been said about the paper since.

REST API described at https://api.crossref.org. `updated-by` in the record of a paper lists its retractions,
corrections and expressions of concern, deposited by publishers or by Retraction Watch; `update-to` in the
record of a notice names the paper that it is about. Since December 2025 lists have a lower rate limit than
single records, and both are lower without a contact address; answers name the limit in force, and the client
keeps to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from ingest import identity
from ingest.sources.client import Client, Service
from ingest.sources.europepmc import parsed_json
from ingest.sources.faults import BadReply, NotFound
from ingest.sources.records import Flag, Record, plain_title

T = TypeVar("T")
URL = "https://api.crossref.org"
_NAME = "Crossref"
_BATCH = 20

_TYPES: dict[str, Literal["retracted", "concern", "corrected"]] = {
    "retraction": "retracted",
    "removal": "retracted",
    "withdrawal": "retracted",
    "partial_retraction": "retracted",
    "expression_of_concern": "concern",
    "correction": "corrected",
    "corrigendum": "corrected",
    "erratum": "corrected",
}
"""The kinds of update that change what a paper is worth; addenda, new versions and the like do not."""


class Crossref:
    """Asks Crossref through a client; with a contact address requests go to its polite pool."""

    def __init__(self, client: Client, url: str = URL) -> None:
        self._client = client
        self._who = {"mailto": client.contact} if client.contact else {}
        self._service = Service(_NAME, url.rstrip("/"), 0.2)
        self._lists = Service(_NAME, url.rstrip("/"), 0.35 if client.contact else 1.0)

    def find(self, doi: str) -> Record | None:
        """The record of a DOI; None when Crossref does not have it (others register DOIs too)."""
        try:
            return self._get(f"/works/{quote(doi, safe='')}", {}, _one)
        except NotFound:
            return None

    def find_all(self, dois: Sequence[str]) -> Iterator[Record]:
        """The records of many DOIs, in no order; those that are not there are left out."""
        for begin in range(0, len(dois), _BATCH):
            # A comma separates filters, so a DOI with one has to be asked for by itself.
            part = [doi for doi in dois[begin : begin + _BATCH] if "," not in doi]
            alone = [doi for doi in dois[begin : begin + _BATCH] if "," in doi]
            if part:
                listed = ",".join(f"doi:{doi}" for doi in part)
                yield from self._get("/works", {"filter": listed, "rows": str(len(part))}, _many)
            yield from (record for record in map(self.find, alone) if record is not None)

    def titled(self, title: str, most: int = 5) -> tuple[Record, ...]:
        """Records whose bibliography resembles `title`, the best first."""
        words = " ".join(title.split())[:300]
        params = {"query.bibliographic": words, "rows": str(most)}
        return self._get("/works", params, _many) if words else ()

    def _get(self, path: str, params: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        service = self._lists if path == "/works" else self._service
        return self._client.get(service, path, {**params, **self._who}, read=read, accept="application/json")


def record_from(work: Mapping[str, Any]) -> Record:
    """A record from one Crossref work."""
    titles = [t for t in _list(work.get("title")) if isinstance(t, str)]
    journals = [t for t in _list(work.get("container-title")) if isinstance(t, str)]
    return Record(
        source=_NAME,
        id=str(work.get("DOI", "")).lower(),
        title=plain_title(titles[0]) if titles else "",
        authors=tuple(name for name in map(_name, _list(work.get("author"))) if name),
        journal=plain_title(journals[0]) if journals else None,
        year=_year(work),
        doi=identity.doi(str(work.get("DOI", ""))),
        flags=tuple(flag for flag in map(_flag, _list(work.get("updated-by"))) if flag is not None),
        abstract=bool(work.get("abstract")),
    )


def notices_in(work: Mapping[str, Any]) -> tuple[tuple[str, Flag], ...]:
    """What a work that is itself a notice says: the DOI of the paper it is about, and the flag."""
    own = str(work.get("DOI", "")).lower() or None
    found: list[tuple[str, Flag]] = []
    for update in _list(work.get("update-to")):
        about, flag = identity.doi(str(update.get("DOI", ""))), _flag(update)
        if about is not None and flag is not None:
            found.append((about, Flag(flag.state, flag.source, own, flag.date)))
    return tuple(found)


def _one(body: bytes) -> Record:
    message = parsed_json(body, _NAME).get("message")
    if not isinstance(message, dict) or "DOI" not in message:
        raise BadReply(f"{_NAME} sent JSON without a work.", hint="Run it again later.")
    return record_from(message)


def _many(body: bytes) -> tuple[Record, ...]:
    message = parsed_json(body, _NAME).get("message")
    items = message.get("items") if isinstance(message, dict) else None
    if not isinstance(items, list):
        raise BadReply(f"{_NAME} sent JSON without a list of works.", hint="Run it again later.")
    return tuple(record_from(item) for item in items if isinstance(item, dict))


def _flag(update: object) -> Flag | None:
    if not isinstance(update, dict):
        return None
    kind = str(update.get("type", "")).lower().replace("-", "_").replace(" ", "_")
    state = _TYPES.get(kind)
    if state is None:
        return None
    source = "Retraction Watch" if update.get("source") == "retraction-watch" else _NAME
    return Flag(state, source, identity.doi(str(update.get("DOI", ""))), _day(update.get("updated")))


def _name(author: object) -> str | None:
    if not isinstance(author, dict):
        return None
    family, given = author.get("family"), author.get("given")
    if family:
        return f"{family} {given}" if given else str(family)
    return str(author["name"]) if author.get("name") else None


def _year(work: Mapping[str, Any]) -> int | None:
    """The earliest year among the dates of publication; `created` is when the DOI was made, so it is last."""
    for key in ("published", "issued", "published-print", "published-online", "created"):
        day = _day(work.get(key))
        if day is not None:
            return int(day[:4])
    return None


def _day(value: object) -> str | None:
    """A Crossref date as ISO text, as exact as it is given."""
    parts = value.get("date-parts") if isinstance(value, dict) else None
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        numbers = [n for n in parts[0][:3] if isinstance(n, int)]
        if numbers and 1000 <= numbers[0] <= 9999:
            return "-".join(f"{n:02d}" for n in numbers)
    return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
