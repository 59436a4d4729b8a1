"""Whatever a service sends: records, or one of our errors with its words; never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.sources.crossref import Crossref
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import SourceError
from ingest.sources.ncbi import Ncbi
from ingest.sources.records import Record, Window
from tests.ingest.network import World, in_turn

_KEYS = [
    "message",
    "items",
    "DOI",
    "title",
    "author",
    "family",
    "given",
    "name",
    "container-title",
    "issued",
    "updated",
    "date-parts",
    "updated-by",
    "type",
    "source",
    "resultList",
    "result",
    "id",
    "pmid",
    "pmcid",
    "doi",
    "fullName",
    "authorList",
    "authorString",
    "journalInfo",
    "journal",
    "pubYear",
    "commentCorrectionList",
    "ERROR",
    "errMsg",
    "commentCorrection",
    "pubTypeList",
    "pubType",
    "hitCount",
    "nextCursorMark",
    "esearchresult",
    "count",
    "idlist",
]
_SCALARS = (
    st.none() | st.booleans() | st.integers(-5, 3000) | st.sampled_from(["", "10.1/x", "2024", "retraction"])
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=25,
)
_QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def asked(body: bytes, ask: Callable[[Any], object]) -> object:
    """What a service makes of a body, or its error."""
    with World().client(in_turn(httpx.Response(200, content=body))) as client:
        try:
            return ask(client)
        except SourceError as error:
            assert error.message
            return error


def sound(found: object) -> None:
    """Records have text where text belongs."""
    for record in found if isinstance(found, list | tuple) else [found]:
        if isinstance(record, Record):
            assert isinstance(record.title, str)
            assert all(isinstance(name, str) for name in record.authors)
            assert record.year is None or isinstance(record.year, int)
            assert record.retraction in ("none", "corrected", "concern", "retracted")


@_QUICK
@given(_JSON)
def test_europe_pmc(value: Any) -> None:
    wrapped = {
        "hitCount": 1,
        "resultList": {"result": [value, {"id": value, "authorList": value, "pubYear": value}]},
    }
    for body in (value, wrapped):
        sound(asked(json.dumps(body).encode(), lambda c: list(EuropePmc(c).search("x", Window(), 5))))


@_QUICK
@given(_JSON)
def test_crossref(value: Any) -> None:
    work = {"DOI": "10.1/x", "title": value, "author": value, "issued": value, "updated-by": value}
    for body in (value, {"message": value}, {"message": work}, {"message": {"items": [value, work]}}):
        sound(asked(json.dumps(body).encode(), lambda c: Crossref(c).find("10.1/x")))
        sound(asked(json.dumps(body).encode(), lambda c: Crossref(c).titled("x")))


@_QUICK
@given(_JSON)
def test_ncbi_search(value: Any) -> None:
    for body in (value, {"esearchresult": value}):
        asked(json.dumps(body).encode(), lambda c: Ncbi(c).search("x", Window(), 5))


_PIECES = [
    "<PubmedArticleSet>",
    "<PubmedArticle>",
    "<MedlineCitation>",
    "<PMID>12</PMID>",
    "<Article>",
    "</Article>",
    "<ArticleTitle>T</ArticleTitle>",
    "<AuthorList><Author/></AuthorList>",
    "</MedlineCitation>",
    "&alpha;",
    "<PublicationTypeList/>",
    "</PubmedArticle>",
    "</PubmedArticleSet>",
    "<ERROR>x</ERROR>",
    "x",
    "\x00",
    "<!--",
]


@_QUICK
@given(st.lists(st.sampled_from(_PIECES), max_size=16))
def test_ncbi_records(parts: list[str]) -> None:
    sound(asked("".join(parts).encode(), lambda c: list(Ncbi(c).records(["12"]))))


@pytest.mark.parametrize("body", [b"", b"null", b"0", b"[" * 100_000, b"\xff\xfe", b'{"message": NaN}'])
def test_bodies_that_are_hardly_json(body: bytes) -> None:
    for ask in (
        lambda c: list(EuropePmc(c).search("x", Window(), 5)),
        lambda c: Crossref(c).find("10.1/x"),
        lambda c: Ncbi(c).search("x", Window(), 5),
    ):
        assert isinstance(asked(body, ask), SourceError)
