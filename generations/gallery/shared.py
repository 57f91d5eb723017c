"""What all processes share about the gallery, in Redis: stamps, and the pages made last.

A page's stamp changes when a drawing of it is published or deleted. Whoever makes a page reads its
stamp first and the drawings after that; so a page with today's stamp has what was committed before
the stamp was set. Any call may raise one of brief_redis.AWAY.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import uuid4

import redis
from django.conf import settings
from django.db import connection

from chatsvg import brief_redis
from generations.gallery.asked import Filters

BOUND_SECONDS = 30  # pages are made anew after that, even if nobody told of a change
QUIET_SECONDS = 1  # one refreshing task in this time is enough
FORMAT = 1  # of the pages in Redis: a new release does not read those of the one before


class Made(NamedTuple):
    """A page's JSON, the stamp it was made under, and when (seconds since the epoch)."""

    stamp: str
    at: float
    text: str

    @property
    def is_young(self) -> bool:
        return time.time() < self.at + BOUND_SECONDS


def stamp(filters: Filters) -> str:
    """The page's stamp now; empty where nothing was told since Redis began."""
    found = _ask(lambda client: client.hget(_key("stamps"), _name(filters)))
    return found.decode() if found else ""


def change(pages: Iterable[Filters]) -> bool:
    """Give these pages a new stamp; say whether somebody should have them made anew.

    All servers are told: of two processes one may use the first, and one another for a while.
    """
    new = uuid4().hex

    def tell(client: redis.Redis) -> list:
        with client.pipeline(transaction=False) as line:
            line.hset(_key("stamps"), mapping={_name(filters): new for filters in pages})
            line.set(_key("quiet"), 1, nx=True, ex=QUIET_SECONDS)
            return line.execute()

    return bool(_redis().tell(tell)[1])


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
    return _redis().ask(question)


def _redis() -> brief_redis.BriefRedis[redis.Redis]:
    return brief_redis.of("gallery", settings.REDIS_URL)


def _key(name: str) -> str:
    """Pages belong to a database; several installations may share a Redis."""
    return f"{settings.GALLERY_PREFIX}:{connection.settings_dict['NAME']}:{FORMAT}:{name}"


def _name(filters: Filters) -> str:
    return f"{filters.style}|{filters.model}"
