"""One HTTP client with its pool per server and loop, and the turns of endpoints that take few."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cache
from weakref import WeakKeyDictionary

import httpx2
from django.conf import settings

from chatsvg import background
from chatsvg.telemetry import tracing
from generations.providers.base import Endpoint
from generations.providers.sdk import openai

ERROR_BYTES = 64 * 1024  # of the body of an error are read
KEPT_IDLE = 8  # connections: every request looks at each of them, whether it is still open

Clients = dict[tuple[object, ...], openai.AsyncOpenAI]
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Clients] = WeakKeyDictionary()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Endpoint, asyncio.Semaphore]] = (
    WeakKeyDictionary()
)


def client_of(endpoint: Endpoint) -> openai.AsyncOpenAI:
    """The running loop's client for this server."""
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    key = (endpoint.base_url, endpoint.api_key, endpoint.query)
    if key not in clients:
        background.at_stop(close_clients)
        clients[key] = _connect(endpoint)
    return clients[key]


def turn(endpoint: Endpoint) -> AbstractAsyncContextManager[object]:
    """Holds one of the calls that the endpoint takes at once; entering waits for a free one."""
    most = endpoint.limits.concurrent
    if not most:
        return nullcontext()
    turns = _turns.setdefault(asyncio.get_running_loop(), {})
    return turns.setdefault(endpoint, asyncio.Semaphore(most))


def headers_for(endpoint: Endpoint) -> dict[str, str | openai.Omit]:
    """What goes with a call beside the SDK's own headers: how the key is sent, if at all.

    Nothing is to be packed: what packs a stream also holds it back.
    """
    plain = {"Accept-Encoding": "identity", **_trace()}
    if endpoint.auth == "bearer" and endpoint.api_key:
        return {**plain}
    is_azure = endpoint.auth == "api-key" and endpoint.api_key
    key = {"api-key": endpoint.api_key} if is_azure else {}
    return {**plain, **key, "Authorization": openai.Omit()}


def _trace() -> dict[str, str]:
    """Which trace a call is part of: told where that is wanted, since endpoints are others'."""
    here = tracing.traceparent() if settings.OTEL_MODEL_TRACEPARENT else ""
    return {"traceparent": here} if here else {}


async def close_clients() -> None:
    """Close the pools of the running loop."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


def _connect(endpoint: Endpoint) -> openai.AsyncOpenAI:
    """Retries are the job engine's alone, so the SDK makes none. No redirect is followed."""
    patience = httpx2.Timeout(None, connect=settings.MODEL_CONNECT_SECONDS)
    return openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        default_query=dict(endpoint.query),
        max_retries=0,
        timeout=patience,
        http_client=openai.DefaultAsyncHttpxClient(
            verify=_trusted(),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=KEPT_IDLE),
            timeout=patience,
            follow_redirects=False,
            event_hooks={"response": [_shorten_error]},
        ),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities whose certificates we take, read once for all clients."""
    return httpx2.create_ssl_context()


async def _shorten_error(response: httpx2.Response) -> None:
    """The SDK reads the body of an error whole; so there is only the beginning of it, unpacked."""
    if not response.is_success:
        whole = httpx2.Response(
            response.status_code, headers=response.headers, stream=response.stream
        )
        response.stream = _Beginning(whole)
        response.headers.pop("content-encoding", None)


class _Beginning(httpx2.AsyncByteStream):
    """The first ERROR_BYTES of what a body holds."""

    def __init__(self, whole: httpx2.Response):
        self._whole = whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for part in self._whole.aiter_bytes():
            yield part[: ERROR_BYTES - length]
            length += len(part)
            if length >= ERROR_BYTES:
                return

    async def aclose(self) -> None:
        await self._whole.aclose()
