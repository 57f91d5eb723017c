"""Counting in Redis, and in this process while Redis is away."""

import logging
import threading
import time
from collections.abc import Sequence
from functools import cache

from redis import RedisError

from chatsvg.ratelimits.windows import Answer, LocalWindows, SharedWindows, Window

TIMEOUT_SECONDS = 0.25  # for Redis to accept a connection, and to answer
AWAY_SECONDS = 5  # until a Redis that did not answer is asked again

logger = logging.getLogger(__name__)


class Counter:
    """Windows in Redis. While it does not answer they are counted here, beginning at nothing.

    It is then asked again by one request in every AWAY_SECONDS; the others do not wait for it.
    """

    def __init__(self, url: str):
        self._shared = SharedWindows(
            url,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            retry=None,
            protocol=2,  # one round trip less when it connects
        )
        self._local: LocalWindows | None = None  # while Redis is away
        self._ask_again_at = 0.0
        self._lock = threading.Lock()

    def ask(self, windows: Sequence[Window], *, take: bool, places: int = 1) -> Answer:
        """Whether all windows have room; with `take`, places in each of them, or in none."""
        local = self._local
        if local and not self._is_our_turn():
            return local.ask(windows, take=take, places=places)
        try:
            answer = self._shared.ask(windows, take=take, places=places)
        except (RedisError, OSError) as error:
            return self._gone(error).ask(windows, take=take, places=places)
        if local:
            self._back()
        return answer

    def _is_our_turn(self) -> bool:
        """Whether to ask Redis again; only one of those who want to know does."""
        with self._lock:
            now = time.monotonic()
            if now < self._ask_again_at:
                return False
            self._ask_again_at = now + AWAY_SECONDS
            return True

    def _gone(self, error: Exception) -> LocalWindows:
        with self._lock:
            self._ask_again_at = time.monotonic() + AWAY_SECONDS
            if self._local is None:
                self._local = LocalWindows()
                reason = type(error).__name__
                logger.warning("ratelimit.redis_away error=%s counting=this_process", reason)
            return self._local

    def _back(self) -> None:
        with self._lock:
            if self._local is not None:
                self._local = None
                logger.info("ratelimit.redis_back counting=redis")


@cache
def of(url: str) -> Counter:
    """This process's counter for the Redis at `url`."""
    return Counter(url)
