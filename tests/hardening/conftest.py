"""The servers of production as they are started there, on the tests' database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from chatsvg import roles
from chatsvg.bench.stack import free_port
from chatsvg.embedded import processes
from chatsvg.embedded.home import PROJECT
from tests.hardening.wires import Wire

SERVERS = {"web": roles.short, "live": roles.live, "whole": roles.whole}


@contextmanager
def serving(name: str, folder) -> Iterator[SimpleNamespace]:
    port = free_port()
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    env = os.environ | {"DATABASE_URL": url, "RATELIMIT_ENABLED": "false", "ACCESS_LOG": "false"}
    log = folder / f"{name}.log"
    process = processes.spawn(SERVERS[name]("127.0.0.1", port), log=log, cwd=PROJECT, env=env)
    try:
        assert processes.wait_until(lambda: Wire(port).is_answered(), 60), log.read_text()[-2000:]
        yield SimpleNamespace(name=name, port=port, pid=process.pid)
    finally:
        processes.end_child(process)


@pytest.fixture(scope="package")
def running(django_db_setup, tmp_path_factory):
    """Each server once, started when it is first asked for."""
    folder = tmp_path_factory.mktemp("servers")
    started: dict[str, SimpleNamespace] = {}
    opened = []

    def get(name: str) -> SimpleNamespace:
        if name not in started:
            opened.append(serving(name, folder))
            started[name] = opened[-1].__enter__()
        return started[name]

    yield get
    for one in opened:
        one.__exit__(None, None, None)


@pytest.fixture(params=SERVERS)
def server(request, running):
    return running(request.param)


@pytest.fixture
def wire(server):
    """Asks the server, byte by byte where that is wanted."""
    return Wire(server.port)
