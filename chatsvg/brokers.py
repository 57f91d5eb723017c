"""Celery with several Redis servers, the first of which that answers is the broker.

Whoever sends chooses anew each time, by breakers. Whoever consumes stays where it is connected, so
a thread of each worker looks whether that is the first server that answers. What is left behind in
a queue was a hint: the rows are looked for, and told of again.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import redis
from celery import Celery
from celery.app.amqp import AMQP
from django.conf import settings
from kombu import Connection, pools
from kombu.exceptions import OperationalError

from chatsvg import brief_redis
from chatsvg.addresses import broker_url, place, redis_urls
from chatsvg.brief_redis import Server

logger = logging.getLogger(__name__)
AWAY = (OperationalError, redis.RedisError, OSError)
LOOK_SECONDS = 2.0
LOOKS = 2  # in a row that found another server better
_SOCKET = "redis+socket://"


class QuickConnection(Connection):
    """Comes back a second after the broker does; kombu's own pauses grow to half a minute."""

    def __init__(self, hostname: Any = "localhost", *args: Any, **options: Any):
        super().__init__(hostname, *args, **options)
        self.server = self.alt[0] if self.alt else hostname
        """Its URL, as Celery writes it."""

    def ensure_connection(
        self,
        errback=None,
        max_retries=None,
        interval_start=1,
        interval_step=0,
        interval_max=1,
        **options,
    ):
        return super().ensure_connection(
            errback, max_retries, interval_start, interval_step, interval_max, **options
        )

    def switch(self, conn_str: str) -> None:
        """Turn to another server. kombu reads no unix sockets here, only when it begins."""
        if not conn_str.startswith(_SOCKET):
            super().switch(conn_str)
        else:
            self.close()
            self.declared_entities.clear()
            self._closed = False
            told = {"transport": "redis", "hostname": conn_str.removeprefix("redis+")}
            self._init_params(**(self._initial_params | told))
        self.server = conn_str


class QuickAMQP(AMQP):
    Connection = QuickConnection


class Way(NamedTuple):
    """One server to send by."""

    url: str  # as Celery writes it
    server: Server


class Application(Celery):
    """Sends by the first server that takes it. Raises one of AWAY where none does, or is asked."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, amqp=QuickAMQP, **options)

    @cached_property
    def ways(self) -> list[Way]:
        seconds = settings.REDIS_TIMEOUT_SECONDS
        urls = redis_urls(settings.REDIS_URL)
        return [Way(broker_url(url), Server("broker", url, seconds=seconds)) for url in urls]

    def send_task(self, *args: Any, producer: Any = None, connection: Any = None, **options: Any):
        """As Celery's; a connection that somebody has may be to a server that is away."""
        return self._by_first(lambda way: self._send(way.url, *args, **options))

    def put(self, queue: str, messages: Sequence[str]) -> None:
        """Put messages that are made already into a queue, in their order."""
        key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}{queue}"
        self._by_first(lambda way: _sender(way.server.url).lpush(key, *messages))

    def _by_first(self, send: Callable[[Way], Any]) -> Any:
        failure: Exception = OperationalError("left alone")
        for way in self.ways:
            if way.server.is_asked():
                try:
                    return way.server.attempt(partial(send, way), away=AWAY)
                except AWAY as error:
                    failure = error
        raise failure

    def _send(self, url: str, *args: Any, **options: Any) -> Any:
        producers = pools.producers[self.connection_for_write(url)]
        with producers.acquire(block=True, timeout=settings.REDIS_TIMEOUT_SECONDS) as producer:
            return super().send_task(*args, producer=producer, **options)


class BetterServer(ConnectionError):
    """The consumer is to connect anew: to the first server that answers."""


def look_after(consumer: Any) -> threading.Event:
    """Have a worker consume from the first server that answers; setting the returned event ends
    it. Of one server alone nothing has to be said."""
    stop = threading.Event()
    if len(settings.REDIS_URLS) > 1:
        work = threading.Thread(target=_look_after, args=(consumer, stop), daemon=True)
        work.start()
    return stop


def _look_after(consumer: Any, stop: threading.Event) -> None:
    clients = {url: _client(url) for url in redis_urls(settings.REDIS_URL)}
    others = 0
    while not stop.wait(LOOK_SECONDS):
        url = first_answering(clients)
        connected = getattr(consumer.connection, "server", None)
        is_other = url is not None and connected not in (None, broker_url(url))
        others = others + 1 if is_other else 0
        if others >= LOOKS:
            logger.warning("broker.turned server=%s", place(url or ""))
            consumer.hub.call_soon(_turn)
            others = 0


def _client(url: str) -> redis.Redis:
    """One that judges a server as those who send do: as patient, and by a connection that it keeps.
    Else workers would leave a server that everybody goes on sending to."""
    told = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    patience = {name: told[name] for name in ("socket_connect_timeout", "socket_timeout")}
    return redis.Redis.from_url(url, **{**brief_redis.OPTIONS, **patience})


@cache
def _sender(url: str) -> redis.Redis:
    return _client(url)


def first_answering(clients: Mapping[str, redis.Redis]) -> str | None:
    """The first of the servers that takes a write, by its URL."""
    for url, client in clients.items():
        try:
            brief_redis.probe(client)
        except brief_redis.AWAY:
            continue
        return url
    return None


def _turn() -> None:
    """In the worker's own loop, where what is raised ends a connection."""
    raise BetterServer("another server is the first that answers")
