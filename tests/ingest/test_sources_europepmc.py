"""Europe PMC's replies become records; its paging, windows and errors are understood."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.sources.europepmc import EuropePmc, record_from
from ingest.sources.faults import BadReply, NotFound, Refused
from ingest.sources.records import Window
from tests.ingest.network import World, in_turn

ITEM: dict[str, Any] = {
    "id": "30000001",
    "source": "MED",
    "pmid": "30000001",
    "pmcid": "PMC7000001",
    "doi": "10.1000/ABC.1",
    "title": "Ageing of <i>engineered</i> T cells &amp; their telomeres.",
    "authorList": {"author": [{"fullName": "Doe J"}, {"collectiveName": "The CAR Group"}]},
    "journalInfo": {"journal": {"title": "Journal of Tests"}, "yearOfPublication": 2021},
    "pubYear": "2021",
    "isOpenAccess": "Y",
    "abstractText": "One sentence.",
}


def page(*items: dict[str, Any], cursor: str | None = None, hits: int = 1) -> httpx.Response:
    body = {"hitCount": hits, "resultList": {"result": list(items)}}
    return httpx.Response(200, json={**body, "nextCursorMark": cursor} if cursor else body)


@pytest.fixture
def world() -> World:
    return World()


def test_a_record_carries_what_the_service_says() -> None:
    record = record_from(ITEM)
    assert record.title == "Ageing of engineered T cells & their telomeres"
    assert record.authors == ("Doe J", "The CAR Group")
    assert (record.journal, record.year) == ("Journal of Tests", 2021)
    assert (record.doi, record.pmid, record.pmcid) == ("10.1000/abc.1", "30000001", "PMC7000001")
    assert record.full_text
    assert record.retraction == "none"
    assert json.loads(record.raw)["resultList"]["result"] == [ITEM]


@pytest.mark.parametrize(
    ("links", "types", "state"),
    [
        (["Retraction in"], [], "retracted"),
        (["Erratum in", "Retraction in"], [], "retracted"),
        (["Expression of concern in", "Erratum in"], [], "concern"),
        (["Erratum in"], [], "corrected"),
        (["Partial retraction in"], [], "retracted"),
        ([], ["Retracted Publication"], "retracted"),
        (["Retraction of"], ["Retraction of Publication"], "none"),  # the notice itself
        (["Comment in", "Preprint of"], ["Journal Article"], "none"),
    ],
)
def test_what_medline_says_against_a_paper(links: list[str], types: list[str], state: str) -> None:
    item = {
        **ITEM,
        "commentCorrectionList": {
            "commentCorrection": [{"type": t, "id": "9", "source": "MED"} for t in links]
        },
        "pubTypeList": {"pubType": types},
    }
    record = record_from(item)
    assert record.retraction == state
    assert all(flag.source == "MEDLINE" for flag in record.flags)


def test_pages_are_followed_by_cursor_to_the_number_wanted(world: World) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        number = {"*": 0, "c1": 1, "c2": 2}[request.url.params["cursorMark"]]
        size = int(request.url.params["pageSize"])
        items = [{**ITEM, "id": f"{number}{k}"} for k in range(size)]
        return page(*items, cursor=f"c{number + 1}", hits=1000)

    with world.client(handler) as client:
        records = list(EuropePmc(client).search("cart", Window(), 230))
    assert len(records) == len({record.id for record in records}) == 230
    assert [request.url.params["pageSize"] for request in world.requests] == ["100", "100", "30"]


@pytest.mark.parametrize("cursor", [None, "*"])
def test_the_last_page_ends_the_search(world: World, cursor: str | None) -> None:
    with world.client(in_turn(page(ITEM, cursor=cursor))) as client:
        assert len(list(EuropePmc(client).search("cart", Window(), 500))) == 1
    assert len(world.requests) == 1


def test_windows_are_by_publication_or_by_entry(world: World) -> None:
    with world.client(in_turn(page())) as client:
        service = EuropePmc(client)
        list(service.search("a OR b", Window(date(2024, 1, 2)), 5))
        list(service.search("a", Window(None, date(2024, 2, 3), entered=date(2024, 1, 2)), 5))
    queries = [request.url.params["query"] for request in world.requests]
    assert queries == [
        "(a OR b) AND FIRST_PDATE:[2024-01-02 TO 3000-12-31]",
        "(a) AND FIRST_PDATE:[1700-01-01 TO 2024-02-03] AND FIRST_IDATE:[2024-01-02 TO 3000-12-31]",
    ]


def test_an_identifier_finds_only_its_own_record(world: World) -> None:
    other = {**ITEM, "pmid": "999", "doi": "10.1000/other", "pmcid": "PMC1"}
    with world.client(in_turn(page(other, ITEM))) as client:
        service = EuropePmc(client)
        found = service.find("pmid", "30000001")
        assert found is not None
        assert found.doi == "10.1000/abc.1"
        assert service.find("doi", "10.1000/none") is None
    assert world.requests[0].url.params["query"] == "(EXT_ID:30000001 AND SRC:MED)"
    assert world.requests[1].url.params["query"] == 'DOI:"10.1000/none"'


def test_many_identifiers_are_asked_for_together(world: World) -> None:
    with world.client(in_turn(page())) as client:
        list(EuropePmc(client).find_all([("doi", f"10.1000/{n}") for n in range(90)]))
    assert len(world.requests) == 3
    assert max(len(str(request.url)) for request in world.requests) < 8000


def test_full_text_is_xml_or_an_error(world: World) -> None:
    good = b"<?xml version='1.0'?>\n<article><body/></article>\n"
    with world.client(in_turn(httpx.Response(200, content=good))) as client:
        assert EuropePmc(client).full_text("PMC1") == good
    assert world.requests[0].url.path.endswith("/rest/PMC1/fullTextXML")
    for bad, words in (
        (b"<html><body>down</body></html>", "a web page"),
        (b"", "nothing"),
        (good[:-9], "half"),
    ):
        with (
            world.client(in_turn(httpx.Response(200, content=bad))) as client,
            pytest.raises(BadReply, match=words),
        ):
            EuropePmc(client).full_text("PMC1")
    with (
        world.client(in_turn(httpx.Response(404))) as client,
        pytest.raises(NotFound, match="no open full text of PMC1"),
    ):
        EuropePmc(client).full_text("PMC1")


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"{not json", BadReply, "no JSON"),
        (b"[]", BadReply, "another shape"),
        (b"{}", BadReply, "without a list"),
        (b'{"errCode": 404, "errMsg": "bad field"}', Refused, "bad field"),
        (b"<!DOCTYPE html><html>", BadReply, "a web page"),
    ],
)
def test_replies_of_another_shape_are_named(
    world: World, body: bytes, kind: type[Exception], words: str
) -> None:
    with world.client(in_turn(httpx.Response(200, content=body))) as client, pytest.raises(kind, match=words):
        list(EuropePmc(client).search("cart", Window(), 5))


@pytest.mark.shared
def test_recorded_pages_become_records(world: World, shared: Path) -> None:
    folder = shared / "testdata" / "europepmc"
    counts = {}
    for name in ("search_cancer", "search_cancer_core", "search_1000results_cancer", "search_no_results"):
        body = (folder / f"pyeuropepmc_{name}.json").read_bytes()
        with world.client(in_turn(httpx.Response(200, content=body))) as client:
            records = list(EuropePmc(client).search("cancer", Window(), 1000))[:1000]
        counts[name] = len({record.id for record in records})
        assert all(record.title and record.id for record in records)
        assert all(record.year is not None for record in records)
    assert counts == {
        "search_cancer": 25,
        "search_cancer_core": 25,
        "search_1000results_cancer": 1000,
        "search_no_results": 0,
    }


@pytest.mark.shared
def test_the_old_shape_of_lists_in_lists_is_read(shared: Path) -> None:
    item = json.loads((shared / "testdata/europepmc/norma_PMC4062634_eupmc_result.json").read_text())
    record = record_from(item)
    assert (record.pmcid, record.pmid, record.doi) == ("PMC4062634", "24976886", "10.4056/sigs.4538264")
