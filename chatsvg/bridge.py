"""Short requests under an ASGI server, answered by a WSGI application in threads.

Django's own ASGI handler crosses between event loop and thread several times for a request whose
view and middleware are synchronous; here a request goes into a thread once, and its answer comes
back. What is read before that is bounded in size and time, and who waits for a thread in number.
Only a few begin at a time: more would only take Python from each other. One that is at it for long
waits for something, and gives its turn to the next.
A thread stays with its request to the end, streamed bodies included: the connection to PostgreSQL
is the thread's, and goes back to the pool when the response is closed.
"""

import asyncio
import contextvars
import io
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import CancelledError
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIRequest

from chatsvg import problems, safety
from chatsvg.hands import Hands

logger = logging.getLogger(__name__)

BODY_BYTES = 8 * 1024 * 1024  # of which a request is refused unread; views have limits of their own
BODY_SECONDS = 60  # in which a body has to be here
PIECE_SECONDS = 60  # in which whoever reads a stream takes a piece of it
WAITING = 1024  # for a thread
TURNS = 8  # requests that compute at a time
TURN_SECONDS = 0.2  # after which one waits for something, and the next begins
_RETRY_AFTER_SECONDS = 2
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_ANNOUNCING = (b"content-length", b"transfer-encoding")
_CONTENT = ("CONTENT_TYPE", "CONTENT_LENGTH")

Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[Any]]
Headers = list[tuple[bytes, bytes]]


class Gone(Exception):
    """Whoever asked has left, or takes nothing any more."""


class Bridge:
    """An ASGI application, for HTTP alone, over a WSGI application."""

    def __init__(
        self,
        application: Callable[[dict, Callable], Iterable[bytes]],
        *,
        threads: int,
        waiting: int = WAITING,
        body_seconds: float = BODY_SECONDS,
        piece_seconds: float = PIECE_SECONDS,
    ):
        self._application = application
        self._hands = Hands(threads, name="request")
        self._at_most = threads + waiting
        self._inside = 0
        self._turns = asyncio.Semaphore(TURNS)
        self._body_seconds, self._piece_seconds = body_seconds, piece_seconds

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        if self._inside >= self._at_most:
            retry = (b"retry-after", str(_RETRY_AFTER_SECONDS).encode())
            return await _refuse(scope, send, 503, "Service unavailable", retry)
        self._inside += 1
        try:
            await self._exchange(scope, receive, send)
        finally:
            self._inside -= 1

    async def _exchange(self, scope: dict, receive: Receive, send: Send) -> None:
        if not _has_body(scope):
            return await self._pass_in(scope, b"", receive, send)
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await _body(scope, receive)
        except TimeoutError:
            await _refuse(scope, send, 408, "Request timeout", (b"connection", b"close"))
        except Gone:
            """Nobody is there to be told."""
        else:
            await self._pass_in(scope, body, receive, send)

    async def _pass_in(self, scope: dict, body: bytes, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        stream = _Stream(loop, receive, send, self._piece_seconds)
        # a context of its own: what one request leaves in it, the thread's next does not find
        run = contextvars.Context().run
        try:
            async with _Turn(self._turns):
                answer = await self._hands.take(run, self._answer, _environ(scope, body), stream)
        finally:
            stream.end()
        if answer:
            start, content = answer
            await send(start)
            await send({"type": "http.response.body", "body": content})

    def _answer(self, environ: dict[str, Any], stream: "_Stream") -> tuple[dict, bytes] | None:
        """In a thread. How an answer begins, and its content; None where it was streamed."""
        told = _Told()
        try:
            response = self._application(environ, told)
        except Exception:
            logger.exception("bridge.failed method=%s", environ["REQUEST_METHOD"])
            response = _failure(environ, told)
        try:
            start = told.start(environ["REQUEST_METHOD"])
            if not told.has_content:
                return start, b""
            if _is_whole(response):
                return start, b"".join(response)
            stream.tell(start, response)
        finally:
            if hasattr(response, "close"):
                response.close()
        return None


class _Turn:
    """One of them, for TURN_SECONDS at most."""

    def __init__(self, turns: asyncio.Semaphore):
        self._turns = turns
        self._is_over = False

    async def __aenter__(self) -> None:
        await self._turns.acquire()
        self._late = asyncio.get_running_loop().call_later(TURN_SECONDS, self._end)

    async def __aexit__(self, *fault: object) -> None:
        self._late.cancel()
        self._end()

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._turns.release()


class _Told:
    """The `start_response` of a request: its status and headers."""

    status = 0
    headers: Headers = []
    has_content = True

    def __call__(self, status: str, headers: list[tuple[str, str]], fault: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]

    def start(self, method: str) -> dict:
        """The first message. 204 and 304 have no content, hence no length; HEAD has the length."""
        self.has_content = method != "HEAD" and self.status not in _BODILESS
        if self.status in _BODILESS:
            self.headers = [pair for pair in self.headers if pair[0] != b"content-length"]
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}


