"""What all processes share about the gallery, in Redis: stamps, and the pages made last.

A page's stamp changes when a drawing of it is published or deleted. Whoever makes a page reads its
stamp first and the drawings after that; so a page with today's stamp has what was committed before
the stamp was set. Any call may raise one of AWAY.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

import redis
from django.conf import settings
from django.db import connection

from generations.gallery.asked import Filters

TIMEOUT_SECONDS = 0.25  # for Redis to accept a connection, and to answer
REST_SECONDS = 2  # until a Redis that did not answer is asked again, by one thread
BOUND_SECONDS = 30  # pages are made anew after that, even if nobody told of a change
QUIET_SECONDS = 1  # one refreshing task in this time is enough
FORMAT = 1  # of the pages in Redis: a new release does not read those of the one before

AWAY = (redis.RedisError, OSError)
logger = logging.getLogger(__name__)


class Made(NamedTuple):
    """A page's JSON, the stamp it was made under, and when (seconds since the epoch)."""

    stamp: str
    at: float
    text: str

    @property
    def is_young(self) -> bool:
        return time.time() < self.at + BOUND_SECONDS


class _Turn:
    """Who may ask Redis: everybody while it answers, else one in REST_SECONDS."""

    def __init__(self) -> None:
        self._is_away = False
        self._again_at = 0.0
        self._lock = threading.Lock()

    def take(self) -> bool:
        if not self._is_away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._again_at:
                return False
            self._again_at = now + REST_SECONDS
            return True

    def lose(self, error: Exception) -> None:
        if not self._is_away:
            logger.warning("gallery.redis_away error=%s", type(error).__name__)
        self._is_away, self._again_at = True, time.monotonic() + REST_SECONDS

    def succeed(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.info("gallery.redis_back")


def stamp(filters: Filters) -> str:
    """The page's stamp now; empty where nothing was told since Redis began."""
    found = _ask(lambda client: client.hget(_key("stamps"), _name(filters)))
    return found.decode() if found else ""


def change(pages: Iterable[Filters]) -> bool:
    """Give these pages a new stamp; say whether somebody should have them made anew."""
    new = uuid4().hex

    def tell(client: redis.Redis) -> list:
        with client.pipeline(transaction=False) as line:
            line.hset(_key("stamps"), mapping={_name(filters): new for filters in pages})
            line.set(_key("quiet"), 1, nx=True, ex=QUIET_SECONDS)
            return line.execute()

    return bool(_ask(tell)[1])


def get(filters: Filters) -> Made | None:
    """The page as somebody made it, if that is not longer ago than BOUND_SECONDS."""
    found = _ask(lambda client: client.get(_key(_name(filters))))
    if not found:
        return None
    stamp, at, text = found.decode().split("\n", 2)
    made = Made(stamp, float(at), text)
    return made if made.is_young else None


def put(filters: Filters, made: Made) -> None:
    """Give a page to the others."""
    text = f"{made.stamp}\n{made.at}\n{made.text}"
    _ask(lambda client: client.set(_key(_name(filters)), text, ex=BOUND_SECONDS))


def _ask(question: Callable[[redis.Redis], Any]) -> Any:
    turn = _turn(settings.REDIS_URL)
    if not turn.take():
        raise redis.ConnectionError("left alone")
    try:
        answer = question(_client(settings.REDIS_URL))
    except AWAY as error:
        turn.lose(error)
        raise
    turn.succeed()
    return answer


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        retry=None,
        protocol=2,  # one round trip less when it connects
    )


@cache
def _turn(url: str) -> _Turn:
    return _Turn()


def _key(name: str) -> str:
    """Pages belong to a database; several installations may share a Redis."""
    return f"{settings.GALLERY_PREFIX}:{connection.settings_dict['NAME']}:{FORMAT}:{name}"


def _name(filters: Filters) -> str:
    return f"{filters.style}|{filters.model}"
