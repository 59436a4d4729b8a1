"""Europe PMC: search with cursor paging, records by identifier, full text as JATS XML.

REST service described at https://europepmc.org/RestfulWebService. A `core` record carries MEDLINE's
publication types and comment and correction links, so one request also tells what is said against a paper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from ingest import identity
from ingest.sources.client import Client, Service
from ingest.sources.faults import BadReply, NotFound, Refused
from ingest.sources.records import Flag, IdKind, Record, Window, plain_title

URL = "https://www.ebi.ac.uk/europepmc/webservices/rest"
_PAGE = 100
_BATCH = 40
"""Identifiers in one search: the address stays well under the 8 kB that servers take."""
_NAME = "Europe PMC"
_NO_END = "3000-12-31"

# The relation as seen from the paper itself: "Retraction in" stands in the record of the retracted paper,
# "Retraction of" in that of the notice.
_RELATIONS: dict[str, Literal["retracted", "concern", "corrected"]] = {
    "retraction in": "retracted",
    "partial retraction in": "retracted",
    "expression of concern in": "concern",
    "erratum in": "corrected",
    "corrected and republished in": "corrected",
    "retracted and republished in": "retracted",
}


class EuropePmc:
    """Asks Europe PMC through a client."""

    def __init__(self, client: Client, url: str = URL) -> None:
        self._client = client
        self._service = Service(_NAME, url.rstrip("/"), 0.15)

    def search(self, query: str, window: Window, most: int) -> Iterator[Record]:
        """Records that match a query in Europe PMC's own syntax, at most `most`, in its order."""
        cursor, left = "*", most
        while left > 0:
            page = self._page(_windowed(query, window), min(_PAGE, left), cursor)
            yield from page.records[:left]
            left -= len(page.records)
            # The end shows as a missing cursor, or as the same one again.
            if not page.records or page.cursor is None or page.cursor == cursor:
                return
            cursor = page.cursor

    def count(self, query: str, window: Window) -> int:
        """How many records match."""
        return self._page(_windowed(query, window), 1, "*").hits

    def find(self, kind: IdKind, value: str) -> Record | None:
        """The record with an identifier; None when there is none, or when several disagree about it."""
        return next((r for r in self.find_all([(kind, value)]) if r.carries(kind, value)), None)

    def find_all(self, wanted: Iterable[tuple[IdKind, str]]) -> Iterator[Record]:
        """Records with any of the identifiers, in no order; those that are not there are left out."""
        waiting = iter(wanted)
        while part := list(islice(waiting, _BATCH)):
            query = " OR ".join(_term(kind, value) for kind, value in part)
            # A DOI can belong to a preprint and its article, so there may be more records than asked for.
            yield from self._page(query, 2 * len(part), "*").records

    def titled(self, title: str, most: int = 5) -> tuple[Record, ...]:
        """Records whose title holds the words of `title`."""
        words = " ".join("".join(c if c.isalnum() or c in "-'" else " " for c in title).split())
        return self._page(f"TITLE:({words})", most, "*").records if words else ()

    def full_text(self, pmcid: str) -> bytes:
        """The full text of an open-access article as JATS XML.

        Raises:
            NotFound: Europe PMC does not hold it, or not openly.
        """
        try:
            return self._client.get(
                self._service,
                f"/{pmcid}/fullTextXML",
                {},
                read=lambda body: xml(body, _NAME, f"full text of {pmcid}"),
                accept="application/xml",
            )
        except NotFound as error:
            raise NotFound(f"{_NAME} has no open full text of {pmcid}.") from error

    def _page(self, query: str, size: int, cursor: str) -> _Page:
        return self._client.get(
            self._service,
            "/search",
            {
                "query": query,
                "resultType": "core",
                "format": "json",
                "pageSize": str(size),
                "cursorMark": cursor,
            },
            read=_Page,
            accept="application/json",
        )


def xml(body: bytes, service: str, what: str) -> bytes:
    """`body` when it looks like XML and is whole; the readers look closer."""
    head = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head.startswith(b"<") or b"<html" in head or b"<!doctype html" in head:
        raise BadReply(
            f"{service} sent no XML for the {what}, but {_kind(head)}.",
            hint="The service may be under maintenance; run it again later.",
        )
    if not body.rstrip().endswith(b">"):
        raise BadReply(f"{service} sent half of the {what} ({len(body):,} bytes).", hint="Run it again.")
    return body


