import socket
import time

from chatsvg import health
from chatsvg.status import beats


def test_health_asks_nobody(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        reply = client.get("/api/health")

    assert (reply.status_code, reply.json()) == (200, {"ok": True})


def test_ready_with_both(client, db):
    reply = client.get("/api/ready")

    assert reply.status_code == 200
    assert reply.json() == {"ok": True, "database": "connected", "redis": "connected"}


def test_ready_tells_of_workers_and_the_queue_where_it_is_asked(client, db):
    told = {"ok": True, "database": "connected", "redis": "connected"}

    assert client.get("/api/ready?details").json() == {**told, "workers": "stale", "queue": "stuck"}
    beats.beat(["drawings"])
    reply = client.get("/api/ready?details")
    assert reply.json() == {**told, "workers": "fresh", "queue": "moving"}


def test_ready_without_redis_is_still_ready(client, db, valkey, settings):
    settings.REDIS_URL = valkey.url
    assert health.redis_answers()

    valkey.stop()
    reply = client.get("/api/ready")

    assert reply.status_code == 200
    assert reply.json() == {"ok": True, "database": "connected", "redis": "disconnected"}


def test_ready_waits_a_second_for_a_silent_redis(client, db, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        began = time.monotonic()
        reply = client.get("/api/ready")

    assert reply.json()["redis"] == "disconnected"
    assert time.monotonic() - began < 10
