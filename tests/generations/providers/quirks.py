"""A server with the quirks that a test writes down: path → answer. Nothing but HTTP is its own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Reply(NamedTuple):
    status: int
    body: Any = ""
    headers: dict[str, str] = {}


class Quirks:
    """What is answered to "GET /v1/models" and the like, and what was asked.

    What is not written down is 404. A callable gets headers and body, and makes the reply.
    """

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"
        self.replies: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def reply(self, line: str, headers: dict[str, str], body: Any) -> Reply:
        self.asked.append((line, headers))
        found = self.replies.get(line, self.replies.get(line.partition("?")[0], Reply(404)))
        return found(headers, body) if callable(found) else found


@contextmanager
def running() -> Iterator[Quirks]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.quirks = Quirks(server.server_port)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.quirks  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def _answer(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.quirks.reply(f"{self.command} {self.path}", headers, body)
        is_text = isinstance(reply.body, str)
        content = (reply.body if is_text else json.dumps(reply.body)).encode()
        self.send_response(reply.status)
        kind = {} if is_text else {"content-type": "application/json"}
        for name, value in {"content-length": str(len(content)), **kind, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Tests say themselves what they want to know."""