class _Stream:
    """The way from a thread to who asked, one piece at a time, as fast as they are taken."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send, seconds: float
    ):
        self._loop, self._receive, self._send, self._seconds = loop, receive, send, seconds
        self._gone: asyncio.Task | None = None

    def tell(self, start: dict, pieces: Iterable[bytes]) -> None:
        """Send all of it, or as much as is taken. Raises what making the pieces raises."""
        try:
            self._pass_on(start)
            for piece in pieces:
                if piece:
                    self._pass_on({"type": "http.response.body", "body": piece, "more_body": True})
            self._pass_on({"type": "http.response.body", "body": b""})
        except Gone:
            logger.info("bridge.left")

    def _pass_on(self, message: dict) -> None:
        passing = asyncio.run_coroutine_threadsafe(self._forward(message), self._loop)
        try:
            passing.result(self._seconds)
        except (TimeoutError, CancelledError) as error:
            passing.cancel()
            raise Gone() from error

    async def _forward(self, message: dict) -> None:
        """A server may swallow what it is told for somebody who has left: so that is watched."""
        if self._gone is None:
            self._gone = asyncio.ensure_future(_departure(self._receive))
        if self._gone.done():
            raise Gone()
        await self._send(message)

    def end(self) -> None:
        if self._gone:
            self._gone.cancel()


# --- Requests ---


def _environ(scope: dict, body: bytes) -> dict[str, Any]:
    """As PEP 3333 has it: text is bytes, read as latin-1."""
    host, port = scope.get("server") or ("", None)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host or "",
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    if body:  # of a body in chunks nobody announced the length
        environ.setdefault("CONTENT_LENGTH", str(len(body)))
    return environ


def _add_headers(environ: dict[str, Any], headers: Headers) -> None:
    """Repeated ones are joined. One with an underscore could pass for another: it is left out."""
    for raw_name, raw_value in headers:
        if b"_" in raw_name:
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        key = name if name in _CONTENT else f"HTTP_{name}"
        if key in environ:
            separator = "; " if key == "HTTP_COOKIE" else ","
            value = f"{environ[key]}{separator}{value}"
        environ[key] = value


def _has_body(scope: dict) -> bool:
    """Whether one was announced (RFC 9112 §6.3)."""
    return any(name in _ANNOUNCING for name, _ in scope["headers"])


async def _body(scope: dict, receive: Receive) -> bytes:
    """The whole of it, or of one that is too long as much as proves that. Raises Gone."""
    announced = dict(scope["headers"]).get(b"content-length", b"")
    if announced.isdigit() and int(announced) > BODY_BYTES:
        return b""  # the announcement is enough to refuse it
    body, more = bytearray(), True
    while more and len(body) <= BODY_BYTES:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Gone()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return bytes(body)


async def _departure(receive: Receive) -> None:
    """Return when whoever asked leaves."""
    while (await receive())["type"] != "http.disconnect":
        """The rest of a body that was not read."""


# --- Answers ---


def _is_whole(response: Iterable[bytes]) -> bool:
    """Whether all of it is there. Django's responses say so, and lists are."""
    return not getattr(response, "streaming", not isinstance(response, list | tuple))


def _failure(environ: dict[str, Any], told: _Told) -> Any:
    """What the application's own handlers could not answer."""
    response = problems.server_error(WSGIRequest(environ))
    told(str(response.status_code), list(response.items()))
    return response


async def _refuse(
    scope: dict, send: Send, status: int, error: str, *more: tuple[bytes, bytes]
) -> None:
    """In the contract's words, without a thread."""
    body = json.dumps({"error": error}).encode()
    headers = [
        (b"content-type", problems.JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        *more,
        *safety.of_data(scope),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
