"""What every log line carries."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

request_id = ContextVar("request_id", default="-")
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADER = b"x-request-id"
Asgi = Callable[[dict, Callable, Callable], Awaitable[Any]]


@contextmanager
def named(sent: str) -> Iterator[str]:
    """Inside, log lines carry the id that came with a request if it is well-formed, else 32 hex."""
    name = sent if _ACCEPTED.fullmatch(sent) else secrets.token_hex(16)
    known = request_id.set(name)
    try:
        yield name
    finally:
        request_id.reset(known)


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request that it was written for.

    Django writes of refusals when our middleware has left already: such a record has its request.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        about = getattr(getattr(record, "request", None), "id", "-")
        known = request_id.get()
        record.request_id = about if known == "-" else known
        return True


class LiveRequestId:
    """`x-request-id` on what an ASGI application answers without Django, and in its log lines."""

    def __init__(self, application: Asgi):
        self.application = application

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        sent = dict(scope["headers"]).get(_HEADER, b"").decode("latin-1")
        with named(sent) as name:

            async def with_id(message: dict) -> None:
                if message["type"] in ("http.response.start", "websocket.accept"):
                    headers = [*message.get("headers", []), (_HEADER, name.encode())]
                    message = {**message, "headers": headers}
                await send(message)

            await self.application(scope, receive, with_id)
