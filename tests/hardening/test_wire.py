"""chatsvg.wire, on a clock of its own: who is too slow or says too much is cut off."""

import json

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web.http import Request as Heard

from chatsvg import wire
from tests.hardening.wires import said

HEAD = b"POST /x HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Asked(wire.Request):
    """A request that notes what comes of it, where daphne would ask the application."""

    bodies: list[bytes] = []

    def __init__(self, channel, queued=None):
        Heard.__init__(self, channel, queued)

    def process(self):
        self.bodies.append(self.content.read())
        self.setHeader(b"content-length", b"0")
        Heard.finish(self)

    def connectionLost(self, reason):
        Heard.connectionLost(self, reason)


class Line:
    """A connection to a channel, and the time that passes on it."""

    def __init__(self):
        self.clock, self.transport = Clock(), StringTransport()
        self.channel = wire.Channel()
        self.channel.requestFactory = Asked
        self.channel.callLater = self.clock.callLater
        self.channel.timeOut = 60
        self.channel.makeConnection(self.transport)
        Asked.bodies = []

    def say(self, *pieces: bytes, each: float = 0) -> None:
        for piece in pieces:
            if self.has_ended:
                return  # nothing more is read
            self.channel.dataReceived(piece)
            self.clock.advance(each)

    @property
    def has_ended(self) -> bool:
        return self.transport.disconnecting

    @property
    def told(self):
        return said(self.transport.value())


@pytest.fixture
def line():
    return Line()


def test_head_that_comes_byte_by_byte_is_not_waited_for(line):
    line.say(*[bytes([byte]) for byte in HEAD], each=1)

    assert line.has_ended
    assert line.told.status == 408
    assert json.loads(line.told.body) == {"error": "The request took too long to arrive"}
    assert line.told.headers["connection"] == "close"
    assert Asked.bodies == []


def test_body_that_comes_byte_by_byte_is_not_waited_for(line):
    line.say(HEAD + b"Content-Length: 1000\r\n\r\n")
    line.say(*[b"x"] * 1000, each=wire.BODY_SECONDS / 100)

    assert (line.has_ended, line.told.status, Asked.bodies) == (True, 408, [])


def test_who_takes_their_time_within_bounds_is_heard(line):
    line.say(HEAD, b"Content-Length: 3\r\n\r\n", each=wire.HEAD_SECONDS / 3)
    line.say(b"a", b"b", b"c", each=wire.BODY_SECONDS / 4)

    assert (line.has_ended, Asked.bodies) == (False, [b"abc"])


def test_connection_between_two_requests_may_rest_and_each_has_its_own_time(line):
    for _ in range(5):
        line.say(GET, each=wire.HEAD_SECONDS * 3)

    assert len(Asked.bodies) == 5
    assert not line.has_ended
    line.say(GET[:5], each=wire.HEAD_SECONDS + 1)
    assert line.has_ended


def test_announced_body_is_refused_before_it_comes(line):
    line.say(HEAD + b"Content-Length: %d\r\n\r\n" % (wire.BODY_BYTES + 1), b"x" * 1000)

    assert (line.has_ended, line.told.status, Asked.bodies) == (True, 413, [])
    assert json.loads(line.told.body) == {"error": "Request body too large"}
    assert line.told.headers["x-content-type-options"] == "nosniff"


def test_body_of_unknown_length_is_refused_once_it_is_too_large(line):
    piece = b"%x\r\n%b\r\n" % (2**20, b"x" * 2**20)
    line.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[piece] * 20, b"0\r\n\r\n")

    assert (line.has_ended, line.told.status, Asked.bodies) == (True, 413, [])


def test_what_came_in_one_piece_with_too_large_a_body_is_not_asked(line):
    piece = b"%x\r\n%b\r\n" % (wire.BODY_BYTES + 1, b"x" * (wire.BODY_BYTES + 1))
    line.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + piece + b"0\r\n\r\n" + GET)

    assert (line.has_ended, Asked.bodies) == (True, [])


def test_body_within_bounds_is_whole(line):
    body = b"x" * 2**20
    line.say(HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body)

    assert Asked.bodies == [body]


def test_forms_are_not_read_on_the_event_loop(line):
    form = b"&".join(b"a%d=" % one for one in range(1000))
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
    line.say(HEAD + kind + b"Content-Length: %d\r\n\r\n" % len(form) + form)

    assert Asked.bodies == [form]
    assert line.channel.requests == []


def test_too_many_headers_are_refused(line):
    line.say(HEAD + b"".join(b"X-%d: a\r\n" % one for one in range(wire.HEADERS_MOST)) + b"\r\n")

    assert (line.has_ended, Asked.bodies) == (True, [])
