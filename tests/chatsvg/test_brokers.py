"""Which of several brokers workers turn to, and by which of them tasks are sent."""

import json
import threading
from base64 import b64decode
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import redis
from django.conf import settings as project
from kombu import Queue
from kombu.exceptions import OperationalError

from chatsvg import breakers, brief_redis, brokers, messages
from chatsvg.brief_redis import Server
from chatsvg.brokers import Application, Way
from tests.faults.proxy import Proxy

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
def slow():
    """The URL of a server that answers in the time that senders have, yet not at once."""
    with Proxy.to_socket(Path(urlsplit(project.REDIS_URL).path)) as proxy:
        proxy.delay = brief_redis.TIMEOUT_SECONDS * 0.55  # there, and back again
        yield f"redis://127.0.0.1:{proxy.port}/0"


def test_workers_stay_with_a_slow_server_as_senders_do(slow):
    with pytest.raises(redis.RedisError):
        brief_redis.write(slow)
    clients = {url: brokers._client(url) for url in (NOWHERE, slow, project.REDIS_URL)}

    assert brokers.first_answering(clients) == slow
    brief_redis.write(slow, seconds=project.REDIS_TIMEOUT_SECONDS)  # as who sends looks for it
    assert brokers.first_answering({NOWHERE: clients[NOWHERE]}) is None
    for client in clients.values():
        client.close()


def test_no_task_is_sent_to_find_out_whether_a_broker_is_back(monkeypatch):
    sent, is_back = [], threading.Event()
    app = Application("sending", set_as_current=False)
    ways = [Way(url, Server("sending", url)) for url in ("one", "other")]
    app.__dict__["ways"] = ways
    monkeypatch.setattr(app, "_send", lambda url, *args: sent.append(url))
    monkeypatch.setattr(brief_redis, "write", lambda url, *, seconds: is_back.wait(10))
    monkeypatch.setattr(breakers, "PAUSE_SECONDS", 0)
    [ways[0].server.fail(OperationalError()) for _ in range(breakers.FAILURES)]

    app.send_task("a.task")
    looking = ways[0].server._looking
    is_back.set()
    looking.join(5)
    app.send_task("a.task")

    assert sent == ["other", "one"]


def test_what_a_worker_took_and_has_not_begun_it_gives_back_when_it_leaves():
    """Redis itself knows nothing of it meanwhile."""
    prefix, wake_up = f"{uuid4().hex}:", messages.of("generations.run_job")
    told = {**project.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": prefix}
    app = Application("leaving", set_as_current=False)
    app.conf.update(broker_url=project.CELERY_BROKER_URL, broker_transport_options=told)
    key, taken = f"{prefix}{wake_up.queue}", []
    with redis.Redis.from_url(project.REDIS_URL) as server, app.connection_for_read() as wire:
        server.lpush(key, *[wake_up.fill(str(number)) for number in range(3)])
        reading = wire.Consumer([Queue(wake_up.queue)], prefetch_count=2)
        reading.register_callback(lambda body, message: taken.append(body[0][0]))
        with reading:
            while len(taken) < 2:
                wire.drain_events(timeout=5)
        assert (taken, server.llen(key)) == (["0", "1"], 1)

        reading.channel.close()

        left = [json.loads(one) for one in server.lrange(key, 0, -1)]
        server.delete(*server.keys(f"{prefix}*"))
    assert sorted(json.loads(b64decode(one["body"]))[0][0] for one in left) == ["0", "1", "2"]
