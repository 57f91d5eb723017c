"""What the library is given of a request. It keeps that for as long as a connection lasts."""

from collections.abc import Awaitable, Callable
from typing import Any

_KEPT = ("type", "method", "path", "query_string")
_HEADERS = {b"cookie", b"connection", b"upgrade", b"content-length"}


def kept(scope: dict) -> dict:
    """No more of a scope than is read: whose it is, and what they want."""
    headers = [header for header in scope["headers"] if header[0] in _HEADERS]
    return {**{name: scope[name] for name in _KEPT if name in scope}, "headers": headers}


class Body:
    """Of a request that is here as a whole."""

    __slots__ = ("_body",)

    def __init__(self, body: bytes):
        self._body = body

    async def read(self, length: int) -> bytes:
        return self._body[:length]


async def environ(
    scope: dict, receive: Callable[[], Awaitable[dict]], send: Callable[[dict], Awaitable[Any]]
) -> dict[str, Any]:
    """A request in the library's form, which its own would make of five times as much."""
    event = await receive()
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    return {
        "REQUEST_METHOD": scope.get("method", "GET"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": headers.get(b"content-length", "0"),
        "HTTP_CONNECTION": headers.get(b"connection", ""),
        "HTTP_UPGRADE": headers.get(b"upgrade", ""),
        "wsgi.input": Body(event.get("body", b"")),
        "asgi.receive": receive,
        "asgi.send": send,
        "asgi.scope": scope,
    }
