"""One polite way to ask a literature service over HTTP.

Requests to a host keep a distance; a failed one is tried again after a growing, jittered pause or after
the pause that the server names (Retry-After); answers have a limit in time, size and redirects; what the
server names by ETag or Last-Modified is kept on disk and asked for conditionally. Clock, pause, chance and
transport are arguments, so that tests run without waiting and without a network. `httpx` alone is enough
for this: retry libraries decide on exceptions, while here the answer itself has to be read to know whether
it is whole (half a body, an HTML page in place of XML).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode, urlsplit

from ingest.sources.cache import ReplyCache
from ingest.sources.faults import BadReply, NotFound, Offline, Refused, SourceError, TooLarge, Unreachable

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_SECRET = ("api_key", "email", "mailto", "tool")
"""Parameters that say who asks, not what is asked: never part of a message or of a cache entry's name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a single request may cost; times in seconds, sizes in bytes."""

    read_seconds: float = 30.0
    """Without a byte arriving, and for the connection itself."""
    total_seconds: float = 180.0
    """For one attempt from the first byte sent to the last received: a slow drip ends here."""
    bytes: int = 64 * 1024 * 1024
    """Of one answer, after decompression."""
    redirects: int = 5
    attempts: int = 4
    longest_pause: float = 60.0
    """A server that asks for more than this is left alone, and the user told when to come back."""


@dataclass(frozen=True, slots=True)
class Service:
    """A literature service: its name for messages, its address, and the distance between requests."""

    name: str
    url: str
    """Without a slash at its end."""
    seconds_apart: float = 0.2


