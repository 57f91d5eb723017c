"""Counting in Redis, and in this process while Redis is away."""

from collections.abc import Sequence
from functools import cache

from chatsvg.brief_redis import AWAY, OPTIONS, Turn
from chatsvg.ratelimits.windows import Answer, LocalWindows, SharedWindows, Window


class Counter:
    """Windows in Redis. While it does not answer they are counted here, beginning at nothing."""

    def __init__(self, url: str):
        self._shared = SharedWindows(url, **OPTIONS)
        self._local = LocalWindows()
        self._turn = Turn("ratelimit")

    def ask(self, windows: Sequence[Window], *, take: bool, places: int = 1) -> Answer:
        """Whether all windows have room; with `take`, places in each of them, or in none."""
        if not self._turn.take():
            return self._local.ask(windows, take=take, places=places)
        try:
            answer = self._shared.ask(windows, take=take, places=places)
        except AWAY as error:
            self._turn.lose(error)
            return self._local.ask(windows, take=take, places=places)
        if self._turn.succeed():
            self._local = LocalWindows()
        return answer


@cache
def of(url: str) -> Counter:
    """This process's counter for the Redis at `url`."""
    return Counter(url)
