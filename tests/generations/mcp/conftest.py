"""One web process for the folder, on the tests' database; a thread of the test draws."""

import os
import socket
import subprocess
import threading
import time
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from functools import partial
from uuid import uuid4

import httpx2
import pytest
from django.db import connection
from django.utils import timezone
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from psycopg.conninfo import make_conninfo

from accounts import one_time
from accounts.keys import asked, services
from accounts.models import OAuthClient
from accounts.oauth_server import metadata
from chatsvg import roles
from chatsvg.embedded.home import PROJECT
from generations import pipeline
from generations.models import Job
from tests import factories
from tests.contract.test_web_process import request, wait_for


@pytest.fixture(scope="package")
def web_process(django_db_setup, tmp_path_factory):
    """Its address; that is what it calls itself, as tokens for it name it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    named = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    url = f"http://127.0.0.1:{port}"
    own = {"DATABASE_URL": named, "RATELIMIT_PREFIX": f"test-{uuid4().hex}", "PUBLIC_URL": url}
    log = tmp_path_factory.mktemp("mcp") / "log"
    with log.open("wb") as file:
        command, env = roles.web("127.0.0.1", port), {**os.environ, **own}
        process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=file, stderr=file)
        try:
            wait_for(port, process)
            yield url
        finally:
            process.terminate()
            process.wait(10)
    assert "Traceback" not in log.read_text()


@pytest.fixture
def port(web_process, settings):
    settings.PUBLIC_URL = web_process
    return int(web_process.rpartition(":")[2])


@pytest.fixture
def person(transactional_db):
    return factories.person()


@pytest.fixture
def ask(port):
    """ask(method, path, body, headers): a plain request's status, headers and body."""
    return partial(request, port)


@pytest.fixture
def connect(port):
    """connect(credential): the SDK's client, by either era of the protocol."""

    @asynccontextmanager
    async def connected(credential: str, mode: str = "legacy"):
        headers = {"Authorization": f"Bearer {credential}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            line = streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http)
            async with Client(line, mode=mode) as client:
                yield client

    return connected


def make_key(user, **fields):
    """A key for tests, which every plan has."""
    wish = asked.key({"name": "Assistant", "environment": "test", **fields})
    return services.create(user, wish)


def key_of(user, **fields) -> str:
    return make_key(user, **fields).raw


def token_of(user, *scopes: str) -> str:
    """An access token of an app that somebody has connected."""
    granted = list(scopes) or ["svg:generate", "svg:read"]
    until = timezone.now() + timedelta(hours=1)
    app = OAuthClient.objects.create(name="Assistant", authentication="none")
    grant = user.oauth_grants.create(
        client=app, scopes=granted, resource=metadata.resource(), expires_at=until
    )
    raw = f"oat_{uuid4().hex}"
    digest = one_time.digest(raw)
    grant.access_tokens.create(token_hash=digest, scopes=granted, expires_at=until)
    return raw


def wait_until(condition, seconds: float = 5) -> None:
    """What a web process does once it has answered."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def drawing(transactional_db):
    """Whatever is asked for is drawn, as a worker does it."""
    with drawn_by_thread():
        yield


@contextmanager
def drawn_by_thread():
    over = threading.Event()

    def work():
        while not over.wait(0.05):
            for job in Job.objects.filter(status=Job.Status.QUEUED):
                pipeline.run(job.pk)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join(10)