@dataclass(slots=True)
class Machinery:
    """What the world outside gives: replaced in tests."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)
    transport: httpx.BaseTransport | None = None


class Client:
    """Asks services; use as a context manager, from one thread.

    Arguments:
        agent: the program and its version, such as `senescope/0.1.0`.
        contact: an e-mail address at which the services can reach the user; may be empty.
        offline: raise `Offline` instead of connecting to anything but this machine.
        say: told whatever is tried again or waited for.
    """

    def __init__(
        self,
        *,
        agent: str,
        contact: str = "",
        offline: bool = False,
        limits: Limits | None = None,
        cache: ReplyCache | None = None,
        say: Callable[[str], None] | None = None,
        machinery: Machinery | None = None,
    ) -> None:
        self.agent = agent
        self.contact = contact
        self.offline = offline
        self._limits = limits or Limits()
        self._cache = cache
        self._say = say or (lambda _message: None)
        self._world = machinery or Machinery()
        self._http: httpx.Client | None = None
        self._free: dict[str, float] = {}
        """Host to the moment from which it may be asked again."""
        self._silent_hosts: set[str] = set()
        """Hosts that could not be connected to in all attempts: from then on one attempt is enough."""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._world.now()

    def get(
        self,
        service: Service,
        path: str,
        params: Mapping[str, str],
        *,
        read: Callable[[bytes], T],
        accept: str,
    ) -> T:
        """Ask for a thing and read it.

        Arguments:
            read: turns the whole body into the result; raises BadReply when it is not what was asked for,
                which is tried again, because services show error pages under status 200.

        Raises:
            SourceError: one of the kinds in `ingest.sources.faults`.
        """
        address = f"{service.url}{path}"
        if self.offline and not _here(address):
            raise Offline(
                f"{service.name} was not asked: offline is set.",
                hint="Run it again without --offline (SENESCOPE_OFFLINE, `offline` in config.toml).",
            )
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise Refused(f"{service.url!r} is no address of {service.name}.", hint=_ADDRESS)
        attempt, host = 0, urlsplit(address).netloc
        while True:
            attempt += 1
            self._keep_distance(service)
            try:
                found = read(self._ask(service, address, params, accept))
                self._silent_hosts.discard(host)
                return found
            except _Again as again:
                if attempt >= self._limits.attempts or (again.unheard and host in self._silent_hosts):
                    if again.unheard:
                        self._silent_hosts.add(host)
                    raise again.fault from again
                self._pause(service, again.fault, attempt, again.pause)
            except TooLarge:
                raise
            except BadReply as bad:
                if attempt >= self._limits.attempts:
                    raise
                self._pause(service, bad, attempt, None)

    # -- one attempt ------------------------------------------------------------------------------

    def _ask(self, service: Service, address: str, params: Mapping[str, str], accept: str) -> bytes:
        import httpx

        key = f"{address}?{urlencode({k: v for k, v in sorted(params.items()) if k not in _SECRET})}"
        kept = self._cache.get(key) if self._cache is not None else None
        headers = {"Accept": accept, **(kept.conditions if kept is not None else {})}
        try:
            url = httpx.URL(address, params=dict(params))
            response, body = self._exchange(service, url, headers)
            self._heed(service, response.headers)
        except httpx.TimeoutException as error:
            unheard = isinstance(error, httpx.ConnectTimeout)
            raise _Again(self._silent(service, _timeout_words(error)), unheard=unheard) from error
        except httpx.DecodingError as error:
            raise BadReply(
                f"{service.name} sent a compressed answer that is damaged ({error}).", hint=_LATER
            ) from error
        except httpx.InvalidURL as error:
            raise Refused(f"{service.url!r} is no address of {service.name}.", hint=_ADDRESS) from error
        except httpx.TransportError as error:
            unheard = isinstance(error, httpx.ConnectError)
            raise _Again(
                self._silent(service, f"{type(error).__name__}: {error}"), unheard=unheard
            ) from error
        if response.status_code == 304 and kept is not None and self._cache is not None:
            self._cache.used(key)
            return kept.body
        self._judge(service, response, body)
        if self._cache is not None:
            self._cache.put(
                key,
                body,
                etag=response.headers.get("ETag"),
                modified=response.headers.get("Last-Modified"),
            )
        return body

    def _exchange(
        self, service: Service, url: httpx.URL, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes]:
        """Send, follow redirects within limits, and read the body within limits."""
        client = self._opened()
        request = client.build_request("GET", url, headers=dict(headers))
        ends = self._world.monotonic() + self._limits.total_seconds
        for _ in range(self._limits.redirects + 1):
            response = client.send(request, stream=True)
            try:
                if not response.has_redirect_location:
                    return response, self._body(service, response, ends)
                following = response.next_request
            finally:
                response.close()
            if following is None or (url.scheme == "https" and following.url.scheme != "https"):
                raise Refused(
                    f"{service.name} redirects to an address that is not secure.",
                    hint=_ADDRESS,
                )
            if _here(str(following.url)) and not _here(str(url)):
                raise Refused(f"{service.name} redirects to this machine.", hint=_ADDRESS)
            request = following
        raise Refused(
            f"{service.name} redirected more than {self._limits.redirects} times without an answer.",
            hint=_ADDRESS,
        )

    def _body(self, service: Service, response: httpx.Response, ends: float) -> bytes:
        most = self._limits.bytes
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise _too_large(service, int(announced), most)
        parts: list[bytes] = []
        size = 0
        # As it arrives: with a chunk size httpx would wait for a chunk to fill, and miss a slow drip.
        for part in response.iter_bytes():
            size += len(part)
            if size > most:
                raise _too_large(service, size, most)
            if self._world.monotonic() > ends:
                raise _Again(
                    self._silent(
                        service, f"not whole after {self._limits.total_seconds:g} s ({size:,} bytes)"
                    )
                )
            parts.append(part)
        return b"".join(parts)

    def _judge(self, service: Service, response: httpx.Response, body: bytes) -> None:
        status = response.status_code
        if status == 200:
            return
        words = _first_words(body)
        if status in _AGAIN:
            pause = _asked_pause(response.headers.get("Retry-After"), self._world.now())
            fault = Unreachable(f"{service.name} answered {status}{words}.", hint=_LATER)
            if pause is not None and pause > self._limits.longest_pause:
                raise Refused(
                    f"{service.name} answered {status} and asks for {pause:,.0f} s of silence.",
                    hint="Run it again then; what was fetched so far is in.",
                )
            raise _Again(fault, pause)
        if status in (404, 410):
            raise NotFound(f"{service.name} does not hold it ({status}).")
        if status in (401, 403):
            raise Refused(
                f"{service.name} answered {status}{words}.",
                hint="Check `sources.ncbi_api_key`, `sources.contact` and any proxy.",
            )
        raise Refused(f"{service.name} answered {status}{words}.", hint="Check the query and the identifier.")

    # -- manners ----------------------------------------------------------------------------------

    def _keep_distance(self, service: Service) -> None:
        if _here(service.url):
            return  # a mirror on this machine needs no manners
        host = urlsplit(service.url).netloc
        moment = self._world.monotonic()
        wait = self._free.get(host, moment) - moment
        if wait > 0:
            self._world.sleep(wait)
        self._free[host] = self._world.monotonic() + service.seconds_apart

    def _heed(self, service: Service, headers: Mapping[str, str]) -> None:
        """Keep the rate that an answer names: services change theirs."""
        told = min(_told_distance(headers), self._limits.longest_pause)
        if told > service.seconds_apart and not _here(service.url):
            host = urlsplit(service.url).netloc
            self._free[host] = max(self._free.get(host, 0.0), self._world.monotonic() + told)

    def _pause(self, service: Service, fault: SourceError, attempt: int, asked: float | None) -> None:
        grown = min(2.0 ** (attempt - 1), self._limits.longest_pause)
        # Jitter below the asked pause would be rude, so it is added there and taken off elsewhere.
        drawn = self._world.chance.random()
        pause = asked + drawn if asked is not None else grown * (0.5 + drawn / 2)
        count = f"attempt {attempt + 1} of {self._limits.attempts}"
        self._say(f"{fault.message} Trying again in {pause:.1f} s ({count})")
        self._world.sleep(pause)

    def _silent(self, service: Service, words: str) -> Unreachable:
        return Unreachable(
            f"{service.name} gave no whole answer: {words}.",
            hint="Check the connection and proxy, or run it again later; what was fetched so far is in.",
        )

    def _opened(self) -> httpx.Client:
        if self._http is None:
            import httpx

            contact = f" (mailto:{self.contact})" if self.contact else ""
            self._http = httpx.Client(
                transport=self._world.transport,
                headers={"User-Agent": f"{self.agent}{contact}"},
                timeout=httpx.Timeout(self._limits.read_seconds),
                follow_redirects=False,
            )
        return self._http


class _Again(Exception):
    """This attempt failed in a way that may pass; `pause` is what the server asked for, in seconds.

    `unheard`: there was no connection at all.
    """

    def __init__(self, fault: SourceError, pause: float | None = None, *, unheard: bool = False) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.pause = pause
        self.unheard = unheard


_LATER = "Run it again later; what was fetched so far is in."
_ADDRESS = "Check the `sources.*_url` settings; the service may have moved."


def _too_large(service: Service, size: int, most: int) -> TooLarge:
    return TooLarge(
        f"{service.name} sent more than {most / 1e6:.0f} MB ({size / 1e6:.0f} MB so far): not read further.",
        hint="Ask for less: a narrower query, or a single identifier.",
    )


def _timeout_words(error: Exception) -> str:
    return "the connection timed out" if "Connect" in type(error).__name__ else "it timed out"


def _first_words(body: bytes) -> str:
    """The beginning of an error text, as `: ...`; nothing where it is a page of HTML."""
    text = " ".join(body[:400].decode("utf-8", "replace").split())
    return f": {text[:160]}" if text and not text.startswith("<") else ""


def _asked_pause(header: str | None, now: datetime) -> float | None:
    """Retry-After as seconds from now: a number, or a date."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _told_distance(headers: Mapping[str, str]) -> float:
    """Seconds between requests by X-Rate-Limit-Limit and -Interval ("5" and "1s"); 0 when not said."""
    limit, interval = (headers.get(f"X-Rate-Limit-{name}", "") for name in ("Limit", "Interval"))
    seconds = interval.strip().removesuffix("s")
    if not (limit.strip().isdecimal() and seconds.isdecimal() and int(limit)):
        return 0.0
    return int(seconds) / int(limit)


def _here(address: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(address).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
