"""The WebSocket under Socket.IO: upgrades that come to nothing, and what does not fit."""

import asyncio
import json
import time

import aiohttp
import pytest

from chatsvg.embedded.processes import wait_until
from tests.realtime.socketio.clients import jar

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]
DIRECT = "EIO=4&transport=websocket"


@pytest.fixture
def dial(stack, person):
    """Opens WebSockets with the person's cookies."""

    def open_for(query, **headers):
        headers = {"Cookie": jar(person), **headers}
        url = f"{stack.url}/socket.io/?{query}"
        return aiohttp.ClientSession(headers=headers), url

    return open_for


async def ready(socket):
    """Through the handshake of a direct WebSocket."""
    assert (await socket.receive_str()).startswith("0{")
    await socket.send_str("40")
    assert (await socket.receive_str()).startswith("40{")
    assert await socket.receive_str() == '42["server:ready",{"ok":true}]'


async def hear_end(socket, job):
    while True:
        packet = await asyncio.wait_for(socket.receive_str(), 10)
        if not packet.startswith("42"):
            continue
        name, payload = json.loads(packet[2:])
        if name == "generation-job:update" and payload["status"] == "SUCCEEDED":
            assert payload["jobId"] == job
            return


@pytest.mark.parametrize("said", [None, "3", "2nonsense"])
async def test_upgrade_that_comes_to_nothing_leaves_polling_as_it_was(person, polling, dial, said):
    one = await asyncio.to_thread(polling(person).connect)
    await asyncio.to_thread(one.hear)
    await asyncio.to_thread(one.hear)
    session, url = dial(f"{DIRECT}&sid={one.sid}")
    async with session, session.ws_connect(url) as socket:
        if said:
            await socket.send_str(said)

        job = await asyncio.to_thread(person.ask)  # while the WebSocket is open
        assert (await asyncio.to_thread(one.hear_end, job))["status"] == "SUCCEEDED"

    job = await asyncio.to_thread(person.ask)
    assert (await asyncio.to_thread(one.hear_end, job))["status"] == "SUCCEEDED"


async def test_upgrade_broken_off_halfway_leaves_polling_as_it_was(person, polling, dial):
    one = await asyncio.to_thread(polling(person).connect)
    await asyncio.to_thread(one.hear)
    await asyncio.to_thread(one.hear)
    session, url = dial(f"{DIRECT}&sid={one.sid}")
    async with session, session.ws_connect(url) as socket:
        await socket.send_str("2probe")
        assert await socket.receive_str() == "3probe"
    assert await asyncio.to_thread(one.hear) == "6"

    job = await asyncio.to_thread(person.ask)

    assert (await asyncio.to_thread(one.hear_end, job))["status"] == "SUCCEEDED"


async def test_upgrade_takes_over(person, polling, dial):
    one = await asyncio.to_thread(polling(person).connect)
    await asyncio.to_thread(one.hear)
    await asyncio.to_thread(one.hear)
    session, url = dial(f"{DIRECT}&sid={one.sid}")
    async with session, session.ws_connect(url) as socket:
        await socket.send_str("2probe")
        assert await socket.receive_str() == "3probe"
        assert await asyncio.to_thread(one.hear) == "6"
        await socket.send_str("5")
        job = await asyncio.to_thread(person.ask)

        await hear_end(socket, job)
        assert (await asyncio.to_thread(one.say, "3"))[0] == 400


async def test_foreign_page_gets_no_websocket(dial):
    session, url = dial(DIRECT, Origin="https://evil.example")
    async with session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)

    assert refused.value.status == 403


async def test_page_of_the_client_gets_one(dial, frontend):
    session, url = dial(DIRECT, Origin=frontend)
    async with session, session.ws_connect(url) as socket:
        await ready(socket)


async def test_what_clients_say_is_dropped_unread(stack, person, dial):
    before = len(stack.logs("web"))
    session, url = dial(DIRECT)
    async with session, session.ws_connect(url) as socket:
        await ready(socket)
        for said in ("", "4", "42[", '451-["x",{"_placeholder":true,"num":0}]', "x" * 100_000):
            await socket.send_str(said)
        await socket.send_bytes(b"\x00" * 1000)
        job = await asyncio.to_thread(person.ask)

        await hear_end(socket, job)

    assert "Traceback" not in stack.logs("web")[before:]


async def test_message_that_is_too_long_ends_the_connection(stack, dial):
    before = len(stack.logs("web"))
    session, url = dial(DIRECT)
    async with session, session.ws_connect(url) as socket:
        await ready(socket)

        await socket.send_str("4" * 2_000_000)

        message = await asyncio.wait_for(socket.receive(), 5)
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    assert "Traceback" not in stack.logs("web")[before:]


async def test_connection_that_is_nobodys_ends_soon(dial):
    """By WebSocket as well, be it a first one or an upgrade that never speaks."""
    session, url = dial(DIRECT, Cookie="token=forged")
    began = time.monotonic()
    async with session, session.ws_connect(url) as silent:
        assert (await silent.receive_str()).startswith("0{")

        assert await asyncio.wait_for(silent.receive_str(), 30) == "1"
        message = await asyncio.wait_for(silent.receive(), 10)

    assert message.type == aiohttp.WSMsgType.CLOSE
    assert 5 < time.monotonic() - began < 30


async def test_session_that_ends_closes_the_websocket_of_who_does_not(person, dial):
    session, url = dial(DIRECT)
    async with session, session.ws_connect(url) as socket:
        await ready(socket)
        await asyncio.to_thread(person.sign_out)

        assert await asyncio.wait_for(socket.receive_str(), 2) == "41"
        assert await asyncio.wait_for(socket.receive_str(), 5) == "1"
        message = await asyncio.wait_for(socket.receive(), 10)

    assert message.type == aiohttp.WSMsgType.CLOSE


async def test_client_that_leaves_is_forgotten(stack, person, dial):
    """Nothing of it stays in Redis: the person's group is listened to no more."""
    user = person.get("/auth/current-user").json["id"]
    with stack.redis() as redis:

        def groups():
            return redis.pubsub_channels(f"*user.{user}*")

        session, url = dial(DIRECT)
        async with session, session.ws_connect(url) as socket:
            await ready(socket)
            assert len(groups()) == 1

        assert await asyncio.to_thread(wait_until, lambda: not groups(), 5)
