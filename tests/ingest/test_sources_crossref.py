"""Crossref's works become records; updates become states of a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.sources.crossref import Crossref, notices_in, record_from
from ingest.sources.faults import BadReply
from tests.ingest.network import World, cassette, in_turn, replay

WORK: dict[str, Any] = {
    "DOI": "10.1000/ABC.1",
    "title": ["Ageing of <i>engineered</i> T cells"],
    "author": [
        {"given": "Jane", "family": "Doe", "sequence": "first"},
        {"name": "The CAR Group"},
        {"family": "Roe"},
    ],
    "container-title": ["Journal of Tests &amp; Trials"],
    "issued": {"date-parts": [[2021, 3]]},
    "created": {"date-parts": [[2020, 12, 31]]},
}


def update(kind: str, source: str = "publisher", day: tuple[int, ...] = (2023, 4, 22)) -> dict[str, Any]:
    return {
        "DOI": "10.1000/Notice",
        "type": kind,
        "label": kind.title(),
        "source": source,
        "updated": {"date-parts": [list(day)], "timestamp": 1682121600000},
        "record-id": "12345",
    }


@pytest.fixture
def world() -> World:
    return World()


def test_a_work_becomes_a_record() -> None:
    record = record_from(WORK)
    assert record.title == "Ageing of engineered T cells"
    assert record.authors == ("Doe Jane", "The CAR Group", "Roe")
    assert (record.journal, record.year, record.doi) == ("Journal of Tests & Trials", 2021, "10.1000/abc.1")
    assert record.retraction == "none"


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["retraction"], "retracted"),
        (["withdrawal"], "retracted"),
        (["removal"], "retracted"),
        (["correction", "retraction"], "retracted"),
        (["expression_of_concern", "erratum"], "concern"),
        (["Expression of concern"], "concern"),
        (["partial_retraction"], "retracted"),
        (["corrigendum"], "corrected"),
        (["addendum"], "none"),
        (["new_version", "clarification"], "none"),
        ([], "none"),
    ],
)
def test_updates_become_states(kinds: list[str], state: str) -> None:
    assert record_from({**WORK, "updated-by": [update(kind) for kind in kinds]}).retraction == state


def test_retraction_watch_is_named_with_notice_and_day() -> None:
    (flag,) = record_from({**WORK, "updated-by": [update("retraction", "retraction-watch")]}).flags
    assert (flag.source, flag.notice, flag.date) == ("Retraction Watch", "10.1000/notice", "2023-04-22")
    (flag,) = record_from({**WORK, "updated-by": [update("retraction", day=(2023,))]}).flags
    assert (flag.source, flag.date) == ("Crossref", "2023")


def test_a_notice_names_the_paper_it_is_about() -> None:
    notice = {"DOI": "10.1000/NOTICE", "update-to": [{**update("retraction"), "DOI": "10.1000/ABC.1"}]}
    ((about, flag),) = notices_in(notice)
    assert (about, flag.state, flag.notice) == ("10.1000/abc.1", "retracted", "10.1000/notice")
    assert record_from(notice).retraction == "none"  # the notice itself was not retracted


def test_dois_are_asked_for_together_and_odd_ones_alone(world: World) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/works":
            return httpx.Response(200, json={"message": {"items": [WORK]}})
        return httpx.Response(200, json={"message": {**WORK, "DOI": "10.1000/a,b"}})

    with world.client(handler, contact="me@lab.example") as client:
        found = list(Crossref(client).find_all(["10.1000/abc.1", "10.1000/a,b", "10.1000/gone"]))
    assert [record.doi for record in found] == ["10.1000/abc.1", "10.1000/a,b"]
    together, alone = world.requests
    assert together.url.params["filter"] == "doi:10.1000/abc.1,doi:10.1000/gone"
    assert together.url.params["mailto"] == "me@lab.example"
    assert alone.url.raw_path.startswith(b"/works/10.1000%2Fa%2Cb")


@pytest.mark.parametrize("body", [b"{}", b'{"message": {}}', b'{"message": []}', b"Resource not found."])
def test_replies_of_another_shape_are_named(world: World, body: bytes) -> None:
    with world.client(in_turn(httpx.Response(200, content=body))) as client:
        with pytest.raises(BadReply, match="Crossref"):
            Crossref(client).find("10.1000/x")
        with pytest.raises(BadReply, match="Crossref"):
            Crossref(client).titled("A title")


@pytest.mark.shared
def test_recorded_works_become_records(world: World, shared: Path) -> None:
    recorded = cassette(shared / "testdata/api/crossref_test_works_with_one_id.yaml")
    with world.client(replay(recorded)) as client:
        record = Crossref(client).find("10.1371/journal.pone.0033693")
    assert record is not None
    assert record.doi == "10.1371/journal.pone.0033693"
    assert record.title.startswith("Methylphenidate Exposure Induces Dopamine Neuron Loss")
    assert (record.journal, record.year) == ("PLoS ONE", 2012)
    assert (len(record.authors), record.retraction) == (6, "corrected")


@pytest.mark.shared
def test_a_recorded_404_is_no_record(world: World, shared: Path) -> None:
    recorded = cassette(shared / "testdata/api/crossref_test_works_bad_id_warn.yaml")
    with world.client(replay(recorded)) as client:
        assert Crossref(client).find("10.1371/notarealdoi") is None


@pytest.mark.shared
def test_recorded_title_searches_become_records(world: World, shared: Path) -> None:
    recorded = cassette(shared / "testdata/api/paperqa_test_crossref_retraction_status.yaml")
    with world.client(replay(recorded)) as client:
        (record,) = Crossref(client).titled("The Dilemma and Countermeasures of Music Education")
    assert record.doi == "10.1155/2022/8341966"
    nothing = [
        e for e in cassette(shared / "testdata/api/paperqa_test_bad_dois.yaml") if "crossref" in e.url.host
    ]
    with world.client(replay(nothing)) as client:
        assert Crossref(client).titled("abs12032jsdafn") == ()
