"""Waiting for drawings: it ends with them, with the time, and with whoever waits."""

import asyncio
import json
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator

from accounts.oauth_server import tokens
from generations.mcp import door, pictures, server, sessions, waiting
from generations.mcp.waiting import Lookout
from generations.models import Job
from tests import factories
from tests.generations.mcp.conftest import token_of

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
HEADERS = {
    "host": "localhost",
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
}


def call(token: str, version: str, name: str, **arguments) -> tuple[dict, dict]:
    """The scope and the body of a tool's call."""
    params = {"name": name, "arguments": arguments, "_meta": {**META, "progressToken": 7}}
    said = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    own = {"authorization": f"Bearer {token}", "mcp-protocol-version": version}
    own |= {"mcp-method": "tools/call", "mcp-name": name}
    own |= {"mcp-session-id": sessions.begin(tokens.resolve(token).pk)}
    headers = [(k.encode(), v.encode()) for k, v in (HEADERS | own).items()]
    scope = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b""}
    scope |= {"headers": headers, "client": ("127.0.0.1", 1), "scheme": "http"}
    return scope, {"type": "http.request", "body": json.dumps(said).encode()}


@pytest.mark.django_db(transaction=True)
def test_waiting_stops_when_the_client_goes():
    person = factories.person()
    token = token_of(person)
    calls = [
        call(token, version, "generate_svg", prompt="a red fox asleep")
        for version in ("2025-11-25", "2026-07-28")
    ]

    async def story(scope, body):
        lookout = server.serving().lookout
        client = ApplicationCommunicator(door.face, scope)
        await client.send_input(body)
        async with asyncio.timeout(5):
            while not lookout.waiting:
                await asyncio.sleep(0.01)
            await client.send_input({"type": "http.disconnect"})
            await client.wait(5)
        return lookout.waiting

    for scope, body in calls:
        assert asyncio.run(story(scope, body)) == 0
    statuses = Job.objects.filter(user=person).values_list("status", flat=True)
    assert list(statuses) == [Job.Status.QUEUED] * 2


@pytest.mark.django_db(transaction=True)
def test_lookout_ends_with_the_job_and_with_the_time():
    job, other = factories.job(), factories.job()

    async def seen(lookout, one, seconds):
        return [state.status async for state in lookout.changes(one.pk, seconds=seconds)]

    async def story():
        lookout = Lookout()
        both = asyncio.gather(seen(lookout, job, 30), seen(lookout, other, 0.5))
        await asyncio.sleep(0.1)
        await Job.objects.filter(pk=job.pk).aupdate(
            status="CANCELED", finished_at=job.created_at, charge="RELEASED"
        )
        return *(await both), lookout.waiting

    ended, over, waiting_still = asyncio.run(story())

    assert (ended, over, waiting_still) == (["CANCELED"], ["QUEUED"], 0)


def test_nobody_waits_where_too_many_do(monkeypatch):
    monkeypatch.setattr(waiting, "MOST", 0)

    async def story():
        return [one async for one in Lookout().changes(uuid4(), seconds=30)]

    assert asyncio.run(story()) == []


def test_preview_is_small_however_much_there_is_to_see():
    noise = "".join(
        f'<rect x="{x}" y="{y}" width="1" height="1" fill="#{(x * 7919 + y * 104729) % 4096:03x}"/>'
        for x in range(64)
        for y in range(64)
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{noise}</svg>'

    png = pictures.preview(svg)

    assert png.startswith(b"\x89PNG") and 1_000 < len(png) <= pictures.MOST_BYTES
