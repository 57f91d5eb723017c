"""The channel layer on servers that die and come back."""

import asyncio
import logging
import signal
import time

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as project
from redis.exceptions import RedisError

from chatsvg import breakers
from realtime import wires
from realtime.layer import GroupLayer

pytestmark = pytest.mark.asyncio
GROUP = "user.test-layer"


def layer_of(*urls: str) -> GroupLayer:
    return GroupLayer(hosts=[{"address": url} for url in urls], prefix=f"test{time.monotonic()}")


async def joined(layer) -> asyncio.Queue:
    """All that somebody takes."""
    taken: asyncio.Queue = asyncio.Queue()
    await layer.join(GROUP, taken.put_nowait)
    return taken


async def heard(taken, seconds=5) -> dict:
    async with asyncio.timeout(seconds):
        return await taken.get()


async def hears_again(layer, taken) -> dict:
    """What is pushed once both directions work again."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            await layer.group_send(GROUP, {"type": "again"})
            return await heard(taken, 0.3)
        except (RedisError, TimeoutError):
            await asyncio.sleep(0.1)
    raise AssertionError("nothing was heard")


def lines(caplog) -> list[str]:
    return [record.getMessage().split()[0] for record in caplog.records]


async def test_outage_is_told_once_and_survived(valkey, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(wires, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(breakers, "PAUSE_SECONDS", 0.1)
    layer = layer_of(valkey.url)
    taken = await joined(layer)
    await sync_to_async(valkey.stop)()
    for _ in range(10):
        with pytest.raises(RedisError):
            await layer.group_send(GROUP, {"type": "lost"})
        await asyncio.sleep(0.1)
    assert lines(caplog).count("viewers.redis_away") == 1
    assert lines(caplog).count("pushes.redis_away") == 1

    await sync_to_async(valkey.start)()

    assert (await hears_again(layer, taken))["type"] == "again"
    assert lines(caplog).count("viewers.redis_back") == 1
    assert "Traceback" not in caplog.text
    await layer.flush()


async def test_push_is_heard_once_by_whichever_server_takes_it(valkey):
    layer = layer_of(valkey.url, project.REDIS_URL)
    taken = await joined(layer)
    await layer.group_send(GROUP, {"type": "first"})
    assert (await heard(taken))["type"] == "first"
    await sync_to_async(valkey.stop)()

    await layer.group_send(GROUP, {"type": "second"})

    assert (await heard(taken))["type"] == "second"
    assert taken.empty()
    await layer.flush()


async def test_frozen_server_keeps_no_connection_waiting(valkey, monkeypatch):
    monkeypatch.setattr(wires, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(wires, "CONNECT_SECONDS", 0.5)
    layer = layer_of(valkey.url, project.REDIS_URL)
    taken = await joined(layer)
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(1)
        began = time.monotonic()
        await joined(layer)
        assert time.monotonic() - began < 0.4
        await layer.group_send(GROUP, {"type": "second"})
        assert (await heard(taken))["type"] == "second"
    finally:
        valkey.process.send_signal(signal.SIGCONT)
    await layer.flush()


async def test_what_threads_push_at_once_is_heard_in_the_order_of_each():
    layer = layer_of(project.REDIS_URL)
    taken = await joined(layer)

    def push(thread: int) -> None:
        for number in range(20):
            layer.push(GROUP, {"type": "said", "by": thread, "number": number})

    await asyncio.gather(*(asyncio.to_thread(push, thread) for thread in range(6)))

    said = [await heard(taken) for _ in range(6 * 20)]
    for thread in range(6):
        assert [one["number"] for one in said if one["by"] == thread] == list(range(20))
    assert taken.empty()
    await layer.flush()
