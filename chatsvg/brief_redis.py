"""Redis for what can do without it: asked briefly, and left alone while it does not answer."""

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import redis

TIMEOUT_SECONDS = 0.25  # for Redis to accept a connection, and to answer
REST_SECONDS = 2  # until a Redis that did not answer is asked again, by one thread
AWAY = (redis.RedisError, OSError)
OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "socket_timeout": TIMEOUT_SECONDS,
    "retry": None,
    "protocol": 2,  # one round trip less when it connects
}

logger = logging.getLogger(__name__)


class Turn:
    """Who may ask: everybody while Redis answers, else one in REST_SECONDS.

    `name` is of those who ask; the log says once that it is away, and once that it is back.
    """

    def __init__(self, name: str):
        self._name = name
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

    def lose(self, error: Exception) -> bool:
        """It did not answer. Whether that is news."""
        with self._lock:
            is_news, self._is_away = not self._is_away, True
            self._again_at = time.monotonic() + REST_SECONDS
        if is_news:
            logger.warning("%s.redis_away error=%s", self._name, type(error).__name__)
        return is_news

    def succeed(self) -> bool:
        """It answered. Whether that is news."""
        if not self._is_away:
            return False
        with self._lock:
            is_news, self._is_away = self._is_away, False
        if is_news:
            logger.info("%s.redis_back", self._name)
        return is_news


class BriefRedis:
    """A Redis, and whose turn it is to ask it."""

    def __init__(self, name: str, url: str):
        self._client = redis.Redis.from_url(url, **OPTIONS)
        self._turn = Turn(name)

    def ask(self, question: Callable[[redis.Redis], Any]) -> Any:
        """What Redis answers. Raises one of AWAY where it does not, or is left alone."""
        if not self._turn.take():
            raise redis.ConnectionError("left alone")
        try:
            answer = question(self._client)
        except AWAY as error:
            self._turn.lose(error)
            raise
        self._turn.succeed()
        return answer


@cache
def of(name: str, url: str) -> BriefRedis:
    """This process's, for those who ask under that name."""
    return BriefRedis(name, url)
