"""The id, and the line, of what an ASGI application answers without Django."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from chatsvg import safety
from chatsvg.logs import named
from chatsvg.telemetry import access

_HEADER = b"x-request-id"
Asgi = Callable[[dict, Callable, Callable], Awaitable[Any]]


class LiveRequestId:
    """`x-request-id` on the answer and in the lines of its work; at the end a line of its own.

    `route` names the address in that line and in the figures.
    """

    def __init__(self, application: Asgi, route: str = "live"):
        self.application, self.route = application, route

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        sent = dict(scope["headers"]).get(_HEADER, b"").decode("latin-1")
        began, told = time.perf_counter(), Told()
        with named(sent) as name:

            async def with_id(message: dict) -> None:
                if message["type"] in ("http.response.start", "websocket.accept"):
                    headers = [*message.get("headers", []), (_HEADER, name.encode())]
                    if message["type"] == "http.response.start":
                        headers += safety.of_data(scope, headers)
                    message = {**message, "headers": headers}
                told.take(message)
                await send(message)

            try:
                await self.application(scope, receive, with_id)
            finally:
                seconds = time.perf_counter() - began
                method = scope.get("method", "WEBSOCKET")
                access.note_live(method, self.route, told.status, seconds, told.size)


class Told:
    """What was answered, as far as figures go. 499: whoever asked left before the answer."""

    def __init__(self) -> None:
        self.status, self.size = 499, 0

    def take(self, message: dict) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            self.status = message["status"]
        elif kind == "websocket.accept":
            self.status = 101
        elif kind == "websocket.close" and self.status == 499:
            self.status = 403
        elif kind == "http.response.body":
            self.size += len(message.get("body", b""))
        elif kind == "websocket.send":
            self.size += len(message.get("text") or message.get("bytes") or b"")
