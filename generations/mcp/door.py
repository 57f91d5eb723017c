"""The ASGI applications of `/mcp` and `/mcp/health`: who comes in, and how refusals look.

Credentials come in headers alone and no cookie is looked at, so no page can use somebody's session;
origins are checked all the same, as the specification has it, against DNS rebinding.
"""

import importlib
import io
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, JsonResponse

from accounts.oauth_server import metadata
from accounts.oauth_server.errors import TokenNotSent
from chatsvg import logs, origins, problems
from chatsvg.database import AWAY
from chatsvg.errors import DomainError, SignedOut
from chatsvg.ratelimits import headers as ratelimit_headers
from chatsvg.telemetry.live import LiveRequestId
from generations.mcp import admission, sessions
from generations.mcp.errors import (
    BodyTooLarge,
    Broken,
    DatabaseAway,
    ForeignOrigin,
    MethodNotAllowed,
    WrongHost,
)
from generations.mcp.threads import in_thread
from generations.mcp.visits import Visit

logger = logging.getLogger(__name__)
Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[Any]]
METHODS = ("POST", "DELETE", "OPTIONS")  # no GET: we have nothing to say that nobody asked for
SERVER_ERROR = -32000  # of JSON-RPC, for what HTTP's status says better
_CODES = {"PARSE_ERROR": -32700, "INVALID_REQUEST": -32600}
_EXPOSED = "MCP-Session-Id, WWW-Authenticate, Retry-After, x-request-id"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "authorization, content-type, accept, x-api-key, "
    "last-event-id, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name",
    "Access-Control-Max-Age": "600",
}


async def _face(scope: dict, receive: Receive, send: Send) -> None:
    """`/mcp`."""
    request = _request(scope)
    with ratelimit_headers.noting() as noted:
        answer = Answer(send, request, noted)
        try:
            _check_place(request)
            await _serve(scope, request, receive, answer)
        except DomainError as refusal:
            await answer.refuse(refusal)
        except AWAY as error:
            logger.warning("mcp.database_away error=%s", type(error).__name__)
            await answer.refuse(DatabaseAway())
        except Exception:
            logger.exception("mcp.failed")
            await answer.refuse(Broken())
        finally:
            if answer.visit:
                await in_thread(answer.visit.note)()


async def _serve(scope: dict, request: ASGIRequest, receive: Receive, answer: "Answer") -> None:
    """The answer to a request from a place that may ask; raises what is refused."""
    if request.method == "OPTIONS":
        return await answer.give(HttpResponse(status=HTTPStatus.NO_CONTENT, headers=_PREFLIGHT))
    body = await _body(receive) if request.method == "POST" else None
    query = scope["query_string"].decode("latin-1")
    version = _first(scope, b"mcp-protocol-version")
    visit = await in_thread(admission.admit)(request, body, query=query, version=version)
    answer.visit = visit
    if request.method == "DELETE" and visit.session:
        await in_thread(sessions.end)(visit.session)
        await answer.give(HttpResponse(status=HTTPStatus.NO_CONTENT))
    elif visit.message is None:
        raise MethodNotAllowed(*METHODS)
    else:
        server = await _sdk()
        inside = {**scope, server.VISIT: visit, "headers": _with_length(scope, visit.message.wire)}
        await server.serving()(inside, _heard(visit.message.wire, receive), answer.send)
    return None


async def _sdk() -> Any:
    """Half a second of imports, once, and not on the event loop."""
    return await in_thread(importlib.import_module)("generations.mcp.server")


