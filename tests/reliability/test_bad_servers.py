"""A server on this machine that misbehaves: the client survives each way, over real sockets."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from ingest.sources.cache import ReplyCache
from ingest.sources.client import Client, Limits, Machinery
from ingest.sources.europepmc import EuropePmc
from ingest.sources.faults import BadReply, Refused, SourceError, TooLarge, Unreachable
from ingest.sources.records import Window

PAGE = b'{"hitCount": 1, "resultList": {"result": [{"id": "1", "source": "MED", "title": "A paper."}]}}'
LIMITS = Limits(read_seconds=0.3, total_seconds=0.6, bytes=200_000, attempts=3, longest_pause=5.0)
Turn = Callable[["_Handler"], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    turns: list[Turn]
    over: Event
    asked: int = 0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked += 1
        turns = self.server.turns
        with suppress(BrokenPipeError, ConnectionResetError):
            (turns.pop(0) if len(turns) > 1 else turns[0])(self)

    def reply(self, body: bytes, status: int = 200, announce: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if announce is None else announce))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def good(handler: _Handler) -> None:
    handler.reply(PAGE)


def silence(handler: _Handler) -> None:
    handler.server.over.wait(5)


def hang_up(handler: _Handler) -> None:
    handler.close_connection = True


def half(handler: _Handler) -> None:
    handler.reply(PAGE[:40], announce=len(PAGE))
    handler.close_connection = True


def drip(handler: _Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.over.wait(0.1):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def huge(handler: _Handler) -> None:
    handler.send_response(200)
    handler.end_headers()  # no length announced: the connection's end is the body's end
    handler.close_connection = True
    for _ in range(1000):
        handler.wfile.write(b" " * 65536)


def bomb(handler: _Handler) -> None:
    handler.reply(gzip.compress(b" " * 2_000_000), Content_Encoding="gzip")


def broken_gzip(handler: _Handler) -> None:
    handler.reply(b"this is not gzip", Content_Encoding="gzip")


def around(handler: _Handler) -> None:
    handler.reply(b"", 302, Location=handler.path)


def page_of_html(handler: _Handler) -> None:
    handler.reply(b"<!DOCTYPE html><html><body>maintenance</body></html>")


def wrong_json(handler: _Handler) -> None:
    handler.reply(b'{"hitCount": 1, "resultList"')


def busy(handler: _Handler) -> None:
    handler.reply(b"slow down", 429, Retry_After="3")


def broken(handler: _Handler) -> None:
    handler.reply(b"oops", 500)


class Talk:
    """What the client said and how long it would have waited."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pauses: list[float] = []


@pytest.fixture
def server() -> Iterator[_Server]:
    served = _Server(("127.0.0.1", 0), _Handler)
    served.turns, served.over = [good], Event()
    thread = Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield served
    served.over.set()
    served.shutdown()
    served.server_close()
    thread.join(5)


def search(server: _Server, talk: Talk, cache: ReplyCache | None = None) -> list[str]:
    machinery = Machinery(sleep=talk.pauses.append)
    with Client(
        agent="test", limits=LIMITS, say=talk.said.append, machinery=machinery, cache=cache
    ) as client:
        service = EuropePmc(client, f"http://127.0.0.1:{server.server_address[1]}/rest")
        return [record.title for record in service.search("cart", Window(), 5)]


@pytest.mark.parametrize(
    "fault", [silence, hang_up, half, drip, page_of_html, wrong_json, busy, broken, broken_gzip]
)
def test_a_fault_that_passes_costs_a_retry(server: _Server, fault: Turn) -> None:
    talk = Talk()
    server.turns = [fault, good]
    assert search(server, talk) == ["A paper"]
    assert server.asked == 2
    assert len(talk.said) == len(talk.pauses) == 1
    assert fault is not busy or 3.0 <= talk.pauses[0] <= 4.0


@pytest.mark.parametrize(
    ("fault", "kind", "asked"),
    [
        (silence, Unreachable, 3),
        (half, Unreachable, 3),
        (broken, Unreachable, 3),
        (busy, Unreachable, 3),
        (page_of_html, BadReply, 3),
        (wrong_json, BadReply, 3),
        (huge, TooLarge, 1),
        (bomb, TooLarge, 1),
        (around, Refused, 6),
    ],
)
def test_a_fault_that_stays_is_an_error_with_advice(
    server: _Server, fault: Turn, kind: type[SourceError], asked: int
) -> None:
    server.turns = [fault]
    begun = time.monotonic()
    with pytest.raises(kind) as raised:
        search(server, Talk())
    assert raised.value.hint
    assert "Europe PMC" in raised.value.message
    assert server.asked == asked
    assert time.monotonic() - begun < 60  # a hang, not a measurement


def test_nobody_listening_is_an_error_with_advice(server: _Server) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(Unreachable, match="Check the connection"):
        search(server, Talk())


def test_an_unchanged_page_is_not_sent_again(server: _Server, tmp_path: Path) -> None:
    sent: list[int] = []

    def named(handler: _Handler) -> None:
        known = handler.headers.get("If-None-Match") == '"v1"'
        sent.append(304 if known else 200)
        handler.reply(b"" if known else PAGE, sent[-1], ETag='"v1"')

    server.turns = [named]
    cache = ReplyCache(tmp_path / "replies")
    assert search(server, Talk(), cache) == search(server, Talk(), cache) == ["A paper"]
    assert sent == [200, 304]
