"""The chat in a browser: textual-serve's server behind a door of our own.

A web page of anybody may open a connection to a server on this machine. So every request must name a host
that this server answers for, a connection must come from a page of the server itself, and where a token is
set nothing at all is answered without it. The page loads nothing from elsewhere.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import shlex
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp_jinja2
from aiohttp import web
from textual_serve.server import Server

from assistant.errors import EnvironmentFault, UsageError

COOKIE = "senescope-token"
LOOPBACK = "127.0.0.1"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_RULES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'"
)
"""Content security policy: even a page that was tampered with loads nothing from elsewhere."""


def local(host: str) -> bool:
    """Whether a host name means this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def serve(arguments: Sequence[str], host: str, port: int, token: str, say: Callable[[str], None]) -> None:
    """Serve the chat until Ctrl+C.

    Arguments:
        arguments: the command line of one chat; each browser tab gets a process of its own.
        host: address to listen on.
        port: TCP port; 0 takes a free one.
        token: what a browser has to know; may be empty on this machine only.
        say: gets the address once the server listens.

    Raises:
        UsageError: the address can be reached from elsewhere and there is no token.
        EnvironmentFault: the address cannot be listened on.
    """
    if not token and not local(host):
        raise UsageError(
            f"{host} can be reached from other machines: the chat is not served there without a token.",
            hint="Add --token WORD, or --token auto for one that is made up; or leave out --host.",
        )
    door = _Door(shlex.join(arguments), host, port, token, say)
    try:
        door.listen()
    except OSError as error:
        raise EnvironmentFault(
            f"The chat cannot be served on {host}:{port}: {error.strerror or error}.",
            hint="Choose another --port, or 0 for any that is free.",
        ) from error


class _Door(Server):
    """textual-serve's server with checks before every request, our page, and no words on stdout."""

    def __init__(self, command: str, host: str, port: int, token: str, say: Callable[[str], None]) -> None:
        super().__init__(
            command, host=host, port=port, title="Senescope", templates_path=Path(__file__).parent / "web"
        )
        self._token = token
        self._say = say

    def listen(self) -> None:
        """Run until Ctrl+C or a signal."""
        logging.getLogger("textual-serve").addHandler(logging.StreamHandler(sys.stderr))
        web.run_app(self._make_app(), host=self.host, port=self.port, print=self._listening)

    def _listening(self, text: str) -> None:
        """aiohttp's own words, of which the address is taken: it knows which free port it got."""
        address = next((word for word in text.split() if word.startswith("http://")), "")
        if not address:
            return
        query = f"?token={self._token}" if self._token else ""
        self._say(f"the chat is served at {address}/{query}  (Ctrl+C ends it)")

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing here: `_listening` does, once the port is known."""

    @property
    def _guard(self) -> Any:
        @web.middleware
        async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
            self._check(request)
            response = await handler(request)
            if not response.prepared:
                response.headers["Content-Security-Policy"] = _RULES
                response.headers["Referrer-Policy"] = "no-referrer"
                if self._token and request.query.get("token"):
                    response.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict")
            return response

        return guard

    def _check(self, request: web.Request) -> None:
        """Refuse what does not come from a page of this server."""
        name = urlsplit(f"//{request.host}").hostname or ""
        # Without a token the name must be this machine's own, or a page elsewhere could rename itself to it.
        if not self._token and not local(name):
            raise web.HTTPForbidden(text=f"This chat answers at {self.host} only, not as {name!r}.\n")
        if request.path == "/ws":
            origin = request.headers.get("Origin", "")
            if urlsplit(origin).netloc != request.host:
                raise web.HTTPForbidden(text=f"A page of {origin or 'nowhere'} may not open this chat.\n")
        if self._token:
            given = request.query.get("token") or request.cookies.get(COOKIE, "")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                raise web.HTTPUnauthorized(text="This chat needs its token: open it with ?token=WORD.\n")

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page; its addresses are those that the browser used."""
        secure = request.headers.get("X-Forwarded-Proto", request.scheme) == "https"
        size = request.query.get("fontsize", "")
        context = {
            "font_size": int(size) if size.isdigit() and 6 <= int(size) <= 60 else 16,
            "websocket": f"{'wss' if secure else 'ws'}://{request.host}/ws",
        }
        return aiohttp_jinja2.render_template("index.html", request, context)
