"""PostgreSQL and Redis."""

import time
import uuid
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from chatsvg.addresses import place, redis_urls
from chatsvg.doctor.findings import Finding
from chatsvg.doctor.troubles import explain

SECONDS = 3


def postgres() -> Finding:
    """It answers, and its schema is that of this version."""
    began = time.monotonic()
    try:
        with psycopg.connect(settings.DATABASE_URL, connect_timeout=SECONDS) as wire:
            version = wire.info.server_version // 10_000
            ms = _since(began)
            rows = _applied(wire)
    except psycopg.OperationalError as error:
        return _no_postgres(error)
    return _schema(rows, f"PostgreSQL {version}", ms)


def _applied(wire: psycopg.Connection) -> set[tuple[str, str]]:
    """The migrations that were applied; none where nothing was."""
    found = wire.execute("SELECT to_regclass('django_migrations')").fetchone()
    if found is None or found[0] is None:
        return set()
    return {(app, name) for app, name in wire.execute("SELECT app, name FROM django_migrations")}


def _schema(applied: set[tuple[str, str]], version: str, ms: float) -> Finding:
    ours = set(MigrationLoader(None).disk_migrations)
    missing = sorted(ours - applied)
    if missing:
        names = ", ".join(".".join(one) for one in missing[:3]) + (", …" if missing[3:] else "")
        detail = f"{version} lacks {len(missing)} of {len(ours)} migrations: {names}."
        return Finding("broken", detail, "Run manage.py migrate.", ms=ms)
    detail = f"{version}, with all {len(ours)} migrations."
    apps = {app for app, _ in ours}
    if newer := {one for one in applied - ours if one[0] in apps}:
        notes = (f"It has {len(newer)} migrations that this version does not know.",)
        return Finding("note", detail, "Run the newest version everywhere.", notes, ms)
    return Finding("ok", detail, ms=ms)


def _no_postgres(error: psycopg.OperationalError) -> Finding:
    """The server's own words: they name host, user and database, and never a password."""
    said = str(error).strip().splitlines()[-1].strip()
    if trouble := explain(error, *_place(settings.DATABASE_URL)):
        return Finding("broken", trouble.detail, f"{trouble.remedy} DATABASE_URL says where.")
    return Finding("broken", said, "Correct DATABASE_URL, or let the user and database be made.")


def broker() -> Finding:
    """Redis or Valkey answers, and takes a write; of several servers each one."""
    urls = redis_urls(settings.REDIS_URL)
    found = {url: _broker(url) for url in urls}
    bad = [url for url in urls if found[url].state != "ok"]
    if not bad or len(urls) == 1:
        return found[urls[0]]
    where = ", ".join(map(place, bad))
    detail = f"{len(bad)} of {len(urls)} servers do not work: {where}. {found[bad[0]].detail}"
    return Finding("broken" if len(bad) == len(urls) else "note", detail, found[bad[0]].remedy)


def _broker(url: str) -> Finding:
    client = redis.Redis.from_url(
        url,
        socket_connect_timeout=SECONDS,
        socket_timeout=SECONDS,
        retry=None,
        decode_responses=True,
    )
    try:
        return _round(client)
    except (redis.RedisError, OSError) as error:
        return _no_broker(error, url)
    finally:
        client.close()


def _round(client: redis.Redis) -> Finding:
    key, value = f"{settings.RATELIMIT_PREFIX}:doctor:{uuid.uuid4().hex}", uuid.uuid4().hex
    began = time.monotonic()
    client.ping()
    ms = _since(began)
    client.set(key, value, ex=10)
    got = client.get(key)
    client.delete(key)
    about = client.info("server")
    name = str(about.get("server_name", "redis")).capitalize()
    version = about.get("valkey_version") or about.get("redis_version", "")
    if got != value:
        return Finding("broken", f"{name} {version} does not keep what is written.", ms=ms)
    return Finding("ok", f"{name} {version} answers, and takes writes.", ms=ms)


def _no_broker(error: Exception, url: str) -> Finding:
    remedy = "Correct REDIS_URL, or start the server."
    if trouble := explain(error, *_place(url)):
        return Finding("broken", trouble.detail, f"{trouble.remedy} REDIS_URL says where.")
    if isinstance(error, redis.AuthenticationError):
        return Finding("broken", "Redis refuses user or password.", "Correct them in REDIS_URL.")
    if isinstance(error, redis.ReadOnlyError):
        return Finding("broken", "This Redis only reads.", "Name the primary one in REDIS_URL.")
    return Finding("broken", f"Redis refuses: {str(error)[:200]}", remedy)


def _place(url: str) -> tuple[str, int | None]:
    """Host and port of a URL that may hold a password; a socket's folder where it names one."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "its socket", parts.port
    except ValueError:
        return "its address", None


def _since(began: float) -> float:
    return (time.monotonic() - began) * 1000
