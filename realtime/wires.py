"""Listening to one Redis server, in one event loop."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from redis import asyncio as aioredis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from chatsvg.addresses import place

logger = logging.getLogger(__name__)
AWAY = (RedisError, OSError, TimeoutError)
CONNECT_SECONDS = 2.0  # in which a server answers to somebody who begins to listen
SILENT_SECONDS = 3.0  # until a server that says nothing is asked whether it is there
AGAIN_SECONDS = 1.0  # between two tries to hear a server that is away
_OPTIONS: dict[str, Any] = {
    "retry": None,
    "protocol": 2,
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": CONNECT_SECONDS,
}


class Wire:
    """What is wanted is subscribed to whenever the server answers, and passed to `take`.

    Once it is known that the server does not answer, nobody waits for it.
    """

    def __init__(self, url: str, take: Callable[[str, bytes], None]):
        self._url, self._take = url, take
        self._wanted: set[str] = set()
        self._heard: PubSub | None = None  # while the server answers
        self._listening: asyncio.Task | None = None
        self._tried = asyncio.Event()  # whether the server answers is known
        self._is_away = False

    async def subscribe(self, name: str) -> None:
        self._wanted.add(name)
        if self._listening is None:
            nobodys = contextvars.Context()  # its log lines belong to no viewer's request
            loop = asyncio.get_running_loop()
            self._listening = loop.create_task(self._listen(), context=nobodys)
        await self._tried.wait()
        await self._say("subscribe", name)

    async def unsubscribe(self, name: str) -> None:
        self._wanted.discard(name)
        await self._say("unsubscribe", name)

    async def flush(self) -> None:
        """As if nothing had ever been said."""
        self._wanted.clear()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None
            self._tried.clear()

    async def _say(self, what: str, name: str) -> None:
        if self._heard is not None:
            with suppress(*AWAY):  # whoever listens finds out, and begins anew
                await getattr(self._heard, what)(name)

    # --- Listening ---

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except AWAY as error:
                self._note_away(error)
            except Exception:
                logger.exception("viewers.broken")
            finally:
                self._heard = None
                self._tried.set()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear(self) -> None:
        """Until the server is away, which is raised."""
        client = aioredis.Redis.from_url(self._url, **_OPTIONS)
        heard = client.pubsub()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await heard.subscribe("chatsvg:nothing", *self._wanted)  # never nothing at all
                await heard.ping()
                while (await self._next(heard))["type"] != "pong":
                    pass
            if missed := self._wanted - {name.decode() for name in heard.channels}:
                await heard.subscribe(*missed)
            self._note_back()
            self._heard = heard
            self._tried.set()
            while True:
                message = await self._next(heard)
                if message["type"] == "message":
                    self._take(message["channel"].decode(), message["data"])
        finally:
            self._heard = None
            await heard.aclose()
            await client.aclose(close_connection_pool=True)

    async def _next(self, heard: PubSub) -> dict[str, Any]:
        """What the server says next. Raises TimeoutError where it says nothing when asked."""
        found = await heard.get_message(timeout=SILENT_SECONDS)
        if found is None:
            await heard.ping()
            found = await heard.get_message(timeout=CONNECT_SECONDS)
        if found is None:
            raise TimeoutError
        return found

    def _note_away(self, error: Exception) -> None:
        if not self._is_away:
            told = type(error).__name__
            logger.warning("viewers.redis_away server=%s error=%s", place(self._url), told)
        self._is_away = True

    def _note_back(self) -> None:
        if self._is_away:
            logger.info("viewers.redis_back server=%s", place(self._url))
        self._is_away = False
