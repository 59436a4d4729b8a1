"""JSON about papers: Europe PMC goes to its reader; CSL-JSON and other lists become references to fetch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.documents import ReadError, Record
from ingest.readers import europepmc
from ingest.readers.abstracts import flat
from ingest.readers.bibliography import reference
from ingest.readers.markup import decoded

_LISTS = (
    "items",
    "articles",
    "records",
    "results",
    "references",
    "papers",
    "works",
    "data",
    "message",
    "result",
)


def read(data: bytes, source: str) -> Iterator[Record]:
    """The records of a JSON file, in order."""
    name = source.rpartition("/")[2]
    text, _ = decoded(data, name)
    try:
        value = json.loads(text)
    except ValueError as error:  # RecursionError is told apart by the caller
        raise ReadError(f"{name}: not JSON ({str(error)[:120]}); fetch the file again") from None
    results = _europe_pmc(value)
    if results is not None:
        yield from europepmc.read_results(results, source)
        return
    entries = _entries(value, 0)
    if not entries:
        raise ReadError(f"{name}: is JSON that lists no papers (neither title nor identifier)")
    for number, entry in enumerate(entries, 1):
        yield _reference(entry, f"{name}, entry {number}")


def _europe_pmc(value: Any) -> list[europepmc.Result] | None:
    if isinstance(value, dict) and isinstance(value.get("resultList"), dict):
        listed = value["resultList"].get("result")
        return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    if isinstance(value, dict) and isinstance(value.get("result"), dict):  # the reply for one full record
        value = value["result"]
    entries = value if isinstance(value, list) else [value]
    if entries and all(
        isinstance(e, dict) and {"id", "source", "title"} <= e.keys() and "authorString" in e for e in entries
    ):
        return entries
    return None


def _entries(value: Any, depth: int) -> list[dict[str, Any]]:
    """Mappings that look like papers, at the top or one or two lists below it."""
    if isinstance(value, list):
        return [entry for entry in value if isinstance(entry, dict) and _is_paper(entry)]
    if not isinstance(value, dict) or depth > 2:
        return []
    if _is_paper(value):
        return [value]
    for key in _LISTS:
        if found := _entries(value.get(key), depth + 1):
            return found
    return []


def _is_paper(entry: dict[str, Any]) -> bool:
    keys = {key.lower() for key, value in entry.items() if value}
    return bool(keys & {"title", "doi", "pmid", "pmcid", "externalids"})


def _reference(entry: dict[str, Any], where: str) -> Record:
    fields = {key.lower(): value for key, value in entry.items()}
    external = (
        {k.lower(): v for k, v in fields.get("externalids", {}).items()}
        if isinstance(fields.get("externalids"), dict)
        else {}
    )
    ids = (
        {k.lower(): v for k, v in fields.get("ids", {}).items()}
        if isinstance(fields.get("ids"), dict)
        else {}
    )

    def values(*keys: str) -> list[str]:
        found = [where_.get(key) for where_ in (fields, external, ids) for key in keys]
        return [str(v).rstrip("/").rpartition("/")[2] if "pm" in keys[0] else str(v) for v in found if v]

    return reference(
        where,
        flat(_first(fields.get("title")) or _first(fields.get("display_name"))),
        _year(fields),
        values("doi", "url", "oa_url"),
        values("pmid", "pubmed"),
        values("pmcid", "pmc", "pubmedcentral"),
    )


def _first(value: Any) -> str:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, str) else ""


def _year(fields: dict[str, Any]) -> str:
    for key in ("issued", "published", "published-print", "published-online", "created"):
        parts = fields[key].get("date-parts") if isinstance(fields.get(key), dict) else None
        if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0] and parts[0][0]:
            return str(parts[0][0])
    for key in ("year", "publication_year", "publication_date", "pubyear", "pubdate", "date"):
        if isinstance(fields.get(key), str | int) and fields[key]:
            return str(fields[key])
    return ""
