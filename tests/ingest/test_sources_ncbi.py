"""The E-utilities are asked as NCBI wants to be asked, and their errors are understood."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.sources.faults import BadReply, NotFound, Refused, SourceError
from ingest.sources.ncbi import Ncbi
from ingest.sources.records import Window
from tests.ingest.network import World, in_turn

MEDLINE = b"""<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>30000001
</PMID><Article><ArticleTitle>Ageing of <i>engineered</i> T cells.</ArticleTitle></Article></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/ABC.1</ArticleId><ArticleId IdType="pmc">PMC7000001
</ArticleId></ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/other
</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle></PubmedArticleSet>"""
ARTICLE = (
    b"<?xml version='1.0'?><pmc-articleset><article><body><p>Text.</p></body></article></pmc-articleset>"
)


def listed(*pmids: str, count: int = 0, **more: Any) -> httpx.Response:
    return httpx.Response(
        200, json={"esearchresult": {"count": str(count or len(pmids)), "idlist": list(pmids), **more}}
    )


@pytest.fixture
def world() -> World:
    return World()


def test_a_search_names_tool_contact_and_key(world: World) -> None:
    with world.client(in_turn(listed("3", "1", count=70)), contact="me@lab.example") as client:
        found = Ncbi(client, api_key="k3y").search("cart", Window(), 50)
    assert (found.count, found.pmids) == (70, ("3", "1"))
    asked = world.requests[0].url.params
    assert {k: asked[k] for k in ("db", "term", "retmax", "tool", "email", "api_key")} == {
        "db": "pubmed",
        "term": "cart",
        "retmax": "50",
        "tool": "senescope",
        "email": "me@lab.example",
        "api_key": "k3y",
    }


@pytest.mark.parametrize(("key", "distance"), [("", 0.35), ("k3y", 0.11)])
def test_three_requests_a_second_or_ten_with_a_key(world: World, key: str, distance: float) -> None:
    with world.client(in_turn(listed("1"))) as client:
        service = Ncbi(client, api_key=key)
        for _ in range(3):
            service.search("cart", Window(), 5)
    assert world.pauses == pytest.approx([distance] * 2)


def test_windows_name_both_ends(world: World) -> None:
    with world.client(in_turn(listed("1"))) as client:
        Ncbi(client).search("a OR b", Window(date(2024, 1, 2), entered=date(2025, 3, 4)), 5)
        Ncbi(client).search("a", Window(None, date(2024, 2, 3)), 5)
    assert [request.url.params["term"] for request in world.requests] == [
        '(a OR b) AND ("2024/01/02"[pdat] : "3000"[pdat]) AND ("2025/03/04"[edat] : "3000"[edat])',
        '(a) AND ("1700/01/01"[pdat] : "2024/02/03"[pdat])',
    ]


def test_identifiers_are_looked_up_by_field(world: World) -> None:
    with world.client(in_turn(listed("7"), listed("7", "8"))) as client:
        service = Ncbi(client)
        assert service.find("pmid", "5") == "5"
        assert service.find("doi", "10.1000/x(1)") == "7"
        assert service.find("pmcid", "PMC1") is None  # two answers are no answer
    assert [request.url.params["term"] for request in world.requests] == [
        '"10.1000/x(1)"[AID]',
        '"PMC1"[pmcid]',
    ]


def test_records_come_in_sets_of_a_hundred(world: World) -> None:
    with world.client(in_turn(httpx.Response(200, content=MEDLINE))) as client:
        assert len(list(Ncbi(client).records([str(n) for n in range(1, 206)]))) == 3
    assert [len(request.url.params["id"].split(",")) for request in world.requests] == [100, 100, 5]


def test_a_record_carries_its_own_identifiers_and_xml(world: World) -> None:
    with world.client(in_turn(httpx.Response(200, content=MEDLINE))) as client:
        (found,) = Ncbi(client).records(["30000001"])
    assert (found.pmid, found.doi, found.pmcid) == ("30000001", "10.1000/abc.1", "PMC7000001")
    assert found.title == "Ageing of engineered T cells"
    assert found.retraction == "none"
    assert found.raw.startswith(b"<PubmedArticleSet><PubmedArticle>")


@pytest.mark.parametrize(
    ("links", "kind", "state"),
    [
        ("RetractionIn ErratumIn", "", "retracted"),
        ("ExpressionOfConcernIn", "", "concern"),
        ("ErratumIn", "", "corrected"),
        ("", "Retracted Publication", "retracted"),
        ("RetractionOf CommentIn UpdateOf", "Retraction of Publication", "none"),
    ],
)
def test_what_medline_says_against_a_paper(world: World, links: str, kind: str, state: str) -> None:
    told = "".join(
        f'<CommentsCorrections RefType="{t}"><PMID>9</PMID></CommentsCorrections>' for t in links.split()
    )
    types = f"<PublicationTypeList><PublicationType>{kind}</PublicationType></PublicationTypeList></Article>"
    said = f"<CommentsCorrectionsList>{told}</CommentsCorrectionsList></MedlineCitation>"
    body = MEDLINE.replace(b"</Article>", types.encode()).replace(b"</MedlineCitation>", said.encode())
    with world.client(in_turn(httpx.Response(200, content=body))) as client:
        (found,) = Ncbi(client).records(["30000001"])
    assert found.retraction == state


def test_records_that_are_not_there_are_left_out(world: World) -> None:
    nothing = b"<eFetchResult><ERROR>Empty id list - nothing todo</ERROR></eFetchResult>"
    for body in (nothing, b"<?xml version='1.0'?><PubmedArticleSet></PubmedArticleSet>"):
        with world.client(in_turn(httpx.Response(200, content=body))) as client:
            assert list(Ncbi(client).records(["99999999"])) == []


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (ARTICLE.replace(b"body", b"front"), NotFound, "no open full text of PMC7"),
        (b"<pmc-articleset><Reply><error>Cannot retrieve</error></Reply></pmc-articleset>", NotFound, "PMC7"),
        (b"<eFetchResult><ERROR>Backend failure</ERROR></eFetchResult>", BadReply, "Backend failure"),
        (b"<!DOCTYPE html><html>x</html>", BadReply, "a web page"),
        (ARTICLE[:60], BadReply, "half"),
    ],
)
def test_full_text_that_is_none_is_said(
    world: World, body: bytes, kind: type[SourceError], words: str
) -> None:
    with world.client(in_turn(httpx.Response(200, content=body))) as client, pytest.raises(kind, match=words):
        Ncbi(client).full_text("PMC7")


def test_full_text_is_asked_for_by_number(world: World) -> None:
    with world.client(in_turn(httpx.Response(200, content=ARTICLE))) as client:
        assert Ncbi(client).full_text("PMC7") == ARTICLE
    assert (world.requests[0].url.params["db"], world.requests[0].url.params["id"]) == ("pmc", "7")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"esearchresult": {"ERROR": "Invalid field"}}, Refused),
        ({"esearchresult": {"count": "x", "idlist": []}}, BadReply),
        ({"error": "API rate limit exceeded"}, BadReply),
    ],
)
def test_searches_that_fail_are_named(world: World, body: dict[str, Any], kind: type[SourceError]) -> None:
    with world.client(in_turn(httpx.Response(200, json=body))) as client, pytest.raises(kind):
        Ncbi(client).search("cart", Window(), 5)


@pytest.mark.shared
def test_recorded_records_are_read(world: World, shared: Path) -> None:
    files = sorted((shared / "testdata/medline").glob("pmid_*.xml"))
    assert len(files) > 40
    states = {}
    for path in files:
        with world.client(in_turn(httpx.Response(200, content=path.read_bytes()))) as client:
            (found,) = Ncbi(client).records([path.stem.removeprefix("pmid_")])
        assert found.id == f"MED/{path.stem.removeprefix('pmid_')}"
        assert found.title
        assert found.authors
        assert found.year
        states[found.pmid] = found.retraction
    assert {state for pmid, state in states.items() if pmid != "38147649"} == {"none"}
    assert states["38147649"] == "corrected"
