"""How much a client may send to daphne, and how slowly, before anything of ours is asked.

Daphne keeps a body of any size before it asks, parses forms that Django parses once more, and cuts
off nobody who sends a byte a minute. Here a request that is too slow ends with 408, one that is too
large with 413, and what the server itself has to say is said in JSON.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from daphne import server
from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.web.http import HTTPChannel, _GenericHTTPChannelProtocol

from chatsvg import safety

HEAD_SECONDS = 10  # from the first byte of a request to the end of its headers
BODY_SECONDS = 60  # and from there to the end of its body; the proxy's own patience
BODY_BYTES = 9 * 1024 * 1024  # more than any view takes; each has its own limit below that
HEADERS_MOST = 100  # in 16 KB, request line included, which is Twisted's bound


def bind() -> None:
    """Have daphne answer connections as it is done here; it asks nobody which factory to use."""
    server.HTTPFactory = Factory


class Channel(HTTPChannel):
    """One connection: its requests, one after the other."""

    maxHeaders = HEADERS_MOST
    transport: Any
    callLater: Any
    _patience: Any = None  # the call that would end it
    is_refused = False

    def dataReceived(self, data: bytes) -> None:
        if self._patience is None and not self._handlingRequest:
            self._wait(HEAD_SECONDS)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        self._wait(BODY_SECONDS)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        self._wait(None)
        super().allContentReceived()

    def connectionLost(self, reason: Any = None) -> None:
        self._wait(None)
        super().connectionLost(reason)

    def refuse(self, status: HTTPStatus) -> None:
        """Say why, and hang up."""
        if self.is_refused:
            return
        self.is_refused = True
        self._wait(None)
        self.transport.write(_answer(status))
        self.timeoutConnection()  # closes, and cuts off whoever does not take the answer

    def _wait(self, seconds: float | None) -> None:
        """Give the client so long from now; None for ever."""
        if self._patience is not None and self._patience.active():
            self._patience.cancel()
        self._patience = None
        if seconds is not None:
            self._patience = self.callLater(seconds, self.refuse, HTTPStatus.REQUEST_TIMEOUT)


class Request(WebRequest):
    """One request, which has to be small enough to be heard."""

    _parsePOSTFormSubmission = False  # Django reads forms, within its own bounds
    _size = 0

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        self._bound(length or 0)

    def handleContentChunk(self, data: bytes) -> None:
        self._size += len(data)
        self._bound(self._size)
        if not self.channel.is_refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if not self.channel.is_refused:
            super().requestReceived(command, path, version)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """What daphne says by itself."""
        said = json.dumps({"error": body}).encode()
        headers = _headers(said, self.requestHeaders.getAllRawHeaders())
        start = {"type": "http.response.start", "status": status, "headers": headers}
        self.handle_reply(start)
        self.handle_reply({"type": "http.response.body", "body": said})

    def _bound(self, size: int) -> None:
        if size > BODY_BYTES:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class Factory(HTTPFactory):
    """Makes the protocol of each connection."""

    def protocol(self) -> _GenericHTTPChannelProtocol:
        return _GenericHTTPChannelProtocol(Channel())

    def buildProtocol(self, addr: Any) -> _GenericHTTPChannelProtocol:
        made = super().buildProtocol(addr)
        made.requestFactory = Request
        return made


_SAID = {
    HTTPStatus.REQUEST_TIMEOUT: "The request took too long to arrive",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Request body too large",
}


def _answer(status: HTTPStatus) -> bytes:
    """A whole answer, as bytes of the connection."""
    said = json.dumps({"error": _SAID[status]}).encode()
    headers = [*_headers(said), (b"connection", b"close")]
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", said])


def _headers(said: bytes, asked: Iterable = ()) -> list[safety.Pair]:
    """Of an answer in JSON to a request with the headers `asked`, as Twisted has them."""
    heard = [(name.lower(), values[0]) for name, values in asked]
    kind = (b"content-type", b"application/json; charset=utf-8")
    length = (b"content-length", str(len(said)).encode())
    return [kind, length, *safety.of_data({"headers": heard})]
