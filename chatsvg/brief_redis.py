"""Redis for what can do without it: asked briefly, and left alone while it does not answer.

Of several servers the first that answers is used, so that all processes soon use the same one. No
request ever waits to find out whether a server is back: a thread does.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from typing import Any, Generic, TypeVar

import redis

from chatsvg.addresses import place, redis_urls
from chatsvg.breakers import Breaker

A = TypeVar("A")
C = TypeVar("C")
TIMEOUT_SECONDS = 0.25  # for Redis to accept a connection, and to answer
LOOK_SECONDS = 0.25  # between two looks whether a pause is over
Errors = tuple[type[Exception], ...]
AWAY: Errors = (redis.RedisError, OSError)
OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "socket_timeout": TIMEOUT_SECONDS,
    "retry": None,
    "protocol": 2,  # one round trip less when it connects
}
_PROBE = "chatsvg:probe"


class Server:
    """One of several, for one use. Left alone after failures, it is looked for by a thread until it
    is back: nobody who asks waits for that, and it is found out though nobody asks."""

    def __init__(self, use: str, url: str, *, seconds: float = TIMEOUT_SECONDS):
        self.url = url
        self.breaker = Breaker(use, place(url))
        self._seconds = seconds
        self._looking: threading.Thread | None = None
        self._lock = threading.Lock()

    def is_asked(self) -> bool:
        """Whether it answered lately."""
        if not self.breaker.is_closed:
            self._look()
        return self.breaker.is_closed

    def attempt(self, question: Callable[[], A], *, away: Errors = AWAY) -> A:
        """What it answers. Raises one of `away` where it does not, and remembers that."""
        try:
            answer = question()
        except away as error:
            self.fail(error)
            raise
        self.breaker.succeed()
        return answer

    def fail(self, error: BaseException) -> None:
        self.breaker.fail(error)
        if not self.breaker.is_closed:
            self._look()

    def _look(self) -> None:
        """Have it looked for, unless it is already. A process that was forked has no thread yet."""
        with self._lock:
            if self._looking is None or not self._looking.is_alive():
                self._looking = threading.Thread(
                    target=self._probe, name="redis-probe", daemon=True
                )
                self._looking.start()

    def _is_back(self) -> bool:
        with self._lock:
            if self.breaker.is_closed:
                self._looking = None
            return self._looking is None

    def _probe(self) -> None:
        while not self._is_back():
            if not self.breaker.take_probe():
                time.sleep(LOOK_SECONDS)
                continue
            try:
                write(self.url, seconds=self._seconds)
            except AWAY as error:
                self.breaker.fail(error)
            else:
                self.breaker.succeed()


class _Asked(Server, Generic[C]):
    """One that is asked by a client."""

    def __init__(self, use: str, url: str, client: C):
        super().__init__(use, url)
        self.client = client

    def ask(self, question: Callable[[C], A]) -> A:
        return self.attempt(partial(question, self.client))


class BriefRedis(Generic[C]):
    """The servers of one use, by clients that `make` gives for their URLs."""

    def __init__(self, use: str, urls: str, make: Callable[[str], C]):
        self._servers = [_Asked(use, url, make(url)) for url in redis_urls(urls)]

    def ask(self, question: Callable[[C], A]) -> A:
        """What the first server answers. Raises one of AWAY where none does, or is asked."""
        failure: Exception = redis.ConnectionError("left alone")
        for server in self._servers:
            if server.is_asked():
                try:
                    return server.ask(question)
                except AWAY as error:
                    failure = error
        raise failure

    def tell(self, message: Callable[[C], A]) -> A:
        """Say it to every server; the answer is that of the first. Raises one of AWAY where none
        takes it."""
        failure: Exception = redis.ConnectionError("left alone")
        answers = []
        for server in self._servers:
            if server.is_asked():
                try:
                    answers.append(server.ask(message))
                except AWAY as error:
                    failure = error
        if not answers:
            raise failure
        return answers[0]


@cache
def of(use: str, urls: str) -> BriefRedis[redis.Redis]:
    """This process's, for that use."""
    return BriefRedis(use, urls, _client)


def write(url: str, *, seconds: float = TIMEOUT_SECONDS) -> None:
    """One small write. Raises one of AWAY where the server does not take it."""
    with closing(_client(url, socket_connect_timeout=seconds, socket_timeout=seconds)) as client:
        probe(client)


def probe(client: redis.Redis) -> None:
    """As `write`, by a client that keeps its connection."""
    client.set(_PROBE, 1, px=1000)


def _client(url: str, **options: Any) -> redis.Redis:
    return redis.Redis.from_url(url, **{**OPTIONS, **options})
