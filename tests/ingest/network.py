"""A world without a network for the clients: a clock that only sleeping moves, and recorded replies."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from ingest.sources.cache import ReplyCache
from ingest.sources.client import Client, Limits, Machinery, Service

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SERVICE = Service("Europe PMC", "https://service.example/rest", 0.5)
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class World:
    """Clock, pauses and what was said; `requests` are those that reached the transport."""

    seconds: float = 100.0
    pauses: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def client(
        self,
        handler: Handler,
        *,
        limits: Limits | None = None,
        cache: ReplyCache | None = None,
        contact: str = "",
        offline: bool = False,
    ) -> Client:
        """A client whose requests end in `handler`."""

        def answered(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return handler(request)

        return Client(
            agent="senescope/test",
            contact=contact,
            offline=offline,
            limits=limits,
            cache=cache,
            say=self.said.append,
            machinery=Machinery(
                monotonic=lambda: self.seconds,
                now=lambda: START + timedelta(seconds=self.seconds - 100.0),
                sleep=self.sleep,
                chance=random.Random(7),
                transport=httpx.MockTransport(answered),
            ),
        )


def in_turn(*replies: httpx.Response | Exception) -> Handler:
    """Answers with each reply once, the last one for ever."""
    waiting = list(replies)

    def handler(_request: httpx.Request) -> httpx.Response:
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    return handler


@dataclass(frozen=True)
class Recorded:
    """One exchange of a VCR cassette."""

    url: httpx.URL
    response: httpx.Response


def cassette(path: Path) -> list[Recorded]:
    """The exchanges of a recorded session, bodies as they went over the wire."""
    loaded: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    found = []
    for exchange in loaded["interactions"]:
        reply = exchange["response"]
        body = reply["body"]["string"]
        headers = {name: values[0] for name, values in reply["headers"].items()}
        # The recorder kept the decoded text where the body is text, whatever the header says.
        kept = {
            k: v
            for k, v in headers.items()
            if k.lower() not in ("transfer-encoding", "content-length")
            and not (k.lower() == "content-encoding" and isinstance(body, str))
        }
        content = body.encode() if isinstance(body, str) else body
        found.append(
            Recorded(
                httpx.URL(exchange["request"]["uri"]),
                httpx.Response(reply["status"]["code"], headers=kept, content=content),
            )
        )
    return found


def replay(recorded: list[Recorded]) -> Handler:
    """Answers each request with what was recorded for its path and for the parameters that say what is asked.

    Parameters that say who asks differ between the recording projects and us.
    """

    def handler(request: httpx.Request) -> httpx.Response:
        for exchange in recorded:
            if exchange.url.path == request.url.path:
                return exchange.response
        return httpx.Response(404, text="Resource not found.")

    return handler
