"""Live connections, from the server to the browser: WebSocket and Server-Sent Events."""

import contextlib
import json
import time
from collections.abc import Iterable

import orjson
from channels.consumer import AsyncConsumer, get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import parse_cookie

from accounts import cookies, sessions
from accounts.models import Session
from chatsvg.errors import SignedOut
from realtime import watch
from realtime.viewer import Viewer, position, query

UNAUTHENTICATED = 4401  # sign in, or renew the access token, and come again
KEEP_ALIVE_SECONDS = 15
RETRY_MILLISECONDS = 2000
STREAM_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)


async def session_of(scope: dict) -> Session:
    """The live session of a handshake's access cookie, read as on HTTP. Raises SignedOut."""
    jar = parse_cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    token = jar.get(cookies.ACCESS)
    if not token:
        raise SignedOut("No token provided")
    return await database_sync_to_async(sessions.resolve)(token)


class Connection(Viewer, AsyncConsumer):
    """A consumer without a channel of its own: what it is pushed, it takes as a viewer."""

    async def __call__(self, scope, receive, send):
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            watch.end(self)
            await self.leave()

    async def dispatch(self, message):
        """In this task: Channels would go to a thread before, to look at its connections."""
        await getattr(self, get_handler_name(message))(message)


class EventConsumer(Connection, AsyncWebsocketConsumer):
    """A one-way feed of the signed-in person's events; it says nothing about anyone else.

    `?after=<id>` resumes behind an event.
    """

    face = "websocket"

    async def connect(self):
        try:
            session = await session_of(self.scope)
        except SignedOut:
            await self.accept()  # closed before that, a browser would not see the code
            return await self.shut()
        await self.join(session)
        await self.accept()
        await self.resume(position(query(self.scope, "after")))
        watch.begin(self)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        """Commands go over HTTP; whatever a browser sends here is dropped unread."""

    async def deliver(self, message):
        with contextlib.suppress(RuntimeError, OSError):  # closing: we hear of it in a moment
            await self.send(orjson.dumps(message).decode())

    async def shut(self):
        await self.close(UNAUTHENTICATED)

    async def idle(self):
        """The WebSocket protocol keeps itself alive."""


class EventStream(Connection):
    """The same feed as Server-Sent Events; `Last-Event-ID` (or `?after=`) resumes behind an event.

    Visitors get 401 in JSON. The stream ends with its session; a browser that returns finds out.
    """

    face = "sse"

    async def http_request(self, request):
        if request.get("more_body"):
            return
        try:
            session = await session_of(self.scope)
        except SignedOut as refusal:
            await self.refuse(401, str(refusal))
        else:
            if self.scope["method"] == "GET":
                await self.join(session)
                await self.open()
            else:
                await self.refuse(405, "Method not allowed")

    async def open(self, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Begin to tell whoever has joined."""
        headers = [*STREAM_HEADERS, *headers]
        await self.send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.write(f"retry: {RETRY_MILLISECONDS}\n\n")
        last = dict(self.scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        await self.resume(position(last or query(self.scope, "after")))
        watch.begin(self)

    async def http_disconnect(self, message):
        raise StopConsumer

    async def deliver(self, message):
        cursor = f"id: {message['id']}\n" if "id" in message else ""
        data = orjson.dumps(message).decode()
        await self.write(f"{cursor}event: {message['type']}\ndata: {data}\n\n")

    async def shut(self):
        watch.end(self)
        await self.leave()
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def idle(self):
        if time.monotonic() - self.written_at > KEEP_ALIVE_SECONDS:
            await self.write(": still here\n\n")

    async def write(self, text: str) -> None:
        self.written_at = time.monotonic()
        await self.send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def refuse(self, status: int, error: str) -> None:
        headers = [(b"content-type", b"application/json; charset=utf-8")]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        body = json.dumps({"error": error}).encode()
        await self.send({"type": "http.response.body", "body": body, "more_body": False})
