"""Identifiers and queries end in the best version of a paper, and every miss says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import NotFound
from ingest.sources.finder import Fetched, Finder, Missing
from ingest.sources.ncbi import Ncbi
from ingest.sources.records import IdKind, Record, SourceName, Window
from tests.ingest.network import World
from tests.ingest.test_sources_crossref import WORK
from tests.ingest.test_sources_europepmc import ITEM
from tests.ingest.test_sources_ncbi import MEDLINE

JATS = b"<article><front/><body><p>Full text.</p></body></article>"


class Services:
    """The three services with what they hold; anything not held is a 404."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.items: list[dict[str, Any]] = [ITEM]
        self.europepmc_text: bytes | None = JATS
        self.pmc_text: bytes | None = None
        self.pubmed: list[str] = []
        self.works: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path, asked = request.url.path, request.url.params
        if path.endswith("/search"):
            return httpx.Response(200, json={"hitCount": 9, "resultList": {"result": self.items}})
        if path.endswith("/fullTextXML"):
            text = self.europepmc_text
            return httpx.Response(404) if text is None else httpx.Response(200, content=text)
        if path.endswith("/esearch.fcgi"):
            found = {"count": str(len(self.pubmed)), "idlist": self.pubmed}
            return httpx.Response(200, json={"esearchresult": found})
        if path.endswith("/efetch.fcgi") and asked["db"] == "pubmed":
            return httpx.Response(200, content=MEDLINE if self.pubmed else b"<PubmedArticleSet/>")
        if path.endswith("/efetch.fcgi"):
            closed = b"<pmc-articleset><article><front/></article></pmc-articleset>"
            return httpx.Response(200, content=self.pmc_text or closed)
        works = [work for work in self.works if path.endswith(work["DOI"].lower())]
        return httpx.Response(200, json={"message": works[0]}) if works else httpx.Response(404)

    def finder(self) -> Finder:
        client = self.world.client(self.answer)
        return Finder(EuropePmc(client), Ncbi(client), Crossref(client), self.world.said.append)


@pytest.fixture
def services() -> Services:
    return Services(World())


@pytest.mark.parametrize(
    ("kind", "value"), [("pmid", "30000001"), ("doi", "10.1000/abc.1"), ("pmcid", "PMC7000001")]
)
def test_open_full_text_is_preferred(services: Services, kind: IdKind, value: str) -> None:
    found = services.finder().one(kind, value)
    assert (found.data, found.note) == (JATS, "full text from Europe PMC")
    assert found.address == "https://europepmc.org/articles/PMC7000001"


def test_the_other_service_is_asked_for_full_text(services: Services) -> None:
    services.europepmc_text, services.pmc_text = None, JATS
    assert services.finder().one("pmid", "30000001").note == "full text from PMC"


def test_else_the_abstract_is_taken_and_said(services: Services) -> None:
    services.europepmc_text = None
    found = services.finder().one("pmid", "30000001")
    assert found.note == "abstract only, from Europe PMC: PMC7000001 is not open for fetching"
    assert json.loads(found.data)["resultList"]["result"][0]["abstractText"] == "One sentence."
    assert found.address == "https://europepmc.org/article/MED/30000001"


def test_pubmed_is_asked_when_europe_pmc_does_not_know(services: Services) -> None:
    services.items, services.pubmed, services.pmc_text = [], ["30000001"], JATS
    found = services.finder().one("doi", "10.1000/abc.1")
    assert (found.record.source, found.note) == ("PubMed", "full text from PMC")


def test_pubmed_goes_first_when_asked_to(services: Services) -> None:
    services.pubmed, services.pmc_text = ["30000001"], JATS
    found = services.finder().one("pmid", "30000001", "pubmed")
    assert (found.record.source, found.note) == ("PubMed", "full text from PMC")


def test_a_record_of_another_paper_is_not_taken(services: Services) -> None:
    services.items, services.pubmed = [], ["30000001"]  # PubMed falls back to all fields and finds something
    with pytest.raises(NotFound, match=r"knows the DOI 10\.1000/else.*spelling"):
        services.finder().one("doi", "10.1000/else")


@pytest.mark.parametrize(
    ("kind", "value", "change", "words"),
    [
        ("pmid", "5", lambda s: None, "holds PMID 5.*number"),
        (
            "doi",
            "10.1000/abc.1",
            lambda s: s.works.append(WORK),
            "Crossref knows it.*Journal of Tests.*ingest FILE",
        ),
        ("doi", "10.1000/none", lambda s: None, "knows the DOI"),
        (
            "pmid",
            "30000001",
            lambda s: s.items.append({**ITEM, "abstractText": "", "pmcid": ""}),
            "without abst",
        ),
    ],
)
def test_a_miss_says_what_is_known_and_what_to_do(
    services: Services, kind: IdKind, value: str, change: Callable[[Services], None], words: str
) -> None:
    services.items = []
    change(services)
    with pytest.raises(NotFound, match=words):
        services.finder().one(kind, value)


def items(count: int) -> list[dict[str, Any]]:
    return [{**ITEM, "id": str(n), "pmid": str(n), "doi": f"10.1000/{n}"} for n in range(1, count + 1)]


def test_a_query_gives_the_number_wanted_and_says_that_more_match(services: Services) -> None:
    services.items = items(9)
    found = list(services.finder().matching("cart", Window(), 4))
    assert [f.record.pmid for f in found if isinstance(f, Fetched)] == ["1", "2", "3", "4"]
    assert ["more papers match" in line for line in services.world.said] == [True]


def test_papers_that_are_held_do_not_count(services: Services) -> None:
    services.items = items(6)

    def held(record: Record) -> bool:
        return record.pmid in ("1", "2", "3")

    found = list(services.finder().matching("cart", Window(), 3, held=held))
    assert [f.record.pmid for f in found if isinstance(f, Fetched)] == ["4", "5", "6"]
    assert services.world.said == []
    fetched = [request for request in services.world.requests if "fullText" in request.url.path]
    assert len(fetched) == 3


@pytest.mark.parametrize("source", ["europepmc", "pubmed"])
def test_one_paper_that_fails_does_not_stop_the_rest(services: Services, source: SourceName) -> None:
    services.items = [{**ITEM, "abstractText": "", "pmcid": ""}, *items(1)]
    services.pubmed, services.europepmc_text = ["30000001"], None
    found = list(services.finder().matching("cart", Window(), 5, source))
    assert [type(f) for f in found] == ([Missing, Fetched] if source == "europepmc" else [Missing])
    assert isinstance(found[0], Missing)
    assert "ingest FILE" in found[0].reason
