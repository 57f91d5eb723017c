"""What news costs where it is told: it travels whole, so nothing is read for it."""

import asyncio
import json
from collections import Counter

import psycopg
import pytest
import redis
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from factory.django import mute_signals

from chatsvg.asgi import application
from generations import pipeline
from generations.models import Job, JobEvent
from generations.signals import job_changed
from realtime import watch
from tests import factories
from tests.realtime import test_keyed as keyed
from tests.realtime.test_consumers import close, messages, opened, signed_in, socket, stream
from tests.realtime.test_consumers import sse_events as told

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


GREETINGS = {"client|setinfo", "hello", "info"}  # of whoever connects, or counts


@pytest.fixture
def statements(monkeypatch):
    """All that any thread of this process asks the database."""
    asked = []
    execute = psycopg.Cursor.execute

    def spied(cursor, query, *args, **kwargs):
        asked.append(query)
        return execute(cursor, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", spied)
    return asked


@pytest.fixture
def commands(valkey, settings):
    """How often each command was given to a Redis that has nothing to do but push."""
    layer = {**settings.CHANNEL_LAYERS["default"]}
    layer["CONFIG"] = {**layer["CONFIG"], "hosts": [{"address": valkey.url}]}
    settings.CHANNEL_LAYERS = {"default": layer}

    def given():
        with redis.Redis.from_url(valkey.url) as client:
            stats = client.info("commandstats")
        calls = {name.removeprefix("cmdstat_"): one["calls"] for name, one in stats.items()}
        return Counter({name: calls[name] for name in calls.keys() - GREETINGS})

    return given


@database_sync_to_async
def unannounced(user) -> JobEvent:
    """A change that is committed, and that nobody was told of."""
    with mute_signals(job_changed):
        return JobEvent.objects.get(job=factories.job(user))


@database_sync_to_async
def begun(job_id) -> JobEvent:
    """The same, of a job that a worker has begun."""
    with mute_signals(job_changed):
        pipeline.claim(job_id)
    return JobEvent.objects.get(job=job_id, status=Job.Status.RUNNING)


@database_sync_to_async
def announce(event):
    job_changed.send_robust(Job, event=event)


async def socket_io(token):
    """A Socket.IO client by WebSocket, ready."""
    headers = [(b"host", b"localhost:8000"), (b"cookie", f"token={token}".encode())]
    headers += [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
    path = "/socket.io/?EIO=4&transport=websocket"
    one = WebsocketCommunicator(application, path, headers=headers)
    await one.connect()
    await said(one)
    await one.send_to("40")
    while "server:ready" not in await said(one):
        pass
    return one


async def said(client) -> str:
    """Its next packet."""
    return (await client.receive_output(timeout=15))["text"]


async def test_change_is_told_to_all_who_watch_by_one_command_and_no_statement(
    statements, commands, monkeypatch
):
    monkeypatch.setattr(watch, "EVERY_SECONDS", 60)  # its look at the rows is no part of this
    user, _, token = await signed_in()
    sockets = [socket(token) for _ in range(3)]
    others = [socket((await signed_in())[2]) for _ in range(3)]
    streams = [stream(token) for _ in range(2)]
    for one in (*sockets, *others):
        assert (await one.connect())[0]
    for one in streams:
        await opened(one)
    client = await socket_io(token)
    event = await unannounced(user)
    await asyncio.sleep(0.2)  # whoever came last has read what there was before
    before = commands()
    statements.clear()

    await announce(event)

    for one in sockets:
        assert [message["seq"] for message in await messages(one, 1)] == [1]
    for one in streams:
        assert [cursor for cursor, _ in await told(one, 1)] == [1]
    name, payload = json.loads((await said(client)).removeprefix("42"))
    assert (name, payload["jobId"]) == ("generation-job:update", str(event.job_id))
    for one in others:
        assert await one.receive_nothing(timeout=0.1)
    assert statements == []
    assert commands() - before == {"publish": 1}

    await client.disconnect()
    for one in streams:
        await close(one)
    for one in (*sockets, *others):
        await one.disconnect()


async def test_gap_is_read_from_the_rows_once_for_each_who_missed_it(statements, monkeypatch):
    monkeypatch.setattr(watch, "EVERY_SECONDS", 60)
    user, _, token = await signed_in()
    mine = socket(token)
    await mine.connect()
    await unannounced(user)
    second = await unannounced(user)
    await asyncio.sleep(0.2)
    statements.clear()

    await announce(second)

    assert [message["id"] for message in await messages(mine, 2)] == [1, 2]
    assert await mine.receive_nothing(timeout=0.1)
    read = [query for query in statements if "generations_jobevent" in str(query)]
    assert len(read) == 1
    await mine.disconnect()


async def test_program_reads_the_rows_for_a_job_once(statements, monkeypatch):
    """A push does not say what a test key asked for."""
    monkeypatch.setattr(watch, "EVERY_SECONDS", 60)
    user, made = await keyed.maker()
    mine = keyed.stream(made.raw)
    await opened(mine)
    first = await unannounced(user)
    await announce(first)
    assert [cursor for cursor, _ in await told(mine, 1)] == [1]
    second = await begun(first.job_id)
    statements.clear()

    await announce(second)

    assert [cursor for cursor, _ in await told(mine, 1)] == [2]
    assert statements == []
    await close(mine)
