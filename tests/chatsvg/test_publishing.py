"""Tasks on their way to workers: what is put into the broker's queues, and what is not."""

import json
from uuid import uuid4

import pytest
import redis
from celery import Celery
from django.conf import settings as project

from chatsvg import messages, publishing
from chatsvg.brief_redis import Server
from chatsvg.brokers import Way
from chatsvg.celery import app

NOWHERE = "redis://127.0.0.1:9/0"
TASK, QUEUE = "generations.run_job", "drawings"


class Queue:
    """What lies there for arguments that begin with the prefix."""

    key = f"{project.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}{QUEUE}"

    def __init__(self, client):
        self.client, self.prefix = client, uuid4().hex

    def texts(self):
        found = self.client.lrange(self.key, 0, -1)
        return [text for text in reversed(found) if self.prefix.encode() in text]

    def read(self):
        return list(map(json.loads, self.texts()))


@pytest.fixture
def queue():
    with redis.Redis.from_url(project.REDIS_URLS[0]) as client:
        mine = Queue(client)
        yield mine
        for text in mine.texts():
            client.lrem(mine.key, 0, text)


def publish(argument, **more):
    publishing.publish(TASK, argument, **more)


def arguments(found):
    return [json.loads(one["headers"]["argsrepr"].replace("'", '"'))[0] for one in found]


def test_message_is_the_one_that_celery_sends(queue):
    argument = f"{queue.prefix} – once"
    Celery.send_task(app, TASK, args=[argument])
    publish(argument)
    publishing._waiting.join()

    sent, put = queue.read()
    ids = [("headers", "id"), ("headers", "root_id"), ("properties", "correlation_id")]
    ids.append(("properties", "delivery_tag"))
    names = {one[part].pop(name) for one in (sent, put) for part, name in ids}
    replies = [one["properties"].pop("reply_to") for one in (sent, put)]
    assert len(names) == 2 * 2 and all(replies)
    assert put == sent


def test_worker_reads_name_and_argument_of_every_message(queue):
    form = messages.of(TASK)
    name = f"{queue.prefix}-worker"

    odd = "an \"odd\" 'one' \\ – \U0001f98a"
    app.put(name, [form.fill("one"), form.fill(odd)])

    with app.connection_for_read() as connection, connection.SimpleQueue(name) as line:
        found = [line.get(timeout=2) for _ in range(2)]
        [message.ack() for message in found]
        line.queue.delete()
    assert [message.headers["task"] for message in found] == [TASK, TASK]
    assert [message.payload[:2] for message in found] == [[["one"], {}], [[odd], {}]]
    assert len({message.headers["id"] for message in found}) == 2


def test_all_that_waits_is_put_there_once_and_in_order(queue):
    asked = [f"{queue.prefix}-{number}" for number in range(2 * publishing.AT_ONCE_MOST + 50)]

    for argument in asked:
        publish(argument)
    publishing._waiting.join()

    assert arguments(queue.read()) == asked


def test_each_that_could_not_be_put_is_told(monkeypatch, queue):
    monkeypatch.setitem(app.__dict__, "ways", [Way(NOWHERE, Server("sending", NOWHERE))])
    told = []

    for number in range(5):
        publish(f"{queue.prefix}-{number}", unsent=lambda number=number: told.append(number))
    publishing._waiting.join()

    assert told == [0, 1, 2, 3, 4]
    assert queue.read() == []


def test_who_cannot_be_told_stops_nobody(monkeypatch, queue):
    with monkeypatch.context() as patch:
        patch.setitem(app.__dict__, "ways", [Way(NOWHERE, Server("sending", NOWHERE))])
        publish(f"{queue.prefix}-lost", unsent=lambda: 1 / 0)
        publishing._waiting.join()
    publish(f"{queue.prefix}-later")
    publishing._waiting.join()

    assert arguments(queue.read()) == [f"{queue.prefix}-later"]
