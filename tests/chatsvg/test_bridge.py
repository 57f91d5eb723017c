"""The way from an ASGI server to a WSGI application in threads."""

import asyncio
import contextvars
import json
import threading

import pytest
from django.core.handlers.wsgi import WSGIHandler

from chatsvg import routing, safety
from chatsvg.bridge import BODY_BYTES, Bridge
from chatsvg.problems import JSON

ASKED = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
    "client": ("203.0.113.9", 4711),
    "server": ("127.0.0.1", 8000),
}
CHUNKED = [*ASKED["headers"], (b"transfer-encoding", b"chunked")]
WHOLE = {"type": "http.request", "body": b"", "more_body": False}
LEFT = {"type": "http.disconnect"}
_left_behind = contextvars.ContextVar("left_behind", default="nothing")


class Wire:
    """Both ends of one request: what the client says, and what it was told."""

    def __init__(self, *said, pause=None):
        self.said, self.told, self.pause = list(said or [WHOLE]), [], pause

    async def receive(self):
        if self.said:
            return self.said.pop(0)
        await asyncio.Event().wait()

    async def send(self, message):
        if self.pause:
            await self.pause.wait()
        self.told.append(message)

    @property
    def status(self):
        return self.told[0]["status"]

    @property
    def headers(self):
        return self.told[0]["headers"]

    @property
    def body(self):
        return b"".join(message["body"] for message in self.told[1:])


async def ask(bridge, wire, **asked):
    await asyncio.wait_for(bridge({**ASKED, **asked}, wire.receive, wire.send), 5)
    return wire


def once(application, *said, threads=2, **asked):
    return asyncio.run(ask(Bridge(application, threads=threads), Wire(*said), **asked))


def mirror(environ, start_response):
    """Answers with what it was asked."""
    read = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    shown = {name: value for name, value in environ.items() if isinstance(value, str)}
    start_response("200 OK", [("Content-Type", "application/json"), ("X-Two", "1"), ("X-Two", "2")])
    return [json.dumps({**shown, "read": read.decode("latin-1")}).encode()]


class Pieces:
    """A streamed body that notes how far it was read, where, and that it was closed."""

    def __init__(self, count, fault=None):
        self.made, self.closed_by, self._count, self._fault = 0, [], count, fault

    def __iter__(self):
        for _ in range(self._count):
            self.made += 1
            yield b"x" * 10
        if self._fault:
            raise self._fault

    def close(self):
        self.closed_by.append(threading.current_thread().name)


def streaming(pieces, status="200 OK"):
    def application(environ, start_response):
        application.thread = threading.current_thread().name
        start_response(status, [("Content-Type", "text/plain")])
        return pieces

    return application


# --- Requests ---------------------------------------------------------------------------------
def test_request_arrives_as_pep_3333_has_it():
    headers = [
        (b"host", b"a.example"),
        (b"x-forwarded-for", b"198.51.100.1, 198.51.100.2"),
        (b"x_forwarded_for", b"forged"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=\xe9"),
        (b"accept", b"text/html"),
        (b"accept", b"*/*"),
        (b"content-type", b"text/plain"),
        (b"content-length", b"3"),
    ]

    wire = once(
        mirror,
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"c"},
        method="POST",
        path="/über/\ufffd",
        raw_path=b"/%C3%BCber/%ff",
        query_string=b"a=%20&\xe9",
        headers=headers,
    )

    told = json.loads(wire.body)
    assert told["PATH_INFO"] == "/über/".encode().decode("latin-1") + "\xff"
    assert told["QUERY_STRING"] == "a=%20&\xe9"
    assert told["HTTP_X_FORWARDED_FOR"] == "198.51.100.1, 198.51.100.2"
    assert told["HTTP_COOKIE"] == "a=1; b=\xe9"
    assert told["HTTP_ACCEPT"] == "text/html,*/*"
    assert (told["CONTENT_TYPE"], told["CONTENT_LENGTH"], told["read"]) == (
        "text/plain",
        "3",
        "abc",
    )
    assert (told["REMOTE_ADDR"], told["SERVER_PROTOCOL"]) == ("203.0.113.9", "HTTP/1.1")
    assert [pair for pair in wire.headers if pair[0] == b"x-two"] == [
        (b"x-two", b"1"),
        (b"x-two", b"2"),
    ]


