"""The parts that every installation has: the web, live updates, storage and the database."""

import time
import uuid
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import connection

from chatsvg.doctor.storage import storage
from chatsvg.status.parts import Part, Reading

WEB, LIVE, DATABASE, STORAGE = "web", "live", "database", "storage"
SECONDS = 5  # for one answer
_LATE = "Pages ask every few seconds instead, so news come a little later."


def parts() -> Iterator[Part]:
    yield Part(
        WEB,
        "Website and API",
        "Pages, sign-in and the API for programs.",
        web,
        lambda: Reading("ok", "It answered you just now."),
        slow_ms=1000,
        rank=10,
        is_vital=True,
    )
    yield Part(
        LIVE,
        "Live updates",
        "Progress that appears by itself while a drawing is made.",
        live,
        live,
        slow_ms=500,
        measure="Passed on in",
        rank=40,
    )
    yield Part(
        STORAGE,
        "File storage",
        "Copies of drawings for download.",
        stored,
        slow_ms=3000,
        measure="Written and read in",
        rank=50,
    )
    yield Part(
        DATABASE,
        "Database",
        "Accounts, credits, jobs and drawings.",
        database,
        database,
        slow_ms=250,
        rank=60,
        is_vital=True,
    )


def web() -> Reading:
    """Its address is asked as anybody would."""
    import httpx2  # with what it brings, in upkeep alone

    began = time.monotonic()
    try:
        reply = httpx2.get(f"{settings.STATUS_WEB_URL}/api/health", timeout=SECONDS)
    except httpx2.HTTPError:
        return Reading("failed", "It did not answer.")
    if reply.status_code != 200:
        return Reading("failed", "It answered with an error.")
    return Reading("ok", ms=_since(began))


def database() -> Reading:
    """An error is the caller's: then nothing can be recorded either."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the connection is there from now on
        began = time.monotonic()
        cursor.execute("SELECT 1")
        return Reading("ok", ms=_since(began))


def live() -> Reading:
    """A message goes through Redis and is heard."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=None
    )
    try:
        return _round(client)
    except (redis.RedisError, OSError):
        return Reading("failed", f"They are not passed on at the moment. {_LATE}")
    finally:
        client.close()


def _round(client: redis.Redis) -> Reading:
    channel = f"{settings.RATELIMIT_PREFIX}:status:{uuid.uuid4().hex}"
    with client.pubsub(ignore_subscribe_messages=False) as heard:
        heard.subscribe(channel)
        heard.get_message(timeout=1)  # that we listen
        began = time.monotonic()
        client.publish(channel, "ping")
        message = heard.get_message(timeout=1)
    if message is None or message["type"] != "message":
        return Reading("failed", f"They get lost at the moment. {_LATE}")
    return Reading("ok", ms=_since(began))


def stored() -> Reading:
    """One small object goes the whole round."""
    found = storage()
    if found.state == "broken":
        said = "Files cannot be stored at the moment. Drawings themselves are safe."
        return Reading("failed", said)
    return Reading("ok", ms=found.ms)


def _since(began: float) -> float:
    return (time.monotonic() - began) * 1000
