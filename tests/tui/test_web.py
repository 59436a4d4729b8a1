"""`senescope serve` without a browser: its door, its page, and a chat through the page's own protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from assistant.tui.web import local
from tests.cli.shell import SENESCENCE, process
from tests.tui.served import Tab, served


@pytest.fixture
def address(own_home: Path) -> Iterator[str]:
    with served(own_home) as found:
        yield found


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("localhost", True), ("[::1]", True), ("::1", True),
     ("0.0.0.0", False), ("192.168.1.4", False), ("::", False), ("localhost.example.org", False),
     ("127.0.0.1.example.org", False), ("", False)],
)  # fmt: skip
def test_only_this_machine_is_local(host: str, is_local: bool) -> None:
    assert local(host) is is_local


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_other_machines_are_not_served_without_a_token(tmp_path: Path, host: str) -> None:
    ran = process(tmp_path, "serve", "--host", host)
    assert ran.code == 2 and ran.out == ""
    assert "without a token" in ran.err and "--token auto" in ran.err


def test_a_weak_token_is_refused(tmp_path: Path) -> None:
    ran = process(tmp_path, "serve", "--token", "abc")
    assert ran.code == 3 and "too weak" in ran.err


async def test_the_page_loads_nothing_from_elsewhere(address: str) -> None:
    async with aiohttp.ClientSession() as client, client.get(address) as page:
        text = await page.text()
        assert page.status == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        loaded = re.findall(r"(?:href|src)=\"([^\"]+)\"|url\(\"?([^\")]+)", text)
        parts = [first or second for first, second in loaded]
        assert len(parts) >= 4
        for part in parts:
            assert part.startswith(("/static/", "data:")), part
            if part.startswith("/"):
                async with client.get(address + part) as answer:
                    assert answer.status == 200, part
                    if part.endswith(".css"):
                        assert not re.search(r"url\(|@import", await answer.text())


async def test_a_question_is_answered_through_the_page_s_protocol(address: str) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{address}/ws?width=100&height=40", headers={"Origin": address}) as socket,
    ):
        tab = Tab(socket)
        await tab.until("papers")
        await tab.keys(SENESCENCE)
        await tab.keys("\r")
        await tab.until("acquired functional")
        await tab.keys("\x1bOR")  # F3
        await tab.until("quotes behind")


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Origin": "http://evil.example"}, "/ws"),
        ({"Origin": "null"}, "/ws"),
        ({}, "/ws"),
        ({"Host": "evil.example"}, "/"),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, "/ws"),
    ],
)
async def test_pages_of_others_may_not_open_the_chat(
    address: str, headers: dict[str, str], path: str
) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    async with aiohttp.ClientSession() as client:
        asked = {**headers, **upgrade, **key} if path == "/ws" else headers
        async with client.get(address + path, headers=asked) as answer:
            assert answer.status == 403


async def test_with_a_token_nothing_is_answered_without_it(own_home: Path) -> None:
    with served(own_home, "--host", "0.0.0.0", "--token", "auto") as found:
        address, _, token = found.partition("/?token=")
        address = address.replace("0.0.0.0", "127.0.0.1")
        assert len(token) == 32
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            for path in ("/", "/static/js/textual.js", "/ws", "/download/x", "/?token=wrong"):
                async with client.get(address + path, headers={"Origin": address}) as answer:
                    assert answer.status == 401, path
            async with client.get(f"{address}/?token={token}") as answer:
                assert answer.status == 200
                assert "HttpOnly" in answer.headers["Set-Cookie"]
                assert "SameSite=Strict" in answer.headers["Set-Cookie"]
            async with client.ws_connect(f"{address}/ws", headers={"Origin": address}) as socket:
                await Tab(socket).until("Senescope")


def test_a_port_that_is_taken_is_said(own_home: Path) -> None:
    with served(own_home) as address:
        ran = process(own_home, "serve", "--port", address.rpartition(":")[2])
    assert ran.code == 5 and "Choose another --port" in ran.err