def parsed_json(body: bytes, service: str) -> dict[str, Any]:
    """`body` as a JSON object."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadReply(
            f"{service} sent no JSON, but {_kind(body[:2000].lstrip().lower())}.",
            hint="The service may be under maintenance; run it again later.",
        ) from error
    if not isinstance(data, dict):
        raise BadReply(f"{service} sent JSON of another shape than documented.", hint="Run it again later.")
    return data


def _kind(head: bytes) -> str:
    if b"<html" in head or b"<!doctype html" in head:
        return "a web page"
    return "nothing" if not head else f"{head[:40].decode('utf-8', 'replace')!r}"


class _Page:
    """One page of results."""

    def __init__(self, body: bytes) -> None:
        data = parsed_json(body, _NAME)
        if (wrong := data.get("errMsg") or data.get("errorMessage")) is not None:
            raise Refused(
                f"{_NAME} does not understand the request: {str(wrong)[:200]}", hint="Mend the query."
            )
        results = data.get("resultList")
        listed = results.get("result") if isinstance(results, dict) else None
        if not isinstance(listed, list):
            raise BadReply(f"{_NAME} sent JSON without a list of results.", hint="Run it again later.")
        self.hits = _whole(data.get("hitCount")) or 0
        cursor = data.get("nextCursorMark")
        self.cursor = cursor if isinstance(cursor, str) and cursor else None
        self.records = tuple(record_from(item) for item in listed if isinstance(item, dict))


def record_from(item: Mapping[str, Any]) -> Record:
    """A record from one item of a result list, `core` or `lite`."""
    info = _mapping(item.get("journalInfo"))
    journal = _mapping(info.get("journal"))
    pmcid = identity.pmcid(_text(item.get("pmcid")))
    return Record(
        source=_NAME,
        id=f"{item.get('source', '')}/{item.get('id', '')}",
        title=plain_title(_text(item.get("title"))),
        authors=_authors(item),
        journal=_text(journal.get("title")) or _text(item.get("journalTitle")) or _publisher(item),
        year=_whole(item.get("pubYear"))
        or _whole(info.get("yearOfPublication"))
        or _whole((_text(item.get("firstPublicationDate")) or "")[:4]),
        doi=identity.doi(_text(item.get("doi"))),
        pmid=identity.pmid(_text(item.get("pmid"))),
        pmcid=pmcid,
        flags=_flags(item),
        full_text=pmcid is not None and "Y" in (item.get("isOpenAccess"), item.get("inEPMC")),
        abstract=bool(item.get("abstractText")),
        # The readers take a result list, so the item goes back into one.
        raw=json.dumps({"resultList": {"result": [item]}}, ensure_ascii=False).encode(),
    )


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    listed = _mapping(item.get("authorList")).get("author")
    if isinstance(listed, list):
        names = (
            _text(_mapping(a).get("fullName")) or _text(_mapping(a).get("collectiveName")) for a in listed
        )
        if found := tuple(name for name in names if name):
            return found
    joined = _text(item.get("authorString")) or ""
    return tuple(name for name in joined.rstrip(".").split(", ") if name)


def _publisher(item: Mapping[str, Any]) -> str | None:
    """The server of a preprint, which has no journal."""
    return _text(_mapping(item.get("bookOrReportDetails")).get("publisher"))


def _flags(item: Mapping[str, Any]) -> tuple[Flag, ...]:
    flags: list[Flag] = []
    listed = _mapping(item.get("commentCorrectionList")).get("commentCorrection")
    for link in listed if isinstance(listed, list) else ():
        state = _RELATIONS.get((_text(_mapping(link).get("type")) or "").lower())
        if state is not None:
            flags.append(Flag(state, "MEDLINE", _text(link.get("id"))))
    types = _mapping(item.get("pubTypeList")).get("pubType")
    named = {str(t).lower() for t in types} if isinstance(types, list) else {str(types or "").lower()}
    if "retracted publication" in named and not any(flag.state == "retracted" for flag in flags):
        flags.append(Flag("retracted", "MEDLINE"))
    return tuple(flags)


def _windowed(query: str, window: Window) -> str:
    parts = [f"({query})"]
    if window.since or window.until:
        since = window.since.isoformat() if window.since else "1700-01-01"
        until = window.until.isoformat() if window.until else _NO_END
        parts.append(f"FIRST_PDATE:[{since} TO {until}]")
    if window.entered:
        parts.append(f"FIRST_IDATE:[{window.entered.isoformat()} TO {_NO_END}]")
    return " AND ".join(parts) if len(parts) > 1 else query


def _term(kind: IdKind, value: str) -> str:
    quoted = value.replace('"', "")
    if kind == "pmid":
        return f"(EXT_ID:{quoted} AND SRC:MED)"
    return f'DOI:"{quoted}"' if kind == "doi" else f"PMCID:{quoted}"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    """A scalar as text; the old getpapers shape wraps each in a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return " ".join(str(value).split()) or None if isinstance(value, str | int) else None


def _whole(value: object) -> int | None:
    text = _text(value)
    return int(text) if text is not None and text.isdigit() else None
