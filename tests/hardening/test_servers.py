"""What bounds a request, tried against the servers themselves (deploy/OPERATIONS.md)."""

import json
from contextlib import ExitStack, closing

import pytest

from tests.contract.hostile import LIMIT
from tests.hardening.conftest import SERVERS
from tests.hardening.wires import CLOSE, HEAD, SIGN_IN, Wire, chunk, seconds_until_all_end

pytestmark = pytest.mark.ci
TOO_MUCH = {0, 400, 413, 414, 431}  # as each server says it, or hangs up
BAD_LOGIN = b'{"email": "nobody", "password": "x"}'
PATIENCE = 45  # seconds; the most patient server has 30
CONTRACT = {"error": "Request body too large"}
HEADS = {
    "an address": lambda: (b"/api/health?x=" + b"a" * 100_000, b""),
    "a header": lambda: (b"/api/health", b"X-Long: " + b"a" * 100_000 + b"\r\n"),
    "cookies": lambda: (
        b"/api/health",
        b"Cookie: " + b"; ".join(b"c%d=1" % one for one in range(12_000)) + b"\r\n",
    ),
    "headers in number": lambda: (
        b"/api/health",
        b"".join(b"X-%d: %b\r\n" % (one, b"a" * 200) for one in range(500)),
    ),
}


@pytest.mark.parametrize("what", HEADS)
def test_head_of_a_request_is_bounded(wire, what):
    reply = wire.get(*HEADS[what]())

    assert reply.status in TOO_MUCH
    assert wire.is_answered()


def test_usual_heads_are_taken(wire):
    cookies = b"Cookie: " + b"; ".join(b"c%d=%b" % (one, b"x" * 50) for one in range(80)) + b"\r\n"
    others = b"".join(b"X-%d: a\r\n" % one for one in range(40))

    assert wire.get(b"/api/health?x=" + b"a" * 4000, cookies + others).status == 200


def test_announced_body_is_refused_before_it_is_sent(wire):
    headers = CLOSE + wire.proof() + b"Content-Length: %d\r\n\r\n" % 10**10

    reply = wire.ask(SIGN_IN + headers)

    assert (reply.status, json.loads(reply.body)) == (413, CONTRACT)


def test_body_of_unknown_length_is_bounded_and_none_is_lost(wire):
    headers = CLOSE + wire.proof() + b"Transfer-Encoding: chunked\r\n\r\n"

    whole = wire.ask(SIGN_IN + headers, chunk(BAD_LOGIN[:9]), chunk(BAD_LOGIN[9:]), chunk(b""))
    large = wire.ask(SIGN_IN + headers, *[chunk(b"x" * 9000)] * (LIMIT // 9000 + 2), chunk(b""))

    assert (whole.status, json.loads(whole.body)["error"]) == (400, "Invalid email format")
    assert (large.status, json.loads(large.body)) == (413, CONTRACT)


def test_endless_body_is_not_listened_to_for_ever(wire):
    piece = chunk(b"x" * 65_000)
    headers = CLOSE + wire.proof() + b"Transfer-Encoding: chunked\r\n\r\n"

    reply = wire.ask(SIGN_IN + headers, *[piece] * 400)  # 26 MB, and no end

    assert reply.status in (0, 413)
    assert wire.is_answered()


def test_body_in_two_lengths_or_none_is_no_request(wire):
    for lengths in (
        b"Content-Length: 2\r\nContent-Length: 36\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 0x10\r\n",
        b"Transfer-Encoding: gzip\r\n",
    ):
        reply = wire.ask(SIGN_IN + CLOSE + lengths + b"\r\n", BAD_LOGIN)
        assert reply.status in (0, 400, 403, 413, 501), lengths
        assert reply.status != 403 or b"gzip" in lengths  # whatever it was, it proved nothing


def test_packed_body_is_refused_and_not_unpacked(wire):
    for packing in (b"gzip", b"br", b"deflate, gzip"):
        headers = b"Content-Encoding: " + packing + b"\r\n"
        reply = wire.post(b"\x1f\x8b" + b"\0" * 1000, headers, proof=wire.proof())
        assert reply.status == 415
        assert reply.headers["accept-encoding"] == "identity"


def test_deep_json_is_bad_json(wire):
    for deep in (b"[" * 50_000, b'{"a":' * 15_000):
        reply = wire.post(deep, proof=wire.proof())
        assert (reply.status, json.loads(reply.body)["error"]) == (400, "Malformed JSON")


def test_slow_heads_end_and_keep_nobody_waiting(running):
    """More of them than there are threads, at each server; a byte comes now and then."""
    start = b"GET /api/health HTTP/1.1\r\n" + HEAD + b"X-Slow: "
    doors = [Wire(running(name).port) for name in SERVERS]
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(door.open(start))) for door in doors for _ in range(50)]
        for door in [*doors, *doors]:
            assert door.is_answered()

        assert seconds_until_all_end(slow, PATIENCE) < PATIENCE


def test_slow_bodies_keep_nobody_waiting_where_no_thread_reads_them(wire, server):
    """In a web process a thread does: its proxy reads them first (tests/deploy/test_bounds.py)."""
    if server.name == "web":
        pytest.skip("granian reads a body in the thread that answers")
    headers = HEAD + wire.proof() + b"Content-Length: 1000\r\n\r\n{"
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(closing(wire.open(SIGN_IN + headers)))
        for _ in range(3):
            assert wire.is_answered()


def test_slow_body_that_nobody_reads_keeps_nobody_waiting(wire):
    """Of a GET: whoever answers it has no use for a body."""
    start = b"GET /api/health HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(closing(wire.open(start + chunk(b"x"))))
        for _ in range(3):
            assert wire.is_answered()


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n" + CLOSE + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX\x00: 1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n" + CLOSE + b"\r\n",
    ],
)
def test_what_is_no_request_is_told_nothing(wire, raw):
    reply = wire.ask(raw)

    assert reply.status in (0, 400, 404, 505)
    assert b"Traceback" not in reply.body
    assert not any(digit in reply.headers.get("server", "") for digit in "0123456789")


def test_answers_do_not_tell_versions(wire):
    for path in (b"/api/health", b"/nowhere", b"/"):
        reply = wire.get(path, b"Accept: text/html\r\n")
        assert reply.headers.get("server", "") in ("", "granian")  # which the proxy takes away
        assert "x-powered-by" not in reply.headers
        assert reply.headers["x-content-type-options"] == "nosniff"
