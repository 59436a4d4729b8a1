"""An OpenAI-compatible server on loopback: what `server:NAME` speaks to, around any function that writes.

Only what a chat needs is there: POST /v1/chat/completions with and without streaming, and GET /v1/models.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Writer = Callable[[Sequence[dict[str, Any]]], Iterator[str]]
"""From the messages of a request to pieces of text."""


class Server:
    """Serves one writer on a free port; use as a context manager."""

    def __init__(self, writer: Writer, name: str = "local") -> None:
        self.requests: list[dict[str, Any]] = []
        """Bodies of the requests, for tests that look at what a model is asked."""
        self.headers: list[dict[str, str]] = []
        requests, headers = self.requests, self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._json({"object": "list", "data": [{"id": name, "object": "model"}]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                requests.append(body)
                headers.append(dict(self.headers))
                pieces = writer(body["messages"])
                if body.get("stream"):
                    self._stream(pieces)
                else:
                    message = {"role": "assistant", "content": "".join(pieces)}
                    self._json(_chunk({"message": message, "finish_reason": "stop"}, "chat.completion", name))

            def _stream(self, pieces: Iterator[str]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                try:
                    for piece in pieces:
                        self._event(_chunk({"delta": {"content": piece}}, "chat.completion.chunk", name))
                    self._event(_chunk({"delta": {}, "finish_reason": "stop"}, "chat.completion.chunk", name))
                    self.wfile.write(b"data: [DONE]\n\n")
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the reader has heard enough

            def _event(self, data: dict[str, Any]) -> None:
                self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
                self.wfile.flush()

            def _json(self, data: dict[str, Any]) -> None:
                content = json.dumps(data).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Say nothing: the output of a test run is for results."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """What `models.url` is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="model server", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _chunk(choice: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    return {
        "id": "chat-1",
        "object": kind,
        "created": 0,
        "model": name,
        "choices": [{"index": 0, "finish_reason": None, **choice}],
    }
