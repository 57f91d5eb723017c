"""The contract's errors from a real web process: what only a server can get wrong."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from accounts import jwt
from accounts.models import Session
from chatsvg.embedded.home import PROJECT
from chatsvg.problems import JSON
from tests import factories
from tests.accounts.test_auth_api import in_parallel
from tests.contract.hostile import GOOD, LIMIT


@contextmanager
def daphne(**env):
    """A web process of the project; gives the port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        [*command, "chatsvg.asgi:application"],
        cwd=PROJECT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


def wait_for(port: int, process) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up and process.poll() is None:
        try:
            if request(port, "GET", "/api/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(process.communicate()[1].decode())


def request(port, method, path, body=None, headers=None, *, chunked=False):
    """(status, headers, body) of one request over a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as wire:
        wire.request(method, path, body, headers or {}, encode_chunked=chunked)
        reply = wire.getresponse()
        return reply.status, reply.headers, reply.read()


@pytest.fixture
def web(transactional_db):
    """The port of a web process on the tests' database."""
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    with daphne(DATABASE_URL=url) as port:
        yield port


def proof(port) -> dict:
    """Headers that pass the CSRF check."""
    token = json.loads(request(port, "GET", "/api/csrf")[2])["csrfToken"]
    return {
        "X-CSRF-Token": token,
        "Cookie": f"csrf-token={token}",
        "Content-Type": "application/json",
    }


def chunks(body: bytes):
    for start in range(0, len(body), 8000):
        yield body[start : start + 8000]


@pytest.mark.slow
def test_web_process_reads_bodies_with_and_without_a_length(web):
    known = factories.person()
    body = json.dumps({"email": known.email, "password": factories.PASSWORD}).encode()
    large = json.dumps({"email": "x" * LIMIT}).encode()
    chunked = {**proof(web), "Transfer-Encoding": "chunked"}

    status, _, answer = request(web, "POST", "/api/auth/login", body, proof(web))
    assert (status, json.loads(answer)["user"]["id"]) == (200, str(known.pk))

    status, _, answer = request(web, "POST", "/api/auth/login", chunks(body), chunked, chunked=True)
    assert (status, json.loads(answer)["user"]["id"]) == (200, str(known.pk))
    assert Session.objects.count() == 2

    for path in ("/api/auth/login", "/api/auth/logout", "/api/svg/generate-svg", "/api/nowhere"):
        plain = request(web, "POST", path, large, proof(web))
        streamed = request(web, "POST", path, chunks(large * 3), chunked, chunked=True)
        for status, headers, answer in (plain, streamed):
            assert (status, json.loads(answer)) == (413, {"error": "Request body too large"})
            assert headers["Content-Type"] == JSON

    status, _, answer = request(web, "POST", "/api/auth/logout", None, proof(web))
    assert (status, json.loads(answer)["success"]) == (200, True)
    for method, path in (("HEAD", "/api/csrf"), ("HEAD", "/api/health"), ("HEAD", "/")):
        status, headers, answer = request(web, method, path)
        assert (status, answer) == (200, b"")
        assert headers["x-request-id"]


@pytest.mark.slow
def test_web_process_survives_requests_that_are_none(web):
    """What the server itself refuses, it may refuse in its own words, but never as a 500."""
    for raw in (
        b"GET /api/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/%ff%00%ed%a0%80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/health?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nCookie: token=\xff\xfe\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-Bad: a\x00b\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nContent-Type: a; charset=\x00\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b; charset=hex\r\n\r\n",
        b"G\xc3\x84T /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET http://evil.example/api/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET //api/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"nonsense\r\n\r\n",
    ):
        with closing(socket.create_connection(("127.0.0.1", web), timeout=10)) as wire:
            wire.sendall(raw.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            first = wire.makefile("rb").readline()
        assert b" 500 " not in first, (raw, first)

    assert request(web, "GET", "/api/health")[0] == 200


@pytest.mark.slow
def test_web_process_without_postgresql_says_503_everywhere(home):
    nowhere = make_conninfo(host=str(home.root), dbname="none")
    session = Session(pk=uuid4(), user_id=uuid4())
    page = {"Accept": "text/html", "Cookie": "refreshToken=" + "f" * 64}
    token = {"Cookie": f"token={jwt.sign(session)}"}
    with daphne(DATABASE_URL=nowhere, REDIS_URL="unix:///nowhere.sock") as port:
        assert request(port, "GET", "/api/health")[0] == 200
        began = time.monotonic()
        ready = request(port, "GET", "/api/ready")
        assert time.monotonic() - began < 20
        login = json.dumps(GOOD).encode()
        signed = proof(port)
        renewing, asking, *answers = in_parallel(
            partial(request, port),
            [
                ("GET", "/app", None, page),
                ("GET", "/app", None, {**page, **token}),
                ("GET", "/api/auth/current-user", None, token),
                ("POST", "/api/auth/login", login, signed),
                ("POST", "/api/auth/register", login, signed),
                ("POST", "/api/auth/refresh", None, {**signed, **joined(signed, page)}),
                ("POST", "/api/auth/logout", None, {**signed, **joined(signed, page)}),
            ],
        )

    away = {"error": "Service unavailable"}
    assert ready[0] == 503
    assert json.loads(ready[2]) == {"ok": False, "database": "disconnected", **away}
    for status, headers, answer in answers:
        assert (status, json.loads(answer)) == (503, away)
        assert (headers["Retry-After"], headers["Content-Type"]) == ("2", JSON)
    for status, headers, answer in (renewing, asking):
        assert (status, headers["Retry-After"]) == (503, "2")
        assert "We will be right back" in answer.decode()
    logout = answers[-1][1]
    forgotten = {cookie for cookie in logout.get_all("Set-Cookie") if "Max-Age=0;" in cookie}
    assert {cookie.split("=")[0] for cookie in forgotten} == {"token", "refreshToken"}


def joined(*headers: dict) -> dict:
    return {"Cookie": "; ".join(part["Cookie"] for part in headers)}
