"""The client waits, tries again, remembers and gives up as it says."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from ingest.sources.cache import ReplyCache
from ingest.sources.client import Limits, Service
from ingest.sources.faults import BadReply, NotFound, Offline, Refused, SourceError, TooLarge, Unreachable
from tests.ingest.network import SERVICE, START, Handler, World, in_turn

OK = httpx.Response(200, content=b"good")


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, handler: Handler, *, limits: Limits | None = None) -> bytes:
    with world.client(handler, limits=limits) as client:
        return client.get(SERVICE, "/x", {"q": "1"}, read=bytes, accept="*/*")


def test_an_answer_is_read_and_the_request_says_who_asks(world: World) -> None:
    with world.client(in_turn(OK), contact="me@lab.example") as client:
        assert client.get(SERVICE, "/x", {"q": "a b"}, read=bytes, accept="application/json") == b"good"
    (request,) = world.requests
    assert str(request.url) == "https://service.example/rest/x?q=a+b"
    assert request.headers["User-Agent"] == "senescope/test (mailto:me@lab.example)"
    assert request.headers["Accept"] == "application/json"
    assert world.pauses == []


def test_requests_to_a_host_keep_their_distance(world: World) -> None:
    other = Service("Crossref", "https://other.example", 0.5)
    with world.client(in_turn(OK)) as client:
        for service in (SERVICE, other, SERVICE):
            client.get(service, "/x", {}, read=bytes, accept="*/*")
    assert world.pauses == [0.5]  # the other host did not have to wait


@pytest.mark.parametrize(
    ("limit", "interval", "pause"),
    [("1", "2s", 2.0), ("50", "1s", 0.5), ("0", "1s", 0.5), ("much", "long", 0.5), ("1", "86400s", 60.0)],
)
def test_the_rate_that_an_answer_names_is_kept(world: World, limit: str, interval: str, pause: float) -> None:
    named = httpx.Response(
        200, content=b"good", headers={"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Interval": interval}
    )
    with world.client(in_turn(named, OK)) as client:
        for _ in range(2):
            client.get(SERVICE, "/x", {}, read=bytes, accept="*/*")
    assert world.pauses == [pause]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_and_said(world: World, status: int) -> None:
    assert ask(world, in_turn(httpx.Response(status), httpx.Response(status), OK)) == b"good"
    assert len(world.requests) == 3
    assert [f"answered {status}" in line for line in world.said] == [True, True]
    assert 0.5 <= world.pauses[0] <= 1.0 < world.pauses[1] + 0.5 <= 2.5  # grows, with jitter


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    ],
)
def test_a_broken_connection_is_tried_again(world: World, fault: Exception) -> None:
    assert ask(world, in_turn(fault, OK)) == b"good"


@pytest.mark.parametrize("fault", [httpx.ConnectError("no such name"), httpx.ConnectTimeout("slow")])
def test_a_host_that_nobody_reaches_is_not_waited_for_again(world: World, fault: Exception) -> None:
    with world.client(in_turn(*[fault] * 5, OK, fault)) as client:
        asked = []
        for _ in range(2):
            with pytest.raises(Unreachable):
                client.get(SERVICE, "/x", {}, read=bytes, accept="*/*")
            asked.append(len(world.requests))
        assert asked == [4, 5]  # a lookup of a hundred papers without a network ends soon
        client.get(SERVICE, "/x", {}, read=bytes, accept="*/*")
        with pytest.raises(Unreachable):
            client.get(SERVICE, "/x", {}, read=bytes, accept="*/*")
        assert len(world.requests) == 6 + 4  # it answered once: attempts count anew


def test_after_all_attempts_the_error_says_what_to_do(world: World) -> None:
    with pytest.raises(Unreachable, match=r"Europe PMC answered 503\..*later"):
        ask(world, in_turn(httpx.Response(503)))
    assert len(world.requests) == 4
    assert len(world.said) == 3


@pytest.mark.parametrize("as_date", [False, True])
def test_the_pause_that_the_server_asks_for_is_kept(world: World, as_date: bool) -> None:
    header = format_datetime(START + timedelta(seconds=7), usegmt=True) if as_date else "7"
    assert ask(world, in_turn(httpx.Response(429, headers={"Retry-After": header}), OK)) == b"good"
    assert 7.0 <= world.pauses[0] <= 8.0


def test_a_server_that_wants_a_long_pause_is_left_alone(world: World) -> None:
    with pytest.raises(Refused, match="3,600 s"):
        ask(world, in_turn(httpx.Response(429, headers={"Retry-After": "3600"})))
    assert world.pauses == []


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Refused), (401, Refused), (403, Refused), (404, NotFound), (410, NotFound)]
)
def test_a_definite_no_is_not_asked_again(world: World, status: int, kind: type[SourceError]) -> None:
    with pytest.raises(kind):
        ask(world, in_turn(httpx.Response(status, text="no such field")))
    assert len(world.requests) == 1


def test_secrets_stay_out_of_messages_and_of_the_disk(world: World, tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    secret = {"api_key": "k3y", "email": "me@lab.example", "q": "1"}
    replies = in_turn(httpx.Response(200, headers={"ETag": '"1"'}, content=b"body"), httpx.Response(403))
    with world.client(replies, cache=cache) as client:
        client.get(SERVICE, "/x", secret, read=bytes, accept="*/*")
        with pytest.raises(Refused) as refused:
            client.get(SERVICE, "/x", secret, read=bytes, accept="*/*")
    assert "k3y" not in str(refused.value)
    assert all(b"k3y" not in path.read_bytes() for path in tmp_path.iterdir())
    # Another key asks for the same thing, so the same entry answers.
    with world.client(in_turn(httpx.Response(304)), cache=cache) as client:
        assert client.get(SERVICE, "/x", {"api_key": "new", "q": "1"}, read=bytes, accept="*/*") == b"body"


def test_what_the_server_names_is_asked_for_conditionally(world: World, tmp_path: Path) -> None:
    stamp = "Mon, 02 Nov 2026 10:00:00 GMT"

    def handler(request: httpx.Request) -> httpx.Response:
        if request.headers.get("If-None-Match") == '"v1"' and request.headers["If-Modified-Since"] == stamp:
            return httpx.Response(304)
        return httpx.Response(200, headers={"ETag": '"v1"', "Last-Modified": stamp}, content=b"the body")

    for _ in range(2):
        with world.client(handler, cache=ReplyCache(tmp_path)) as client:
            assert client.get(SERVICE, "/x", {}, read=bytes, accept="*/*") == b"the body"
    assert [r.headers.get("If-None-Match") for r in world.requests] == [None, '"v1"']


def test_a_damaged_or_unnamed_entry_is_not_used(world: World, tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    assert not cache.put("a", b"x", etag=None, modified=None)
    assert cache.put("a", b"whole", etag='"1"', modified=None)
    (entry,) = tmp_path.glob("*.reply")
    entry.write_bytes(entry.read_bytes()[:-2])
    assert cache.get("a") is None
    blocked = tmp_path / "file"
    blocked.touch()
    assert not ReplyCache(blocked).put("a", b"x", etag='"1"', modified=None)  # the disk does not take it
    assert list(tmp_path.glob("*.part")) == []


def test_the_cache_drops_what_was_used_longest_ago(tmp_path: Path) -> None:
    import os

    cache = ReplyCache(tmp_path, most_bytes=700)
    for number, name in enumerate("abc"):
        cache.put(name, b"x" * 200, etag='"1"', modified=None)
        for path in tmp_path.glob("*.reply"):
            if path.stat().st_mtime > 1e6:
                os.utime(path, (number, number))
    cache.put("d", b"x" * 200, etag='"1"', modified=None)
    assert [cache.get(name) is not None for name in "abcd"] == [False, False, True, True]


def test_a_body_is_not_read_past_its_limit(world: World) -> None:
    limits = Limits(bytes=1000)
    with pytest.raises(TooLarge, match="not read further"):
        ask(world, in_turn(httpx.Response(200, headers={"Content-Length": "2000"})), limits=limits)

    def endless() -> httpx.Response:
        return httpx.Response(200, content=(b"x" * 100 for _ in range(10**9)))

    with pytest.raises(TooLarge):
        ask(world, in_turn(endless()), limits=limits)
    assert world.pauses == [0.5 + 0.0] or world.pauses == []  # never tried again


def test_an_answer_that_cannot_be_read_is_tried_again(world: World) -> None:
    def read(body: bytes) -> str:
        if body != b"good":
            raise BadReply("Europe PMC sent a web page.")
        return body.decode()

    with world.client(in_turn(httpx.Response(200, content=b"<html>"), OK)) as client:
        assert client.get(SERVICE, "/x", {}, read=read, accept="*/*") == "good"
    with (
        world.client(in_turn(httpx.Response(200, content=b"<html>"))) as client,
        pytest.raises(BadReply, match="web page"),
    ):
        client.get(SERVICE, "/x", {}, read=read, accept="*/*")


def moved(to: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": to})


def test_redirects_are_followed_within_limits(world: World) -> None:
    assert ask(world, in_turn(moved("/rest/y"), moved("https://other.example/z"), OK)) == b"good"
    assert [request.url.host for request in world.requests] == ["service.example"] * 2 + ["other.example"]
    with pytest.raises(Refused, match="more than 5 times"):
        ask(world, in_turn(moved("/rest/x")))


@pytest.mark.parametrize(
    "to", ["http://service.example/rest/x", "https://127.0.0.1/x", "https://localhost/x"]
)
def test_redirects_to_unsafe_places_are_refused(world: World, to: str) -> None:
    with pytest.raises(Refused, match="redirects to"):
        ask(world, in_turn(moved(to)))
    assert len(world.requests) == 1


def test_offline_says_so_before_anything_is_sent(world: World) -> None:
    with (
        world.client(in_turn(OK), offline=True) as client,
        pytest.raises(Offline, match="offline is set.*--offline"),
    ):
        client.get(SERVICE, "/x", {}, read=bytes, accept="*/*")
    assert world.requests == []
    assert world.pauses == []


def test_an_address_that_is_none_is_named(world: World) -> None:
    with (
        world.client(in_turn(OK)) as client,
        pytest.raises(Refused, match=r"'ftp//nowhere' is no address of X.*sources"),
    ):
        client.get(Service("X", "ftp//nowhere"), "/x", {}, read=bytes, accept="*/*")
