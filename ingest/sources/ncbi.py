"""NCBI E-utilities: search PubMed, fetch MEDLINE records and PMC full text as XML.

Described at https://www.ncbi.nlm.nih.gov/books/NBK25499/: three requests a second, ten with an API key;
every request names the tool and, where the user gave one, a contact address.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest import identity
from ingest.sources.client import Client, Service
from ingest.sources.europepmc import parsed_json, xml
from ingest.sources.faults import BadReply, NotFound, Refused
from ingest.sources.records import IdKind, Window

T = TypeVar("T")
URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
_NAME = "NCBI"
_TOOL = "senescope"
_MOST_LISTED = 10_000
"""PubMed lists no more than this for one search."""
_BATCH = 100
"""Records in one answer: about 2 MB of XML."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: PMIDs in the service's order, and how many there are in all."""

    count: int
    pmids: tuple[str, ...]
    understood: str = ""
    """The query as PubMed expanded it."""


class Ncbi:
    """Asks the E-utilities through a client."""

    def __init__(self, client: Client, url: str = URL, *, api_key: str = "") -> None:
        self._client = client
        self._service = Service(_NAME, url.rstrip("/"), 0.11 if api_key else 0.35)
        self._who = {"tool": _TOOL}
        if client.contact:
            self._who["email"] = client.contact
        if api_key:
            self._who["api_key"] = api_key

    def search(self, query: str, window: Window, most: int) -> Found:
        """PMIDs that match a query in PubMed's own syntax, the newest first."""
        params = {
            "db": "pubmed",
            "term": query,
            "retmode": "json",
            "retmax": str(min(most, _MOST_LISTED)),
            "sort": "pub_date",
        }
        if not window.open:
            # PubMed takes a window only whole: both ends have to be named.
            params["datetype"] = "pdat" if window.by == "published" else "edat"
            params["mindate"] = f"{window.since:%Y/%m/%d}" if window.since else "1700/01/01"
            params["maxdate"] = f"{window.until:%Y/%m/%d}" if window.until else "3000/12/31"
        return self._get("/esearch.fcgi", params, _found, "application/json")

    def find(self, kind: IdKind, value: str) -> str | None:
        """The PMID of a paper by one of its identifiers, None when PubMed has none."""
        if kind == "pmid":
            return value
        field = "AID" if kind == "doi" else "pmcid"
        # The field tag is a filter only: PubMed falls back to all fields when it does not know the value,
        # so a caller must compare the record with what was asked for.
        found = self.search(f'"{value}"[{field}]', Window(), 2)
        return found.pmids[0] if len(found.pmids) == 1 else None

    def records(self, pmids: Sequence[str]) -> Iterator[bytes]:
        """PubMed records as MEDLINE XML sets of up to a hundred."""
        for begin in range(0, len(pmids), _BATCH):
            part = pmids[begin : begin + _BATCH]
            yield self._get(
                "/efetch.fcgi",
                {"db": "pubmed", "id": ",".join(part), "retmode": "xml"},
                lambda body: _whole_xml(body, "PubMed records"),
                "application/xml",
            )

    def full_text(self, pmcid: str) -> bytes:
        """The full text of an article in PMC as JATS XML.

        Raises:
            NotFound: PMC does not hold it, or its publisher does not allow the text to be fetched.
        """
        body = self._get(
            "/efetch.fcgi",
            {"db": "pmc", "id": pmcid.removeprefix("PMC"), "retmode": "xml"},
            lambda body: _whole_xml(body, f"full text of {pmcid}"),
            "application/xml",
        )
        if b"<body" not in body:
            raise NotFound(f"PMC gives no open full text of {pmcid}.")
        return body

    def _get(self, path: str, params: dict[str, str], read: Callable[[bytes], T], accept: str) -> T:
        return self._client.get(self._service, path, {**params, **self._who}, read=read, accept=accept)


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers and title that a MEDLINE record gives for itself."""

    title: str
    pmid: str | None = None
    doi: str | None = None
    pmcid: str | None = None


def names(medline: bytes) -> tuple[Names, ...]:
    """Who the records of a MEDLINE set are, before a reader reads them; empty when it is no such set."""
    try:
        root = ET.fromstring(medline)
    except ET.ParseError:
        return ()
    return tuple(_names(article) for article in root.iter("PubmedArticle"))


def _names(article: ET.Element) -> Names:
    # Only the record's own list: references carry ArticleIds of other papers.
    listed = article.findall("./PubmedData/ArticleIdList/ArticleId")
    ids = {node.get("IdType", ""): "".join(node.itertext()) for node in listed}
    title = article.find("./MedlineCitation/Article/ArticleTitle")
    return Names(
        title=" ".join("".join(title.itertext()).split()) if title is not None else "",
        pmid=identity.pmid(article.findtext("./MedlineCitation/PMID")),
        doi=identity.doi(ids.get("doi")),
        pmcid=identity.pmcid(ids.get("pmc")),
    )


def _found(body: bytes) -> Found:
    data = parsed_json(body, _NAME)
    result = data.get("esearchresult")
    if not isinstance(result, dict):
        raise BadReply(f"{_NAME} sent JSON without a search result.", hint="Run it again later.")
    if (wrong := result.get("ERROR")) is not None:
        raise Refused(f"PubMed does not understand the query: {str(wrong)[:200]}", hint="Mend the query.")
    listed = result.get("idlist")
    count = str(result.get("count", ""))
    if not isinstance(listed, list) or not count.isdigit():
        raise BadReply(f"{_NAME} sent a search result of another shape.", hint="Run it again later.")
    pmids = tuple(found for found in map(identity.pmid, map(str, listed)) if found)
    return Found(int(count), pmids, str(result.get("querytranslation", "")))


def _whole_xml(body: bytes, what: str) -> bytes:
    body = xml(body, _NAME, what)
    error = re.search(rb"<(?:ERROR|Error|error)>(.{1,300}?)</", body[:4000], re.S)
    if error is not None:
        words = error.group(1).decode("utf-8", "replace").strip()
        if "cannot" in words.lower() or "empty" in words.lower() or "not found" in words.lower():
            raise NotFound(f"{_NAME} does not hold the {what}: {words}")
        raise BadReply(f"{_NAME} answered with an error for the {what}: {words}", hint="Run it again later.")
    return body
