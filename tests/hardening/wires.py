"""A client that says exactly what a test wants, and no more."""

import json
import socket
import time
from contextlib import closing
from typing import NamedTuple

HEAD = b"Host: localhost\r\n"
CLOSE = HEAD + b"Connection: close\r\n"


class Said(NamedTuple):
    """What came back: status 0 where the server hung up without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """Connections to a port of this machine."""

    def __init__(self, port: int):
        self.port = port

    def open(self, *pieces: bytes) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=15)
        for piece in pieces:
            line.sendall(piece)
        return line

    def ask(self, *pieces: bytes) -> Said:
        """All that is said until the server hangs up."""
        with closing(self.open()) as line:
            heard = b""
            try:
                for piece in pieces:
                    line.sendall(piece)
                while piece := line.recv(65536):
                    heard += piece
            except (BrokenPipeError, ConnectionResetError):
                """It has heard enough."""
            return said(heard)

    def get(self, path: bytes = b"/api/health", headers: bytes = b"") -> Said:
        return self.ask(b"GET " + path + b" HTTP/1.1\r\n" + CLOSE + headers + b"\r\n")

    def is_answered(self) -> bool:
        try:
            return self.get().status == 200
        except OSError:
            return False

    def proof(self) -> bytes:
        """Headers of a POST in JSON that passes the CSRF check."""
        token = json.loads(self.get(b"/api/csrf").body)["csrfToken"].encode()
        kind = b"Content-Type: application/json\r\n"
        return b"X-CSRF-Token: %b\r\nCookie: csrf-token=%b\r\n%b" % (token, token, kind)

    def post(self, body: bytes, headers: bytes = b"", *, proof: bytes = b"") -> Said:
        length = b"Content-Length: %d\r\n" % len(body)
        return self.ask(SIGN_IN + CLOSE + proof + headers + length + b"\r\n", body)


SIGN_IN = b"POST /api/auth/login HTTP/1.1\r\n"


def said(heard: bytes) -> Said:
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first:
        return Said(0, {}, b"")
    pairs = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    return Said(int(first.split()[1]), headers, body)


def _joined(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        count = int(size, 16)
        whole, body = whole + rest[:count], rest[count + 2 :] if count else b""
    return whole


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def seconds_until_all_end(lines: list[socket.socket], at_most: float) -> float:
    """How long it takes the server to end them; `at_most` where it does not."""
    began, left = time.monotonic(), list(lines)
    for line in left:
        line.settimeout(0.01)
    while left and time.monotonic() - began < at_most:
        left = [line for line in left if not _has_ended(line)]
        time.sleep(0.2)
    return time.monotonic() - began


def _has_ended(line: socket.socket) -> bool:
    """Whether the server has hung up; a byte more keeps it from thinking that nobody is there."""
    try:
        line.sendall(b"x")
        return not line.recv(65536)
    except TimeoutError:
        return False
    except OSError:
        return True
