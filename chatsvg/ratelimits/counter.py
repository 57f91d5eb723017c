"""Counting in Redis, and in this process while Redis is away."""

from collections.abc import Sequence
from functools import cache

from chatsvg.brief_redis import AWAY, OPTIONS, BriefRedis
from chatsvg.ratelimits.windows import Answer, LocalWindows, SharedWindows, Window


class Counter:
    """Windows in Redis. While it does not answer they are counted here, beginning at nothing."""

    def __init__(self, urls: str):
        self._shared = BriefRedis("ratelimit", urls, lambda url: SharedWindows(url, **OPTIONS))
        self._local: LocalWindows | None = None

    def ask(self, windows: Sequence[Window], *, take: bool, places: int = 1) -> Answer:
        """Whether all windows have room; with `take`, places in each of them, or in none."""
        try:
            answer = self._shared.ask(lambda one: one.ask(windows, take=take, places=places))
        except AWAY:
            local = self._local = self._local or LocalWindows()
            return local.ask(windows, take=take, places=places)
        self._local = None
        return answer


@cache
def of(urls: str) -> Counter:
    """This process's counter for those servers."""
    return Counter(urls)