class Answer:
    """The way back to the client. Every answer carries the same headers, whoever gives it."""

    def __init__(self, send: Send, request: ASGIRequest, noted: list):
        self._send, self._request, self._noted = send, request, noted
        self.visit: Visit | None = None  # once it was let in
        self._has_begun = False

    async def send(self, message: dict) -> None:
        """For the SDK."""
        if message["type"] == "http.response.start":
            self._has_begun = True
            self._note(message["status"])
            ours = self._headers(message["status"])
            names = {name for name, _ in ours}
            theirs = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
            message = {**message, "headers": [*theirs, *ours]}
        await self._send(message)

    async def give(self, response: HttpResponse) -> None:
        headers = [(_wire(name.lower()), _wire(value)) for name, value in response.items()]
        start = {"type": "http.response.start", "status": response.status_code}
        await self.send({**start, "headers": headers})
        body = b"" if self._request.method == "HEAD" else response.content
        await self.send({"type": "http.response.body", "body": body})

    async def refuse(self, refusal: DomainError) -> None:
        """As an error of JSON-RPC, with the contract's members."""
        if self._has_begun:
            return
        code = refusal.code or HTTPStatus(refusal.status).name
        said = {
            "code": _CODES.get(code, SERVER_ERROR),
            "message": str(refusal),
            "data": {"errorCode": code, "requestId": logs.request_id()},
        }
        body = {"jsonrpc": "2.0", "id": None, "error": said}
        response = problems.refused(JsonResponse(body), refusal)
        if isinstance(refusal, SignedOut):
            error = "" if isinstance(refusal, TokenNotSent) else "invalid_token"
            response["WWW-Authenticate"] = metadata.challenge(error)
        await self.give(response)

    def _note(self, status: int) -> None:
        if self.visit and status >= HTTPStatus.BAD_REQUEST:
            self.visit.status = status

    def _headers(self, status: int) -> list[tuple[bytes, bytes]]:
        extra = HttpResponse()
        del extra["Content-Type"]
        ratelimit_headers.write(extra, self._noted)
        extra["Cache-Control"] = "private, no-store"
        extra["X-Content-Type-Options"] = "nosniff"
        if self.visit and self.visit.session and status == HTTPStatus.OK:
            extra["MCP-Session-Id"] = self.visit.session
        if origin := self._request.headers.get("Origin"):
            if _is_ours(self._request, origin):
                extra["Access-Control-Allow-Origin"] = origin
                extra["Access-Control-Expose-Headers"] = _EXPOSED
            extra["Vary"] = "Origin"
        return [(_wire(name.lower()), _wire(value)) for name, value in extra.items()]


# --- Requests ---


def _request(scope: dict) -> ASGIRequest:
    """As Django sees it: where it comes from, which host it is for, and its headers."""
    return ASGIRequest({**scope, "query_string": b""}, io.BytesIO())


def _check_place(request: ASGIRequest) -> None:
    """Raises WrongHost or ForeignOrigin."""
    try:
        request.get_host()
    except DisallowedHost:
        raise WrongHost()
    origin = request.headers.get("Origin")
    if origin and not _is_ours(request, origin):
        raise ForeignOrigin()


def _is_ours(request: ASGIRequest, origin: str) -> bool:
    return origins.is_ours(origin, host=request.headers.get("Host", ""))


async def _body(receive: Receive) -> bytes:
    """The whole of a request's body. Raises BodyTooLarge."""
    body, more = bytearray(), True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge()
    return bytes(body)


def _heard(body: bytes, receive: Receive) -> Receive:
    """`receive` with the body once more in front: after it, the SDK hears when the client goes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def heard() -> dict:
        return waiting.pop() if waiting else await receive()

    return heard


def _with_length(scope: dict, body: bytes) -> list[tuple[bytes, bytes]]:
    others = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
    return [*others, (b"content-length", str(len(body)).encode())]


def _first(scope: dict, name: bytes) -> str | None:
    """The first header of this name, which is the one that the SDK goes by."""
    found = (value.decode("latin-1") for key, value in scope["headers"] if key == name)
    return next(found, None)


def _wire(text: str) -> bytes:
    return text.encode("latin-1", "replace")


# --- Health ---


async def _health(scope: dict, receive: Receive, send: Send) -> None:
    """`/mcp/health`: the process answers, and where the protocol is spoken."""
    answer = Answer(send, _request(scope), [])
    if scope["method"] in ("GET", "HEAD"):
        told = {"ok": True, "name": "chatsvg-mcp", "url": metadata.resource()}
        await answer.give(JsonResponse(told))
    else:
        await answer.refuse(MethodNotAllowed("GET", "HEAD"))


face = LiveRequestId(_face, "mcp")
health = LiveRequestId(_health, "mcp/health")