def test_body_in_chunks_has_the_length_that_it_came_to():
    body = {"type": "http.request", "body": b"abc"}

    wire = once(mirror, body, method="POST", headers=CHUNKED)

    assert json.loads(wire.body)["read"] == "abc"


@pytest.mark.parametrize("announced", [True, False])
def test_body_without_end_is_not_read_to_its_end(announced):
    piece = {"type": "http.request", "body": b"x" * (BODY_BYTES // 4), "more_body": True}
    length = [(b"content-length", str(BODY_BYTES * 3).encode())]

    wire = Wire(*[piece] * 12)
    headers = [*ASKED["headers"], *length] if announced else CHUNKED
    bridge = Bridge(WSGIHandler(), threads=1)
    asyncio.run(ask(bridge, wire, method="POST", path="/api/nowhere", headers=headers))

    assert (wire.status, json.loads(wire.body)) == (413, {"error": "Request body too large"})
    assert len(wire.said) == (12 if announced else 7)


def test_body_that_does_not_come_is_not_waited_for():
    bridge = Bridge(mirror, threads=1, body_seconds=0.01)
    wire = Wire({"type": "http.request", "body": b"a", "more_body": True})

    asyncio.run(ask(bridge, wire, method="POST", headers=CHUNKED))

    assert (wire.status, json.loads(wire.body)) == (408, {"error": "Request timeout"})
    assert (b"connection", b"close") in wire.headers
    assert set(safety.of_data({"headers": []})) <= set(wire.headers)


def test_whoever_leaves_before_the_end_of_the_request_is_not_answered():
    assert once(mirror, LEFT, method="POST", headers=CHUNKED).told == []


def test_request_does_not_find_what_another_left_in_its_thread():
    def application(environ, start_response):
        found = _left_behind.get()
        _left_behind.set("something")
        return mirror({**environ, "found": found}, start_response)

    async def two():
        bridge = Bridge(application, threads=1)
        return [json.loads((await ask(bridge, Wire())).body)["found"] for _ in range(2)]

    assert asyncio.run(two()) == ["nothing", "nothing"]


# --- Threads ----------------------------------------------------------------------------------
def test_who_finds_all_threads_taken_waits_and_who_finds_no_place_is_refused():
    go_on = threading.Event()

    def application(environ, start_response):
        go_on.wait(5)
        return mirror(environ, start_response)

    async def four():
        bridge = Bridge(application, threads=1, waiting=2)
        first = [asyncio.create_task(ask(bridge, Wire())) for _ in range(3)]
        await asyncio.sleep(0)  # they are in
        refused = await ask(bridge, Wire())
        go_on.set()
        answered = await asyncio.gather(*first)
        return [wire.status for wire in (*answered, await ask(bridge, Wire()))], refused

    answered, refused = asyncio.run(four())
    assert answered == [200] * 4
    assert (refused.status, json.loads(refused.body)) == (503, {"error": "Service unavailable"})
    assert {(b"retry-after", b"2"), (b"content-type", JSON.encode())} <= set(refused.headers)
    assert set(safety.of_data({"headers": []})) <= set(refused.headers)


def test_request_that_waits_gives_its_turn_to_the_next(monkeypatch):
    monkeypatch.setattr("chatsvg.bridge.TURNS", 1)
    monkeypatch.setattr("chatsvg.bridge.TURN_SECONDS", 0.01)
    other = threading.Event()

    def application(environ, start_response):
        """The first is answered once the second is."""
        if environ["PATH_INFO"] == "/first":
            assert other.wait(5)
        else:
            other.set()
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    async def both():
        bridge = Bridge(application, threads=2)
        wires = [Wire(), Wire()]
        asking = zip(wires, ("/first", "/second"), strict=True)
        await asyncio.gather(*(ask(bridge, wire, path=path) for wire, path in asking))
        return [wire.body for wire in wires]

    assert asyncio.run(both()) == [b"/first", b"/second"]


# --- Answers ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "status", "length"),
    [("HEAD", "200 OK", 3), ("GET", "204 No Content", None), ("GET", "304 Not Modified", None)],
)
def test_answers_that_have_no_content_have_none(method, status, length):
    pieces = Pieces(3)

    def application(environ, start_response):
        start_response(status, [("Content-Length", "3")])
        return pieces

    wire = once(application, method=method)

    assert (wire.status, wire.body) == (int(status[:3]), b"")
    assert dict(wire.headers).get(b"content-length") == (str(length).encode() if length else None)
    assert (pieces.made, len(pieces.closed_by)) == (0, 1)


def test_streamed_answer_comes_piece_by_piece_and_is_closed_by_its_thread():
    pieces = Pieces(3)
    application = streaming(pieces)

    wire = once(application)

    assert [message["body"] for message in wire.told[1:]] == [b"x" * 10] * 3 + [b""]
    assert [message.get("more_body") for message in wire.told[1:]] == [True] * 3 + [None]
    assert pieces.closed_by == [application.thread]


def test_streamed_answer_is_made_no_faster_than_it_is_taken():
    pieces = Pieces(100)

    async def slowly():
        wire = Wire(pause=asyncio.Event())
        asking = asyncio.create_task(ask(Bridge(streaming(pieces), threads=1), wire))
        await asyncio.sleep(0.05)
        made_unread = pieces.made
        wire.pause.set()
        await asking
        return made_unread, wire

    made_unread, wire = asyncio.run(slowly())
    assert made_unread <= 1
    assert (len(wire.body), pieces.made) == (1000, 100)


@pytest.mark.parametrize("how", ["leaves", "takes nothing"])
def test_nobody_makes_what_is_not_taken(how):
    pieces = Pieces(10_000)
    pause = asyncio.Event() if how == "takes nothing" else None
    wire = Wire(*[WHOLE, *([LEFT] if how == "leaves" else [])], pause=pause)
    bridge = Bridge(streaming(pieces), threads=1, piece_seconds=0.05)

    asyncio.run(ask(bridge, wire))

    assert pieces.made < 10_000
    assert len(pieces.closed_by) == 1
    assert not any(message.get("more_body") is None for message in wire.told[1:])


def test_streamed_answer_that_breaks_is_broken_off():
    pieces = Pieces(2, fault=ValueError("broken"))
    wire = Wire()

    with pytest.raises(ValueError, match="broken"):  # the server closes the connection
        asyncio.run(ask(Bridge(streaming(pieces), threads=1), wire))

    assert wire.body == b"x" * 20
    assert wire.told[-1]["more_body"]
    assert len(pieces.closed_by) == 1


def test_fault_is_answered_in_the_contracts_words(caplog):
    def application(environ, start_response):
        raise ValueError("secret")

    wire = once(application, path="/api/health")

    assert (wire.status, dict(wire.headers)[b"content-type"]) == (500, JSON.encode())
    assert json.loads(wire.body)["error"] == "Internal server error"
    assert "bridge.failed method=GET" in caplog.text


# --- What is short ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    ["/events/", "//events/", "/v1/events", "/api/v1/events", "/socket.io/", "/mcp", "/mcp/health"],
)
def test_routes_are_asked_about_every_long_request(path):
    reached = []

    async def pages(scope, receive, send):
        reached.append(scope["path"])

    async def told(message):
        """Whatever it is."""

    async def left():
        return LEFT

    scope = {**ASKED, "path": path, "method": "PATCH", "query_string": b"EIO=4&transport=polling"}
    assert routing.may_be_long(scope)
    asyncio.run(asyncio.wait_for(routing.application(pages)(scope, left, told), 5))
    assert reached == []


@pytest.mark.parametrize("path", ["/", "/api/health", "/app", "/api/svg/public", "/v1/models"])
def test_routes_are_not_asked_about_short_requests(path):
    assert not routing.may_be_long({**ASKED, "path": path})


# --- The door of long requests ----------------------------------------------------------------
def test_poll_that_is_seen_off_is_told_to_come_again(monkeypatch):
    monkeypatch.setenv("CHATSVG_PROCESS", "web")  # it would stay, for processes of other tests
    from chatsvg.whole import Door

    scope = {"type": "http", "method": "GET", "path": "/socket.io/", "headers": []}
    said = []

    async def waits(scope, receive, send):
        assert await receive() == {"type": "http.disconnect"}

    async def say(message):
        said.append(message)

    async def visit():
        door = Door(waits)
        coming = asyncio.create_task(door(scope, asyncio.Event().wait, say))
        await asyncio.sleep(0.01)
        door.see_off()
        await coming

    asyncio.run(visit())

    start, end = said
    assert (start["status"], end["body"]) == (503, b"Come again.")
    assert set(safety.of_data(scope)) <= set(start["headers"])
