"""Web and live processes at SIGTERM: what was begun is answered, listeners are told to return."""

import asyncio
import http.client
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import aiohttp
import pytest
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from accounts import cookies, jwt, tokens
from chatsvg import roles
from chatsvg.bench.stack import free_port
from chatsvg.embedded.home import PROJECT
from generations import pipeline
from generations.mcp import schemas as mcp
from generations.mcp import sessions
from generations.models import Job
from generations.v1.asked import LONGEST_WAIT
from tests import factories
from tests.generations.mcp.conftest import make_key
from tests.generations.mcp.test_door import JSON, said

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SLOW = "/api/status"  # it reads a table that the test locks


@contextmanager
def running(role):
    """A process of this kind on the tests' database."""
    port = free_port()
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    process = subprocess.Popen(
        role("127.0.0.1", port), cwd=PROJECT, env={**os.environ, "DATABASE_URL": url}
    )
    try:
        end = time.monotonic() + 30
        while not answers(port):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


def get(port, path="/api/health", timeout=20):
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        wire.request("GET", path)
        reply = wire.getresponse()
        return reply.status, reply.read()
    finally:
        wire.close()


def answers(port) -> bool:
    try:
        return get(port)[0] == 200
    except OSError:
        return False


@contextmanager
def held_up():
    """Inside, whoever reads the table of checks waits."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE chatsvg_statuscheck IN ACCESS EXCLUSIVE MODE")
        yield


def give_time(condition, seconds) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return met


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@contextmanager
def under_way(process, port):
    """Inside, a request was begun and the process is asked to end; after that it is answered."""
    with ThreadPoolExecutor(1) as pool:
        with held_up():
            answer = pool.submit(get, port, SLOW)
            assert give_time(somebody_waits, 4)
            process.send_signal(signal.SIGTERM)
            yield
            time.sleep(1)  # a lock is waited for five seconds at most
            assert process.poll() is None
        assert answer.result()[0] == 200


@pytest.mark.ci
def test_web_process_answers_what_was_begun():
    with running(roles.short) as (process, port):
        with under_way(process, port):
            pass
        # granian waits for connections that it accepted meanwhile, until it is told to kill
        assert process.wait(roles.LEAVE_SECONDS + 15) == 0


async def listen(port, cookie, told: threading.Event) -> tuple[int, list[bytes]]:
    """The code that closes a WebSocket, and how an event stream begins and ends."""
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(cookies={cookies.ACCESS: cookie}) as session:
        socket = await session.ws_connect(f"{url}/ws/events/", origin=url)
        stream = await session.get(f"{url}/events/")
        begin = await stream.content.readline()
        told.set()
        end = await stream.content.read()  # raises where it is cut off
        closed = await socket.receive()
        return closed.data, [begin, end]


@pytest.mark.ci
def test_live_process_answers_what_was_begun_and_tells_listeners_to_come_back():
    session = tokens.issue(factories.person()).session
    told = threading.Event()
    with running(roles.live) as (process, port), ThreadPoolExecutor(1) as pool:
        heard = pool.submit(asyncio.run, listen(port, jwt.sign(session), told))
        assert told.wait(10)
        with under_way(process, port):
            code, (begin, _) = heard.result(10)
        assert process.wait(40) == 0

    assert code == 1012
    assert begin.startswith(b"retry: ")


def draw_by_mcp(port, made, told: threading.Event) -> bytes:
    """The whole answer, which begins with news of how far the drawing is."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    who = {"X-API-Key": made.raw, "MCP-Session-Id": sessions.begin(made.key.pk)}
    try:
        asked = {"name": "generate_svg", "arguments": {"prompt": "a red fox asleep"}}
        body = said("tools/call", **asked, _meta={"progressToken": "t"})
        wire.request("POST", "/mcp", body, {**JSON, **who})
        reply = wire.getresponse()
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        told.set()
        return reply.read()
    finally:
        wire.close()


@pytest.mark.ci
def test_program_that_waits_for_its_drawing_hears_of_it_though_the_process_leaves():
    told, made = threading.Event(), make_key(factories.person())
    with running(roles.live) as (process, port), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(draw_by_mcp, port, made, told)
        assert give_time(Job.objects.exists, 10)
        assert told.wait(10)
        process.send_signal(signal.SIGTERM)
        assert give_time(lambda: not answers(port), 10)

        pipeline.run(Job.objects.get().pk)

        assert b"SUCCEEDED" in answer.result(10)
        assert process.wait(40) == 0


def test_processes_have_longer_to_leave_than_the_longest_request_takes():
    assert max(LONGEST_WAIT, mcp.LONGEST_WAIT) < roles.LEAVE_SECONDS
