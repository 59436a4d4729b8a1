"""The three literature services in one server on this machine, with what a test puts into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Literature(ThreadingHTTPServer):
    """Records by identifier or for any other query, full texts, and Crossref works; all may be changed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items: list[dict[str, Any]] = []
        self.texts: dict[str, bytes] = {}
        self.works: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.broken: set[str] = set()
        """Beginnings of paths that answer 403."""
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings that lead a command here."""
        base = f"http://127.0.0.1:{self.server_address[1]}"
        return {
            "SENESCOPE_SOURCES_EUROPEPMC_URL": f"{base}/europepmc",
            "SENESCOPE_SOURCES_NCBI_URL": f"{base}/ncbi",
            "SENESCOPE_SOURCES_CROSSREF_URL": f"{base}/crossref",
            "SENESCOPE_SOURCES_CONTACT": "tests@lab.example",
        }

    def stop(self) -> None:
        """Close the socket and end the thread."""
        self.shutdown()
        self.server_close()
        self._thread.join(5)

    def reply(self, path: str, asked: Mapping[str, list[str]]) -> tuple[int, bytes]:
        """Status and body for one request."""
        if any(path.startswith(broken) for broken in self.broken):
            return 403, b"forbidden"
        if path == "/europepmc/search":
            found = [item for item in self.items if _matches(item, asked["query"][0])]
            return 200, json.dumps({"hitCount": len(found), "resultList": {"result": found}}).encode()
        if path.startswith("/europepmc/"):
            text = self.texts.get(path.split("/")[2])
            return (404, b"") if text is None else (200, text)
        if path == "/ncbi/esearch.fcgi":
            return 200, b'{"esearchresult": {"count": "0", "idlist": []}}'
        if path.startswith("/ncbi/"):
            return 200, b"<pmc-articleset><article><front/></article></pmc-articleset>"
        if path == "/crossref/works":
            wanted = asked.get("filter", [""])[0]
            dois = [part.removeprefix("doi:") for part in wanted.split(",") if part]
            works = [w for w in self.works if not dois or w["DOI"].lower() in dois]
            return 200, json.dumps({"message": {"items": works}}).encode()
        for work in self.works:
            if path == f"/crossref/works/{work['DOI'].lower()}":
                return 200, json.dumps({"message": work}).encode()
        return 404, b"Resource not found."


def _matches(item: Mapping[str, Any], query: str) -> bool:
    """Whether a record has one of the identifiers in a query; a query without any is matched by all."""
    names = (f'DOI:"{item["doi"].lower()}"', f"EXT_ID:{item['pmid']} ", f"PMCID:{item.get('pmcid')}")
    named = any(mark in query for mark in ("DOI:", "EXT_ID:", "PMCID:"))
    return not named or any(name in query + " " for name in names)


class _Handler(BaseHTTPRequestHandler):
    server: Literature

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(unquote(self.path))
        status, body = self.server.reply(unquote(parts.path), parse_qs(parts.query))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""
