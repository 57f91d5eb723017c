"""A real HTTP server that webhooks are sent to, with manners that a test chooses."""

import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict:
        return json.loads(self.body)


class Receiver:
    """Keeps what it is sent. `answers` are statuses, or callables that write to the handler; when
    they are used up, `usual` is answered."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.received: list[Received] = []
        self.taken: list[Received] = []  # those that were answered with 2xx
        self.answers: list[int | Callable] = []
        self.usual: int | Callable = 204
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}/hook"

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on; a failed handshake is no news."""
        server = self._server
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *args: None

    def __enter__(self) -> "Receiver":
        work = {"poll_interval": 0.02}
        threading.Thread(target=self._server.serve_forever, kwargs=work, daemon=True).start()
        return self

    def __exit__(self, *error) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(receiver):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                one = Received(self.path, headers, self.rfile.read(length))
                receiver.received.append(one)
                answer = receiver.answers.pop(0) if receiver.answers else receiver.usual
                if callable(answer):
                    return answer(self)
                if 200 <= answer < 300:
                    receiver.taken.append(one)
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        return Handler
