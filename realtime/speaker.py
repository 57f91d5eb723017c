"""Saying things by pub/sub, from any thread."""

import os
import threading
from collections import deque
from functools import partial

import redis

from chatsvg.brief_redis import AWAY, OPTIONS, BriefRedis

_AT_ONCE = 100  # messages in one round trip


class Speaker:
    """By the first of several servers that takes it, and briefly: one that keeps failing is left
    alone.

    Whoever has something to say says what others have left meanwhile, too. So a message is on its
    way when `say` returns, unless another thread is just speaking: nobody waits for anybody else,
    and many messages take few round trips.
    """

    def __init__(self, urls: str):
        self._servers = BriefRedis("pushes", urls, _client)
        self._left: deque[tuple[str, bytes]] = deque()
        self._speaking = threading.Lock()
        os.register_at_fork(after_in_child=self._begin_anew)

    @property
    def left(self) -> int:
        """How many messages wait for the thread that speaks."""
        return len(self._left)

    def leave(self, name: str, body: bytes) -> None:
        """Have it said by whoever speaks next."""
        self._left.append((name, body))

    def say(self) -> None:
        """Say all that was left. What no server takes is lost."""
        while self._left and self._speaking.acquire(blocking=False):
            try:
                self._say_some()
            except AWAY:
                pass  # told once, by the breaker
            finally:
                self._speaking.release()

    def say_now(self, name: str, body: bytes) -> None:
        """Raises one of AWAY where no server takes it."""
        self._servers.ask(partial(_publish, [(name, body)]))

    def _say_some(self) -> None:
        taken = [self._left.popleft() for _ in range(min(len(self._left), _AT_ONCE))]
        self._servers.ask(partial(_publish, taken))

    def _begin_anew(self) -> None:
        """In a forked child: what the parent's threads were at is theirs."""
        self._left.clear()
        self._speaking = threading.Lock()


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, **OPTIONS)


def _publish(messages: list[tuple[str, bytes]], client: redis.Redis) -> None:
    if len(messages) == 1:
        client.publish(*messages[0])
        return
    with client.pipeline(transaction=False) as together:
        for name, body in messages:
            together.publish(name, body)
        together.execute()
