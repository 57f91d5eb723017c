"""`/v1/events`: the feed of a key's person as Server-Sent Events, for programs."""

import io
import logging
import time
from collections.abc import Iterable
from http import HTTPStatus
from weakref import WeakSet

from channels.db import database_sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse

from accounts import client
from accounts.keys import authentication, usage
from accounts.models import ApiKey
from chatsvg import logs, problems
from chatsvg.database import AWAY
from chatsvg.errors import DomainError, TooMany
from chatsvg.ratelimits import headers as ratelimit_headers
from realtime import feed, tickets
from realtime.consumers import EventStream

logger = logging.getLogger(__name__)
OF_A_KEY = 8  # streams of one key that are open at once, in one process
AGAIN_SECONDS = 10  # a place may be free then: how long is nobody's to know

_open: WeakSet["KeyStream"] = WeakSet()


class TooManyStreams(TooMany):
    code = "TOO_MANY_STREAMS"
    title = f"Too many streams are open with this API key. At most {OF_A_KEY} may be."


class NotAsked(DomainError):
    """405: a stream is only ever read."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = "Method not allowed"

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": "GET"}


class KeyStream(EventStream):
    """The events of jobs; a test key hears of what test keys asked for, another key of the rest.

    `Last-Event-ID` (or `?after=`) resumes behind an event. Whatever is refused is a problem, as on
    all of `/v1`. The stream ends with its key. Notifications are for people: none is told here.
    """

    face = "v1"
    key: ApiKey

    async def http_request(self, request):
        if request.get("more_body"):
            return
        began = time.perf_counter()
        response = await self.answer(as_django_sees(self.scope))
        await self.note(response.status_code, round(1000 * (time.perf_counter() - began)))
        if response.status_code == HTTPStatus.OK:
            await self.enter(self.key.user_id, tickets.of_key(self.key))
            del response["Content-Type"]
            await self.open(wire(response))
        else:
            await self.give(response)

    async def answer(self, request: ASGIRequest) -> HttpResponse:
        """200 for a key that may watch, with the headers of its limits; or the refusal."""
        with ratelimit_headers.noting() as noted:
            try:
                await database_sync_to_async(self.admit)(request)
                self.take_place()
                response = HttpResponse()
            except DomainError as refusal:
                response = refused(request, refusal)
            except AWAY as error:
                logger.warning("key_stream.database_away error=%s", type(error).__name__)
                response = problems.away(request)
            except Exception:
                logger.exception("key_stream.failed")
                response = problems.answer(request, 500, problems.SERVER_ERROR)
            ratelimit_headers.write(response, noted)
        return response

    def admit(self, request: ASGIRequest) -> None:
        """Raises what all of `/v1` raises."""
        if request.method != "GET":
            raise NotAsked()
        self.key = authentication.present(request.headers, client.address(request))
        authentication.permit(self.key, tickets.KEY_SCOPE)
        authentication.count(self.key)

    def take_place(self) -> None:
        """Raises TooManyStreams."""
        if sum(other.key.pk == self.key.pk for other in _open) >= OF_A_KEY:
            raise TooManyStreams(retry_after=AGAIN_SECONDS)
        _open.add(self)

    async def note(self, status: int, latency_ms: int) -> None:
        """A row of the key's usage, where a key is known."""
        if hasattr(self, "key"):
            record = database_sync_to_async(usage.record)
            await record(self.key, status=status, latency_ms=latency_ms, credits=0)

    async def give(self, response: HttpResponse) -> None:
        headers = [*wire(response), (b"x-content-type-options", b"nosniff")]
        start = {"type": "http.response.start", "status": response.status_code}
        await self.send({**start, "headers": headers})
        await self.send({"type": "http.response.body", "body": response.content})

    async def leave(self) -> None:
        _open.discard(self)
        await super().leave()

    # --- What it sees ---

    async def user_message(self, message):
        """Pushes do not say what is a test; rows do, until we know the job."""
        if message.get("jobId") in self.progress:
            await super().user_message(message)
        elif message.get("id", 0) > self.cursor:
            await self.catch_up()

    async def catch_up(self) -> None:
        is_more = True
        while is_more:
            rows = await database_sync_to_async(feed.marked_after)(self.user_id, self.cursor)
            is_more = len(rows) == feed.PAGE
            for message, is_test in rows:
                if message["id"] <= self.cursor:
                    continue
                if is_test == self.key.is_test:
                    await self.pass_on(message)
                else:
                    self.cursor = message["id"]

    def under_way(self) -> list[tuple[str, int]]:
        return feed.under_way(self.user_id, is_test=self.key.is_test)

    async def deliver(self, message):
        await super().deliver({**message, "test": True} if self.key.is_test else message)


def as_django_sees(scope: dict) -> ASGIRequest:
    """The request of a handshake, without its query and its body."""
    request = ASGIRequest({**scope, "query_string": b""}, io.BytesIO())
    request.id = logs.request_id()  # type: ignore[attr-defined]
    return request


def refused(request: ASGIRequest, refusal: DomainError) -> HttpResponse:
    code = {"errorCode": refusal.code} if refusal.code else {}
    response = problems.answer(request, refusal.status, str(refusal), **code, **refusal.extra)
    response["Cache-Control"] = "private, no-store"
    return problems.refused(response, refusal)


def wire(response: HttpResponse) -> Iterable[tuple[bytes, bytes]]:
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.items()
    ]
