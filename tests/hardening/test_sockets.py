"""What bounds a live connection, tried against the servers that have them."""

import os
import socket
import struct
import zlib
from contextlib import closing

import pytest

from accounts import jwt, tokens
from tests import factories
from tests.hardening.conftest import SERVERS
from tests.hardening.wires import CLOSE, HEAD, Wire, said

pytestmark = [pytest.mark.ci, pytest.mark.django_db(transaction=True)]
BYTES = 1024 * 1024  # of a message, at most
TEXT, BINARY, MORE = 1, 2, 0
UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
EVENTS, SOCKET_IO = b"/ws/events/", b"/socket.io/?EIO=4&transport=websocket"
POLLING = b"/socket.io/?EIO=4&transport=polling"


@pytest.fixture(params=[name for name in SERVERS if name != "web"])
def server(request, running):
    return running(request.param)


@pytest.fixture
def cookie():
    """Of somebody who is signed in."""
    issued = tokens.issue(factories.person(), remember_me=False, ip=None, user_agent="")
    return b"Cookie: token=%b\r\n" % jwt.sign(issued.session).encode()


def frame(payload: bytes, kind: int, *, is_last: bool = True, is_packed: bool = False) -> bytes:
    """As a browser sends it (RFC 6455 §5.2): masked, though by nothing."""
    first = (0x80 if is_last else 0) | (0x40 if is_packed else 0) | kind
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65536:
        length = bytes([0x80 | 126]) + struct.pack("!H", size)
    else:
        length = bytes([0x80 | 127]) + struct.pack("!Q", size)
    return bytes([first]) + length + b"\0\0\0\0" + payload


def opened(wire: Wire, path: bytes, headers: bytes) -> tuple[socket.socket, str]:
    """A WebSocket, and the extensions that the server agreed to."""
    line = wire.open(b"GET " + path + b" HTTP/1.1\r\n" + HEAD + UPGRADE + headers + b"\r\n")
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += line.recv(1)
    reply = said(heard)
    assert reply.status == 101
    return line, reply.headers.get("sec-websocket-extensions", "")


def is_hung_up(line: socket.socket, *frames: bytes) -> bool:
    """Whether the server ends it, having heard these."""
    try:
        for one in frames:
            line.sendall(one)
        while line.recv(65536):
            """What it says in parting."""
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


FRAMES = {
    "one frame": [frame(b"x" * (BYTES + 1), BINARY)],
    "many frames": [
        frame(b"x" * 300_000, TEXT if number == 0 else MORE, is_last=number == 4)
        for number in range(5)
    ],
    "an endless message": [
        frame(b"x" * 1000, TEXT if number == 0 else MORE, is_last=False) for number in range(2000)
    ],
    "a frame without end": [
        bytes([0x80 | BINARY, 0xFF]) + struct.pack("!Q", 2**40) + b"\0\0\0\0",
        *[b"x" * 100_000] * 20,
    ],
}


@pytest.mark.parametrize("path", [EVENTS, SOCKET_IO])
@pytest.mark.parametrize("sent", FRAMES)
def test_message_of_a_websocket_is_bounded(wire, cookie, path, sent):
    line, _ = opened(wire, path, cookie)
    with closing(line):
        assert is_hung_up(line, *FRAMES[sent])
    assert wire.is_answered()


def test_nothing_is_packed_on_a_websocket(wire, cookie):
    """A kilobyte of it could be a megabyte: it is not agreed to, and who does it all the same is
    hung up on."""
    packing = zlib.compressobj(wbits=-15)
    bomb = packing.compress(b"\0" * 50_000_000) + packing.flush(zlib.Z_SYNC_FLUSH)
    line, agreed = opened(wire, EVENTS, cookie + DEFLATE)
    with closing(line):
        assert agreed == ""
        assert is_hung_up(line, frame(bomb[:-4], BINARY, is_packed=True))
    assert wire.is_answered()


def test_post_of_socket_io_is_bounded(wire, cookie):
    hello = wire.get(POLLING, cookie)
    sid = hello.body.partition(b'"sid":"')[2].partition(b'"')[0]
    start = b"POST " + POLLING + b"&sid=" + sid + b" HTTP/1.1\r\n" + CLOSE + cookie
    body = b"4" + os.urandom(600_000).hex().encode()

    reply = wire.ask(start + b"Content-Length: %d\r\n\r\n" % len(body), body)

    assert hello.status == 200
    assert reply.status == 413
    assert wire.is_answered()
