"""The process that serves everything answers as daphne does with all of the ASGI application."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import aiohttp
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import cookies, jwt, tokens
from accounts.models import Export
from chatsvg import roles
from tests import factories
from tests.chatsvg.test_leaving import listen, running, under_way
from tests.contract.hostile import LIMIT

pytestmark = [pytest.mark.slow, pytest.mark.ci, pytest.mark.django_db(transaction=True)]
VARYING = ("date", "server", "x-request-id", "transfer-encoding", "connection", "set-cookie")
VARYING += ("x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "expires")
JSON = {"Content-Type": "application/json"}
_NEW = re.compile(r"[0-9a-f]{32,}[.:\w-]*|127\.0\.0\.1:\d+")
PAGE = {"Accept": "text/html"}
LARGE = json.dumps({"email": "x" * LIMIT}).encode()
SIZE = 5_000_000  # bytes of a streamed download


@contextmanager
def both():
    """The ports of daphne and of the other, on the tests' database."""
    with ExitStack() as stack:
        yield [stack.enter_context(running(role))[1] for role in (roles.web, roles.whole)]


def ask(port, method, path, body=None, headers=None):
    """Status, the headers that do not vary, and the body."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as wire:
        wire.request(method, path, body, headers or {})
        reply = wire.getresponse()
        names = sorted({name.lower() for name in reply.headers} - set(VARYING))
        kept = {name: reply.headers.get_all(name) for name in names}
        return reply.status, kept, reply.read()


def table(session):
    """Names of requests, and what they are."""
    signed = {"Cookie": f"{cookies.ACCESS}={jwt.sign(session)}"}
    poll = "/socket.io/?EIO=4&transport=polling"
    return {
        "health": ("GET", "/api/health"),
        "head": ("HEAD", "/api/health"),
        "head of a page": ("HEAD", "/pricing"),
        "page that is not there": ("GET", "/nowhere", None, PAGE),
        "path that is none": ("GET", "/api/%ff%00%ed%a0%80"),
        "path that is not latin": ("GET", "/api/%E5%8F%8B"),
        "not found": ("GET", "/api/nowhere"),
        "not found for programs": ("GET", "/v1/nowhere"),
        "not allowed": ("DELETE", "/api/health"),
        "redirect": ("GET", "/account", None, PAGE),
        "options": ("OPTIONS", "/api/health", None, {"Origin": "http://evil.example"}),
        "no proof": ("POST", "/api/auth/login", b"{}", JSON),
        "too large": ("POST", "/api/auth/login", LARGE, JSON),
        "too large by far": ("POST", "/api/auth/login", LARGE * 100, JSON),
        "too large in pieces": ("POST", "/api/auth/login", iter([LARGE] * 3), JSON),
        "signed in": ("GET", "/api/auth/current-user", None, signed),
        "repeated headers": ("GET", "/api/health", None, {"Cookie": "a=1; b=\xe9"}),
        "static file": ("GET", "/static/css/base.css"),
        "events, signed out": ("GET", "/events/"),
        "events, not so": ("POST", "/events/", b"", signed),
        "events of programs": ("GET", "/v1/events"),
        "poll, foreign": ("GET", poll, None, {"Origin": "http://evil.example"}),
        "poll, unknown": ("GET", f"{poll}&sid=none"),
        "mcp health": ("GET", "/mcp/health"),
        "mcp, signed out": ("POST", "/mcp", b"{}", JSON),
        "websocket, as if it were none": ("GET", "/ws/events/"),
    }


def without_ids(answer):
    """Its text without what is new in every answer: ids of requests, tokens, and the port."""
    status, headers, body = answer
    return status, headers, _NEW.sub("", body.decode("latin-1"))


def test_requests_are_answered_equally():
    session = tokens.issue(factories.person()).session
    with both() as ports:
        answers = [
            {name: without_ids(ask(port, *asked)) for name, asked in table(session).items()}
            for port in ports
        ]

    expected, found = answers
    assert {name: answer[0] for name, answer in expected.items()}["too large in pieces"] == 413
    for name, answer in expected.items():
        assert found[name] == answer, name


def test_connection_goes_on_after_a_body_that_was_too_large():
    with running(roles.whole) as (_, port):
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        for body, status in ((LARGE * 200, 413), (None, 200)):
            wire.request("POST" if body else "GET", "/api/health", body, JSON)
            reply = wire.getresponse()
            reply.read()
            assert reply.status == status
        wire.close()


def test_downloads_are_streamed_equally():
    session = tokens.issue(factories.person()).session
    content = os.urandom(SIZE)
    key = default_storage.save("exports/of-this-test.zip", ContentFile(content))
    export = Export.objects.create(
        user_id=session.user_id,
        status=Export.Status.READY,
        storage_key=key,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    signed = {"Cookie": f"{cookies.ACCESS}={jwt.sign(session)}"}
    path = f"/api/account/export/{export.pk}/download"
    with both() as ports:
        answers = [ask(port, "GET", path, None, signed) for port in ports]
    default_storage.delete(key)

    assert answers[0] == answers[1]
    assert (answers[1][0], answers[1][2] == content) == (200, True)


async def told_live(port, cookie):
    """How a WebSocket, an event stream and a Socket.IO poll begin; and the WebSocket's headers."""
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(cookies={cookies.ACCESS: cookie}) as session:
        socket = await session.ws_connect(f"{url}/ws/events/", origin=url)
        with pytest.raises(aiohttp.WSServerHandshakeError) as foreign:
            await session.ws_connect(f"{url}/ws/events/", origin="http://evil.example")
        stream = await session.get(f"{url}/events/")
        poll = await session.get(f"{url}/socket.io/?EIO=4&transport=polling")
        opened = json.loads((await poll.text())[1:])
        told = {
            "protocol": socket.protocol,
            "refused": foreign.value.status,
            "stream": (stream.status, stream.headers["content-type"]),
            "begins": await stream.content.readline(),
            "poll": (poll.status, opened["upgrades"], opened["pingInterval"]),
        }
        stream.close()
        await socket.close()
        return told, socket._response.headers


def test_long_connections_begin_equally():
    session = tokens.issue(factories.person()).session
    with both() as ports:
        told = [asyncio.run(told_live(port, jwt.sign(session))) for port in ports]

    (expected, _), (found, headers) = told
    assert found == expected
    assert headers["x-request-id"]  # daphne leaves it out


def test_what_was_begun_is_answered_and_listeners_are_told_to_come_back():
    session = tokens.issue(factories.person()).session
    told = threading.Event()
    with running(roles.whole) as (process, port), ThreadPoolExecutor(1) as pool:
        heard = pool.submit(asyncio.run, listen(port, jwt.sign(session), told))
        assert told.wait(10)
        with under_way(process, port):
            code, (begin, _) = heard.result(10)
        assert process.wait(10) == 0

    assert code == 1012
    assert begin.startswith(b"retry: ")


def test_head_without_end_is_refused():
    with running(roles.whole) as (process, port):
        with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as wire:
            wire.sendall(b"GET / HTTP/1.1\r\n" + b"".join(line(number) for number in range(20)))
            assert wire.recv(100).startswith(b"HTTP/1.1 400 ")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def line(number) -> bytes:
    return b"X-%d: %s\r\n" % (number, b"x" * 4000)
