"""The parts that every installation has: the web, live updates, storage and the database."""

import time
import uuid
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import connection

from chatsvg import breakers, brief_redis
from chatsvg.addresses import redis_urls
from chatsvg.doctor.storage import storage
from chatsvg.status.parts import Part, Reading

WEB, LIVE, DATABASE, STORAGE, MEMORY = "web", "live", "database", "storage", "memory"
SECONDS = 5  # for one answer
_USES = {
    "ratelimit": "rate limits",
    "gallery": "the gallery",
    "mcp": "MCP sessions",
    "pushes": "live updates",
    "broker": "wake-ups",
}
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
        MEMORY,
        "Shared memory",
        "Rate limits, fresh pages of the gallery, wake-ups of workers.",
        memory,
        memory,
        slow_ms=200,
        rank=55,
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
    """A message goes through Redis and is heard, by the first server that passes it on."""
    first, *others = map(_passes_on, redis_urls(settings.REDIS_URL))
    if first.state == "ok":
        return first
    standing_in = next((one for one in others if one.state == "ok"), None)
    return Reading("slow", "A stand-in passes them on.", standing_in.ms) if standing_in else first


def _passes_on(url: str) -> Reading:
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=None)
    try:
        return _round(client)
    except (redis.RedisError, OSError):
        return Reading("failed", f"They are not passed on at the moment. {_LATE}")
    finally:
        client.close()


def memory() -> Reading:
    """Redis takes writes, and no process that is known of does without it because it failed too
    often: of processes without METRICS_DIR none but this one is."""
    urls = redis_urls(settings.REDIS_URL)
    began = time.monotonic()
    answering = sum(map(_takes_writes, urls))
    ms = _since(began)
    if not answering:
        return Reading("failed", "It does not answer. Everything goes on, some of it slower.")
    said = f"{answering} of {len(urls)} servers answer. " if answering < len(urls) else ""
    if without := [_USES.get(use, use) for use in breakers.open_somewhere()]:
        said += f"For now these do without it: {', '.join(without)}."
    return Reading("slow" if said else "ok", said.strip(), ms)


def _takes_writes(url: str) -> bool:
    try:
        brief_redis.write(url)
    except brief_redis.AWAY:
        return False
    return True


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
