"""A whole ChatSVG of real processes on its own PostgreSQL and Valkey, to be broken by tests.

Everything ends with the test run, even one that is killed.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis
from psycopg.rows import dict_row

from chatsvg.embedded import Home, Postgres, Valkey, processes
from chatsvg.embedded.home import PROJECT
from tests.faults.people import Person
from tests.model_server import ModelServer
from tests.servers import NOT_FOR_TESTS, temporary_home

READY_SECONDS = 60
ENDED = ("SUCCEEDED", "FAILED", "CANCELED")
UPKEEP = "upkeep"
WEB = "web"


class Stack:
    """The processes of one installation by their names: web, upkeep, worker-1 and so on.

    `manage.py dev` runs the same commands; here nothing is started again unless a test does it.
    """

    def __init__(self, home: Home, model: ModelServer, **env: str):
        self.home, self.model = home, model
        self.postgres = Postgres(home, durable=False)
        self.valkey = Valkey(home)
        self.port = free_port()
        self._extra = env
        self._running: dict[str, subprocess.Popen] = {}
        self._made = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[str]:
        """Those that draw and are running, oldest first."""
        return [name for name in self._running if name.startswith("worker")]

    # --- Life and death ---

    def start(self) -> None:
        for server in (self.postgres, self.valkey):
            server.launch()
        for server in (self.postgres, self.valkey):
            server.wait_ready()
        self.manage("migrate", "--verbosity=0", check=True)
        for name in (WEB, UPKEEP, self._new_name()):
            self._spawn(name)
        for name in list(self._running):
            self.wait_ready(name)

    def stop(self) -> None:
        for process in self._running.values():
            processes.end_child(process)
        self._running.clear()
        self.valkey.stop()
        self.postgres.stop()

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; after SIGKILL the process is gone when this returns."""
        process = self._running[name]
        process.send_signal(number)
        if number == signal.SIGKILL:
            processes.end_child(process)  # what it forked too
            del self._running[name]

    def restart(self, name: str) -> None:
        """Start it again, ended or not, and wait until it is ready."""
        if name in self._running:
            self.kill(name)
        self._spawn(name)
        self.wait_ready(name)

    def start_worker(self) -> str:
        """One worker more, ready."""
        name = self._new_name()
        self.restart(name)
        return name

    def wait_end(self, name: str, seconds: float) -> int | None:
        """The exit code of a process that was asked to end; None where it still runs."""
        try:
            code = self._running[name].wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        processes.end_child(self._running.pop(name))
        return code

    def has_ended(self, name: str) -> bool:
        return self._running[name].poll() is not None

    def logs(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")

    def threads(self, name: str) -> int:
        return psutil.Process(self._running[name].pid).num_threads()

    def wait_ready(self, name: str) -> None:
        ready = self.web_answers if name == WEB else self._mark(name).exists

        def settled() -> bool:
            return ready() or self._running[name].poll() is not None

        if not (processes.wait_until(settled, READY_SECONDS) and ready()):
            raise AssertionError(f"{name} did not get ready:\n{self.logs(name)[-3000:]}")

    def web_answers(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asked.request("GET", "/api/health")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def make_whole(self) -> None:
        """As a test finds it: everything awake, one worker, no job under way, a dull model."""
        for server in (self.postgres, self.valkey):
            if not server.running:
                server.start()
            server.process.send_signal(signal.SIGCONT)
        for name in list(self._running):
            self._running[name].send_signal(signal.SIGCONT)
            if self.has_ended(name):
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

    def wait_for(self, condition: Callable[[], Any], seconds: float) -> bool:
        return processes.wait_until(lambda: bool(condition()), seconds)

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What a query of ours gives, on a connection of its own."""
        with psycopg.connect(self.postgres.url, autocommit=True, row_factory=dict_row) as one:
            return one.execute(query, parameters).fetchall()

    def value(self, query: str, *parameters: object) -> Any:
        return next(iter(self.rows(query, *parameters)[0].values()))

    def job(self, job_id: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM generations_job WHERE id = %s", job_id)[0]

    def status(self, job_id: str) -> str:
        return self.job(job_id)["status"]

    def wait_ended(self, *job_ids: str, seconds: float = 15) -> list[str]:
        """The statuses of jobs, once all have ended or the time is over."""
        query = "SELECT status FROM generations_job WHERE id = ANY(%s) ORDER BY id"

        def statuses() -> list[str]:
            return [row["status"] for row in self.rows(query, list(job_ids))]

        self.wait_for(lambda: all(status in ENDED for status in statuses()), seconds)
        return statuses()

    def entries(self, job_id: str) -> list[str]:
        """The kinds of the ledger's entries about a job, in their order."""
        query = "SELECT kind FROM credits_entry WHERE reference = %s ORDER BY id"
        return [row["kind"] for row in self.rows(query, f"job:{job_id}")]

    def events(self, job_id: str) -> list[tuple]:
        query = "SELECT seq, status, stage, progress FROM generations_jobevent WHERE job_id = %s"
        return [tuple(row.values()) for row in self.rows(f"{query} ORDER BY seq", job_id)]

    @contextmanager
    def no_drawing_can_be_stored(self) -> Iterator[None]:
        """Inside, whoever stores a drawing waits: the moment between the answer and the end."""
        with psycopg.connect(self.postgres.url) as one:
            one.execute("LOCK TABLE generations_generation IN SHARE MODE")
            yield

    def waiting_to_store(self) -> int:
        """How many wait for `no_drawing_can_be_stored`."""
        table = "'generations_generation'::regclass"
        query = f"SELECT count(*) FROM pg_locks WHERE relation = {table} AND NOT granted"
        return self.value(query)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url)

    # --- What it is told ---

    def person(self) -> Person:
        """Somebody new, signed in, with ten credits."""
        return Person(self.url).register()

    def manage(self, *words: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        """A command of `manage.py` in this installation's environment."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self._env(),
            cwd=PROJECT,
            check=check,
            timeout=60,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def audit(self) -> tuple[int, str]:
        """The exit code of `manage.py audit` and what it says."""
        told = self.manage("audit")
        return told.returncode, told.stdout

    # --- Processes ---

    def _new_name(self) -> str:
        self._made += 1
        return f"worker-{self._made}"

    def _spawn(self, name: str) -> None:
        self._mark(name).unlink(missing_ok=True)
        self._running[name] = processes.spawn(
            self._argv(name),
            log=self._log(name),
            cwd=PROJECT,
            env={**self._env(), "CHATSVG_READY_FILE": str(self._mark(name))},
            ended_by=signal.SIGKILL,
        )

    def _argv(self, name: str) -> list[str]:
        python = [sys.executable, "-m"]
        if name == WEB:
            address = ["-b", "127.0.0.1", "-p", str(self.port)]
            return [*python, "daphne", *address, "chatsvg.asgi:application"]
        queues, threads = ("upkeep,mail", "8") if name == UPKEEP else ("drawings", "100")
        flags = ["-Q", queues, "-P", "threads", "-c", threads, "-n", f"{name}@%h"]
        flags += ["--without-gossip", "--without-mingle", "-l", "INFO", "-I", "chatsvg.ready"]
        return [*python, "celery", "-A", "chatsvg", "worker", *flags]

    def _env(self) -> dict[str, str]:
        """What `manage.py dev` gives its processes, and the model's address."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith(NOT_FOR_TESTS)}
        return ours | {
            "CHATSVG_DIR": str(self.home.root),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "PRODUCTION": "false",
            "RATELIMIT_ENABLED": "false",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "OPENAI_BASE_URL": self.model.url,
            "OPENAI_API_KEY": "key-of-the-test",
            **self._extra,
        }

    def _log(self, name: str) -> Path:
        return self.home.log / f"{name}.log"

    def _mark(self, name: str) -> Path:
        return self.home.run / f"{name}.ready"


UNDER_WAY = "FROM generations_job WHERE status IN ('QUEUED', 'RUNNING')"


@contextmanager
def running_stack(**env: str) -> Iterator[Stack]:
    """A stack that is ready; it and its data are gone afterwards."""
    with temporary_home() as home, ModelServer() as model:
        stack = Stack(home, model, **env)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def seconds_since(began: float) -> float:
    return round(time.monotonic() - began, 2)
