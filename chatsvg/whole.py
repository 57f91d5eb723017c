"""One process for everything, behind one port: what `dev --like-production` runs.

uvicorn (httptools, uvloop) reads the wire. Short requests go through `chatsvg.bridge` to the WSGI
application in threads, which is what a web process of production runs; WebSockets, event streams,
Socket.IO and MCP go to the ASGI application of a live process. At SIGTERM it leaves as both do.

README has the figures that chose it. granian is as fast with WSGI alone, but offers no way to hand
some connections to ASGI; as an ASGI or RSGI server it takes a stream into memory as fast as it is
made, however slowly it is read. daphne parses HTTP in Python, for twice the CPU of a short request.

    python -m chatsvg.whole HOST PORT
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
os.environ.setdefault("CHATSVG_PROCESS", "web")

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chatsvg import cores, safety
from chatsvg.memory import NEEDLESS, settle, without
from chatsvg.roles import LEAVE_SECONDS, REQUESTS_AT_ONCE

HEAD_BYTES = 64 * 1024  # of an address and its headers
HEAD_SECONDS = 30  # in which they have to be here
IDLE_SECONDS = 75  # for which a connection is kept for the next request
MESSAGE_BYTES = 1024 * 1024  # of a WebSocket
_EVENT_STREAM = b"text/event-stream"
_POLLS = "socket.io/"
_COME_AGAIN = b"Come again."

Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[Any]]
Asgi = Callable[[dict, Receive, Send], Awaitable[None]]


class Wire(HttpToolsProtocol):
    """HTTP/1.1 whose requests have to begin within a time, with a head of bounded size."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, self._end_if_late)
        self._head_bytes = 0

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._late.cancel()
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        """The parser answers 400 where this raises, and closes the connection."""
        self._head_bytes += size
        if self._head_bytes > HEAD_BYTES:
            raise ValueError("too large a head")

    def _end_if_late(self) -> None:
        if self.cycle is None:
            self.transport.close()


class Door:
    """Who came in by a long request, so that they can be told to come back elsewhere."""

    def __init__(self, application: Asgi):
        self._application = application
        self._inside: set[_Visit] = set()

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # the server itself tells WebSockets
            return await self._application(scope, receive, send)
        visit = _Visit(scope, receive, send)
        self._inside.add(visit)
        try:
            await self._application(scope, visit.hear, visit.tell)
            await visit.end()
        finally:
            self._inside.discard(visit)

    def see_off(self) -> None:
        """End what would not end by itself; a request is left to be answered."""
        for visit in self._inside:
            visit.see_off()


class _Visit:
    """One request: for its application, who asked has left when the process leaves."""

    def __init__(self, scope: dict, receive: Receive, send: Send):
        self._scope, self._receive, self._send = scope, receive, send
        self._is_get = scope["method"] == "GET"
        self._is_poll = self._is_get and scope["path"].lstrip("/").startswith(_POLLS)
        self._is_stream = self._has_begun = self._has_ended = False
        self._leaving = asyncio.get_running_loop().create_future()

    async def hear(self) -> dict:
        hearing = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait({hearing, self._leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not hearing.done():
                hearing.cancel()
        return hearing.result() if hearing.done() else {"type": "http.disconnect"}

    async def tell(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            kinds = (value for name, value in message["headers"] if name == b"content-type")
            is_stream = any(kind.startswith(_EVENT_STREAM) for kind in kinds)
            self._is_stream = is_stream and self._is_get
        elif not message.get("more_body"):
            self._has_ended = True
        await self._send(message)

    def see_off(self) -> None:
        if (self._is_stream or self._is_poll) and not self._leaving.done():
            self._leaving.set_result(None)

    async def end(self) -> None:
        """What is still to be said to somebody who was seen off."""
        if not self._leaving.done() or self._has_ended:
            return
        body = b""
        if not self._has_begun:
            body = _COME_AGAIN
            length = str(len(body)).encode()
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length)]
            headers += safety.of_data(self._scope)
            await self._send({"type": "http.response.start", "status": 503, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


class Whole(uvicorn.Server):
    """A server that SIGTERM and SIGINT ask to leave. Asked again it ends at once."""

    def __init__(self, config: uvicorn.Config, door: Door):
        super().__init__(config)
        self._door = door

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        self._door.see_off()
        await super().shutdown(sockets)


def application() -> tuple[Asgi, Door]:
    """The whole, and the door of its long requests."""
    from chatsvg.wsgi import application as pages  # loads the apps, which the others need

    with without(*NEEDLESS):
        from chatsvg import routing
        from chatsvg.bridge import Bridge

    short = Bridge(pages, threads=REQUESTS_AT_ONCE)
    door = Door(routing.application(short))

    async def whole(scope: dict, receive: Receive, send: Send) -> None:
        await (door if routing.may_be_long(scope) else short)(scope, receive, send)

    return whole, door


def main(host: str, port: int) -> None:
    cores.keep_to_mine()
    whole, door = application()
    settle()
    config = uvicorn.Config(
        whole,
        host=host,
        port=port,
        http=Wire,
        ws="wsproto",
        loop="uvloop",
        lifespan="off",
        log_config=None,
        log_level="warning",  # below that it tells addresses, which hold secrets
        access_log=False,
        proxy_headers=False,  # TRUSTED_PROXIES says whom to believe
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LEAVE_SECONDS,
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,  # it costs every idle socket more memory than all the rest
    )
    Whole(config, door).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
