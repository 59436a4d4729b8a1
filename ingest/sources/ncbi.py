"""NCBI E-utilities: search PubMed, fetch MEDLINE records and PMC full text as XML.

Described at https://www.ncbi.nlm.nih.gov/books/NBK25499/: three requests a second, ten with an API key;
every request names the tool and, where the user gave one, a contact address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from lxml import etree

from ingest import identity
from ingest.documents import ReadError
from ingest.readers.markup import Element, parse
from ingest.sources.client import Client, Service
from ingest.sources.europepmc import parsed_json, xml
from ingest.sources.faults import BadReply, NotFound, Refused
from ingest.sources.records import Flag, IdKind, Record, Window, plain_title

T = TypeVar("T")
URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
_NAME = "NCBI"
_TOOL = "senescope"
_MOST_LISTED = 10_000
"""PubMed lists no more than this for one search."""
_BATCH = 100
"""Records in one answer: about 2 MB of XML."""
_RELATIONS: dict[str, Literal["retracted", "concern", "corrected"]] = {
    "RetractionIn": "retracted",
    "PartialRetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
}


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
            "term": _windowed(query, window),
            "retmode": "json",
            "retmax": str(min(most, _MOST_LISTED)),
            "sort": "pub_date",
        }
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

    def records(self, pmids: Sequence[str]) -> Iterator[Record]:
        """The records of PMIDs, each with its MEDLINE XML as a set of one; unknown PMIDs are left out."""
        for begin in range(0, len(pmids), _BATCH):
            yield from self._get(
                "/efetch.fcgi",
                {"db": "pubmed", "id": ",".join(pmids[begin : begin + _BATCH]), "retmode": "xml"},
                _records,
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


def _windowed(query: str, window: Window) -> str:
    parts = [f"({query})"]
    for field, since, until in (("pdat", window.since, window.until), ("edat", window.entered, None)):
        if since or until:
            # PubMed takes a range only with both ends named.
            ends = (f"{since:%Y/%m/%d}" if since else "1700/01/01", f"{until:%Y/%m/%d}" if until else "3000")
            parts.append(f'("{ends[0]}"[{field}] : "{ends[1]}"[{field}])')
    return " AND ".join(parts) if len(parts) > 1 else query


def _records(body: bytes) -> tuple[Record, ...]:
    try:
        body = _whole_xml(body, "PubMed records")
    except NotFound:
        return ()
    try:
        root = parse(body, "the PubMed records").root
    except ReadError as error:
        raise BadReply(
            f"{_NAME} sent PubMed records that cannot be read: {error}", hint="Run it again."
        ) from error
    return tuple(
        _record(article) for article in root if article.tag in ("PubmedArticle", "PubmedBookArticle")
    )


def _record(article: Element) -> Record:
    about, book = article.find("./MedlineCitation/Article"), article.find("./BookDocument")
    home = about if about is not None else book if book is not None else article
    # Only the record's own list: references carry ArticleIds of other papers.
    listed = article.findall("./PubmedData/ArticleIdList/ArticleId") + article.findall(
        "./BookDocument/ArticleIdList/ArticleId"
    )
    ids = {node.get("IdType", ""): _inner(node) for node in listed}
    pmid = identity.pmid(_inner(article.find("./*/PMID")))
    pmcid = identity.pmcid(ids.get("pmc"))
    title = home.find("ArticleTitle")
    return Record(
        source="PubMed",
        id=f"MED/{pmid}",
        title=plain_title(_inner(title if title is not None else home.find("Book/BookTitle"))),
        authors=tuple(name for name in map(_author, home.findall("AuthorList/Author")) if name),
        journal=_inner(home.find("Journal/Title")) or None,
        year=_year(home),
        doi=identity.doi(ids.get("doi")),
        pmid=pmid,
        pmcid=pmcid,
        flags=_flags(article),
        full_text=pmcid is not None,
        abstract=home.find("Abstract") is not None,
        raw=b"<PubmedArticleSet>" + etree.tostring(article, encoding="utf-8") + b"</PubmedArticleSet>",
    )


def _flags(article: Element) -> tuple[Flag, ...]:
    flags = []
    for link in article.findall("./MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        state = _RELATIONS.get(link.get("RefType", ""))
        if state is not None:
            flags.append(Flag(state, "MEDLINE", _inner(link.find("PMID")) or None))
    types = {_inner(node) for node in article.iterfind(".//PublicationTypeList/PublicationType")}
    if "Retracted Publication" in types and not any(flag.state == "retracted" for flag in flags):
        flags.append(Flag("retracted", "MEDLINE"))
    return tuple(flags)


def _author(node: Element) -> str | None:
    family, initials = _inner(node.find("LastName")), _inner(node.find("Initials"))
    return f"{family} {initials}".strip() if family else _inner(node.find("CollectiveName")) or None


def _year(home: Element) -> int | None:
    for place in ("Journal/JournalIssue/PubDate/Year", "ArticleDate/Year", "Book/PubDate/Year"):
        if (text := _inner(home.find(place))).isdigit():
            return int(text)
    dated = re.search(r"\b(1[5-9]|20)\d\d\b", _inner(home.find("Journal/JournalIssue/PubDate/MedlineDate")))
    return int(dated.group()) if dated else None


def _inner(node: Element | None) -> str:
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


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
