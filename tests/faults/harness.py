"""A whole ChatSVG of real processes on its own PostgreSQL and Valkey, to be broken by tests.

Everything ends with the test run, even one that is killed.
"""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from typing import Any

import psycopg
import redis
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from chatsvg.addresses import django_database
from chatsvg.bench import stack
from chatsvg.bench.stack import UPKEEP, WEB
from chatsvg.embedded import Home
from tests import leaks
from tests.clusters import copy_migrated
from tests.faults.people import Person
from tests.faults.proxy import Proxy
from tests.model_server import ModelServer
from tests.servers import temporary_home

ENDED = ("SUCCEEDED", "FAILED", "CANCELED")


class Stack(stack.Stack):
    """An installation with one worker, whose model is a server in the test's own process."""

    def __init__(self, home: Home, model: ModelServer, **env: str):
        super().__init__(home, os.environ, durable=False)
        self.model = model
        self._odd: set[str] = set()  # started with an environment of their own
        self.set(OPENAI_BASE_URL=model.url, OPENAI_API_KEY="key-of-the-test", **env)

    def migrate(self) -> None:
        """The data have every table: they were copied so."""

    def spawn(self, name: str, **env: str) -> None:
        super().spawn(name, **env)
        (self._odd.add if env else self._odd.discard)(name)

    def make_whole(self) -> None:
        """As a test finds it: everything awake, one worker, no job under way, a dull model."""
        for server in (self.postgres, self.valkey):
            if not server.running:
                server.start()
            server.process.send_signal(signal.SIGCONT)
        for name in list(self._running):
            self._running[name].send_signal(signal.SIGCONT)
            if self.has_ended(name) or name in self._odd:
                self.kill(name)
        for name in self.workers[:-1]:
            self.kill(name)
        for name in {WEB, UPKEEP} - set(self._running):
            self.restart(name)
        if not self.workers:
            self.start_worker()
        self._end_jobs()
        self.model.reset()

    def _end_jobs(self) -> None:
        """The jobs that a failed test left, which nobody will ask about."""
        self.model.reset()
        self.model.release()
        self.wait_for(lambda: not self.value(f"SELECT count(*) {UNDER_WAY}"), 30)

    # --- What it says ---

    def job(self, job_id: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM generations_job WHERE id = %s", job_id)[0]

    def status(self, job_id: str) -> str:
        return self.job(job_id)["status"]

    def wait_ended(self, *job_ids: str, seconds: float = 60) -> list[str]:
        """The statuses of jobs, once all have ended or the time is over."""
        query = "SELECT status FROM generations_job WHERE id = ANY(%s) ORDER BY id"

        def statuses() -> list[str]:
            return [row["status"] for row in self.rows(query, list(job_ids))]

        self.wait_for(lambda: all(status in ENDED for status in statuses()), seconds)
        return statuses()

    def key_of(self, job_id: str) -> str:
        """The name of the drawing's copy in storage."""
        return f"users/{self.job(job_id)['user_id']}/jobs/{job_id}/chatsvg.svg"

    def entries(self, job_id: str) -> list[str]:
        """The kinds of the ledger's entries about a job, in their order."""
        query = "SELECT kind FROM credits_entry WHERE reference = %s ORDER BY id"
        return [row["kind"] for row in self.rows(query, f"job:{job_id}")]

    def events(self, job_id: str) -> list[tuple]:
        query = "SELECT seq, status, stage, progress FROM generations_jobevent WHERE job_id = %s"
        return [tuple(row.values()) for row in self.rows(f"{query} ORDER BY seq", job_id)]

    @contextmanager
    def holding(self) -> Iterator[psycopg.Connection]:
        """A connection in a transaction: who wants what it locks waits until the block ends."""
        with psycopg.connect(self.postgres.url) as one:
            yield one
            one.rollback()

    @contextmanager
    def no_drawing_can_be_stored(self) -> Iterator[None]:
        """Inside, whoever stores a drawing waits: the moment between the answer and the end."""
        with self.holding() as one:
            one.execute("LOCK TABLE generations_generation IN SHARE MODE")
            yield

    def waiting_for(self, table: str) -> int:
        """How many wait for a lock of this table."""
        query = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
        return self.value(query, table)

    def waiting_to_store(self) -> int:
        """How many wait for `no_drawing_can_be_stored`."""
        return self.waiting_for("generations_generation")

    def audit(self) -> tuple[int, str]:
        """What `manage.py audit` says, run in this process: another takes a second to start."""
        with ThreadPoolExecutor(1) as thread:  # whose connections are its own
            return thread.submit(_audit, self.postgres.url).result()

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url)

    def postgres_proxy(self) -> Proxy:
        """In front of PostgreSQL, for processes that start with `through_postgres`."""
        return Proxy.to_socket(self.home.sockets / ".s.PGSQL.5432")

    def valkey_proxy(self) -> Proxy:
        return Proxy.to_socket(self.home.sockets / "valkey.sock")

    def secrets(self) -> set[str]:
        """What no line of its logs may hold."""
        if self.postgres.running:
            self.postgres.process.send_signal(signal.SIGCONT)
        else:
            self.postgres.start()
        ours = {self.env[name] for name in ("SECRET_KEY", "JWT_SECRET", "OPENAI_API_KEY")}
        return leaks.known(self.postgres.url, ours)

    # --- What it is told ---

    def person(self) -> Person:
        """Somebody new, signed in, with ten credits."""
        return Person(self.url).register()


UNDER_WAY = "FROM generations_job WHERE status IN ('QUEUED', 'RUNNING')"


@contextmanager
def running_stack(**env: str) -> Iterator[Stack]:
    """A stack that is ready; it and its data are gone afterwards.

    What its processes wrote meanwhile told nobody's secrets: else the last test fails.
    """
    with temporary_home() as home, ModelServer() as model:
        stack = Stack(home, model, **env)
        try:
            copy_migrated(home)
            stack.start()
            yield stack
            texts = stack.secrets()
        finally:
            stack.stop()
        leaks_found = leaks.search(home.log, texts)
        assert not leaks_found, "\n".join(map(str, leaks_found[:20]))


def _audit(url: str) -> tuple[int, str]:
    settings = connections["default"].settings_dict | django_database(url, pool_size=1)
    del settings["OPTIONS"]["pool"]  # it would be the one of this process
    connections["default"] = there = Unguarded(settings, "default")
    said = StringIO()
    try:
        call_command("audit", stdout=said)
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    finally:
        there.close()
    return 0, said.getvalue()


class Unguarded(DatabaseWrapper):
    """A connection to what is not the tests' own database, which they may always use."""

    def ensure_connection(self) -> None:
        if self.connection is None:
            self.connect()


def only_worker(stack: Stack, **env: str) -> str:
    """A worker with this environment, and no other."""
    name = stack.start_worker(**env)
    for other in stack.workers[:-1]:
        stack.kill(other)
    return name


def through_postgres(proxy: Proxy) -> dict[str, str]:
    """The environment of a process that gets to PostgreSQL by this way alone."""
    return {"DATABASE_URL": f"postgresql://chatsvg@127.0.0.1:{proxy.port}/chatsvg"}


def through_valkey(proxy: Proxy) -> dict[str, str]:
    return {"REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0"}


def seconds_since(began: float) -> float:
    return round(time.monotonic() - began, 2)
