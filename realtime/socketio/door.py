"""The way in to the Socket.IO server: who may come, how much they may say, and how they leave."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from realtime import origins
from realtime.socketio import packets
from realtime.socketio.requests import kept
from realtime.socketio.server import HANDSHAKE_SECONDS, PAYLOAD_BYTES, server

Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[Any]]

UNKNOWN_TRANSPORT = (0, "Transport unknown")
UNKNOWN_SESSION = (1, "Session ID unknown")
BAD_METHOD = (2, "Bad handshake method")
BAD_REQUEST = (3, "Bad request")
BAD_VERSION = (5, "Unsupported protocol version")
_HANG_UP = {"type": "websocket.disconnect", "code": 1008}
_HEADERS = [(b"cache-control", b"private, no-store"), (b"x-content-type-options", b"nosniff")]


async def face(scope: dict, receive: Receive, send: Send) -> None:
    """`/socket.io/`, by polling and by WebSocket."""
    if scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    elif not origins.allowed(scope):
        await _refuse(send, BAD_REQUEST)
    else:
        await _http(scope, receive, origins.with_cors(scope, _with_headers(send)))


def refusal(scope: dict) -> tuple[int, str] | None:
    """Why a request cannot be meant for us, in Engine.IO's own words; None where it can."""
    asked = _asked(scope)
    transport = asked.get("transport", ["polling"])[0]
    is_polling = scope["type"] == "http"
    if transport not in ("polling", "websocket"):
        return UNKNOWN_TRANSPORT
    if "j" in asked or (transport == "polling") != is_polling:  # JSONP would step around CORS
        return BAD_REQUEST
    if "sid" in asked:
        return None if server.is_open(asked["sid"][0]) else UNKNOWN_SESSION
    if is_polling and scope["method"] != "GET":
        return BAD_METHOD
    return None if asked.get("EIO") == ["4"] else BAD_VERSION


async def _library(scope: dict, receive: Receive, send: Send) -> None:
    await server.handle_request(kept(scope), receive, send)


def _asked(scope: dict) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode("latin-1"))


# --- Polling ---


async def _http(scope: dict, receive: Receive, send: Send) -> None:
    if scope["method"] == "OPTIONS":
        await _answer(send, 204, b"", _preflight())
    elif found := refusal(scope):
        await _refuse(send, found)
    elif scope["method"] == "POST":
        await _post(scope, receive, send)
    elif scope["method"] == "GET":
        await _poll(scope, receive, send)
    else:
        await _refuse(send, BAD_REQUEST)


async def _post(scope: dict, receive: Receive, send: Send) -> None:
    try:
        said = packets.all_heard(await _body(receive)).encode()
    except OverflowError:
        await _refuse(send, BAD_REQUEST, status=413)
    except ValueError:
        await _refuse(send, BAD_REQUEST)
    else:
        await _library(_with_length(scope, len(said)), _given(said), send)


async def _poll(scope: dict, receive: Receive, send: Send) -> None:
    """A client that breaks off a poll has left: its connection ends at once."""
    await receive()  # the request, which has no body
    answering = asyncio.ensure_future(_library(scope, _given(b""), send))
    leaving = asyncio.ensure_future(receive())
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not answering.done():
            answering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering


async def _body(receive: Receive) -> bytes:
    """The whole of a request's body. Raises OverflowError for one that is too long."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > PAYLOAD_BYTES:
            raise OverflowError
    return body


def _given(body: bytes) -> Receive:
    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _with_length(scope: dict, length: int) -> dict:
    others = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
    return {**scope, "headers": [*others, (b"content-length", str(length).encode())]}


# --- WebSocket ---


async def _websocket(scope: dict, receive: Receive, send: Send) -> None:
    await receive()  # the wish to connect
    if not origins.allowed(scope) or refusal(scope):
        return await send({"type": "websocket.close"})
    line = Line(receive, send)
    try:
        if sid := _asked(scope).get("sid"):
            await line.upgrade(scope, sid[0])
        else:
            await _library(scope, line.hear, line.say)
    finally:
        await line.close()


class Line:
    """A WebSocket between the client and the library."""

    def __init__(self, receive: Receive, send: Send):
        self._receive, self._send = receive, send
        self._waiting = [{"type": "websocket.connect"}]
        self._accepted = self._closed = False
        self._sid = ""  # of the connection to be upgraded

    async def upgrade(self, scope: dict, sid: str) -> None:
        """Take over from polling.

        The library holds polls back from the moment it is called, and for ever where the upgrade
        comes to nothing: so it is called once the client has proved that it is heard.
        """
        self._sid = sid
        await self.say({"type": "websocket.accept"})
        first = await self.hear_client()
        if first.get("text") != packets.PROBE or not server.is_open(sid):
            return
        self._waiting.append(first)
        try:
            await _library(scope, self.hear, self.say)
        finally:
            if (transport := server.eio.sockets.get(sid)) and not transport.upgraded:
                transport.upgrading = False

    async def hear(self) -> dict:
        return self._waiting.pop(0) if self._waiting else await self.hear_client()

    async def hear_client(self) -> dict:
        """What the client says next, as far as it is passed on. An upgrade may not take long."""
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS if self._is_upgrading() else None):
                while True:
                    event = await self._receive()
                    if event["type"] != "websocket.receive":
                        return event
                    if said := packets.heard(event.get("text") or ""):
                        return {"type": "websocket.receive", "text": said}
        except TimeoutError:
            return _HANG_UP

    async def say(self, message: dict) -> None:
        if message["type"] == "websocket.accept":
            if self._accepted:
                return
            self._accepted = True
        elif message["type"] == "websocket.close":
            self._closed = True
        await self._send(message)

    async def close(self) -> None:
        if not self._closed:
            await self.say({"type": "websocket.close"})

    def _is_upgrading(self) -> bool:
        transport = server.eio.sockets.get(self._sid)
        return bool(self._sid) and not (transport and transport.upgraded)


# --- Answers ---


async def _refuse(send: Send, why: tuple[int, str], *, status: int = 400) -> None:
    code, message = why
    body = json.dumps({"code": code, "message": message}, separators=(",", ":")).encode()
    await _answer(send, status, body, [(b"content-type", b"application/json")])


async def _answer(send: Send, status: int, body: bytes, headers: list) -> None:
    length = [(b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": [*headers, *length]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _preflight() -> list[tuple[bytes, bytes]]:
    named = {
        "access-control-allow-methods": ",".join(settings.CORS_ALLOW_METHODS),
        "access-control-allow-headers": ",".join(settings.CORS_ALLOW_HEADERS),
        "access-control-max-age": str(settings.CORS_PREFLIGHT_MAX_AGE),
    }
    return [(name.encode(), value.encode()) for name, value in named.items()]


def _with_headers(send: Send) -> Send:
    async def with_headers(message: dict) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return with_headers
