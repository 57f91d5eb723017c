"""A whole ChatSVG whose processes can be killed, paused and started again, one by one.

`manage.py dev` runs the same commands under a supervisor; here nothing is started again by itself.
"""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from chatsvg import roles
from chatsvg.embedded import Home, Postgres, Valkey, processes
from chatsvg.embedded.home import PROJECT

READY_SECONDS = 60
COMMAND_SECONDS = 60
UPKEEP, WEB, WORKER = "upkeep", "web", "worker"
NOT_OURS = ("OPENAI_", "S3_", "CHATSVG_", "AWS_", "EMAIL_", "RATELIMIT_")


class StackError(Exception):
    """A process did not start; the text carries the end of its log."""


class Stack:
    """The processes of one installation by their names: web, upkeep, worker-1 and so on.

    Start it from a thread that stays: on Linux all of it ends with that thread.
    """

    threads = roles.DRAWINGS_UNDER_WAY
    """Of a worker: how many drawings it has under way at most."""

    def __init__(self, home: Home, env: Mapping[str, str], *, durable: bool = True):
        self.home = home
        self.postgres = Postgres(home, durable=durable)
        self.valkey = Valkey(home)
        self.port = free_port()
        self._given = {k: v for k, v in env.items() if not k.startswith(NOT_OURS)}
        self._extra: dict[str, str] = {}
        self._running: dict[str, subprocess.Popen] = {}
        self._made = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def names(self) -> list[str]:
        """All that were started and not killed, whether they still run or not."""
        return list(self._running)

    @property
    def workers(self) -> list[str]:
        """Those that draw and are running, oldest first."""
        return [name for name in self._running if name.startswith(WORKER)]

    @property
    def env(self) -> dict[str, str]:
        """What `manage.py dev` gives its processes, and what was set besides."""
        return self._given | {
            "CHATSVG_DIR": str(self.home.root),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "PRODUCTION": "false",
            "RATELIMIT_ENABLED": "false",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            **self._extra,
        }

    def set(self, **env: str) -> None:
        """Variables for all processes that start from now on."""
        self._extra |= env

    # --- Life and death ---

    def start(self, *, workers: int = 1) -> None:
        for server in (self.postgres, self.valkey):
            server.launch()
        for server in (self.postgres, self.valkey):
            server.wait_ready()
        self.migrate()
        for name in (WEB, UPKEEP, *(self.new_name() for _ in range(workers))):
            self.spawn(name)
        for name in list(self._running):
            self.wait_ready(name)

    def migrate(self) -> None:
        told = self.manage("migrate", "--verbosity=0")
        if told.returncode:
            raise StackError(f"migrate: {told.stdout[-3000:]}")

    def stop(self) -> None:
        for process in self._running.values():
            processes.end_child(process)
        self._running.clear()
        self.valkey.stop()
        self.postgres.stop()

    def spawn(self, name: str, **env: str) -> None:
        """Start a process without waiting, with variables of its own."""
        self._mark(name).unlink(missing_ok=True)
        self._running[name] = processes.spawn(
            self._argv(name),
            log=self._log(name),
            cwd=PROJECT,
            env={**self.env, "CHATSVG_READY_FILE": str(self._mark(name)), **env},
            ended_by=signal.SIGKILL,
        )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; after SIGKILL the process is gone when this returns."""
        process = self._running[name]
        process.send_signal(number)
        if number == signal.SIGKILL:
            processes.end_child(process)  # what it forked too
            del self._running[name]

    def restart(self, name: str, **env: str) -> None:
        """Start it again, ended or not, and wait until it is ready."""
        if name in self._running:
            self.kill(name)
        self.spawn(name, **env)
        self.wait_ready(name)

    def start_worker(self, **env: str) -> str:
        """One worker more, ready."""
        name = self.new_name()
        self.restart(name, **env)
        return name

    def new_name(self) -> str:
        self._made += 1
        return f"{WORKER}-{self._made}"

    def pid(self, name: str) -> int:
        return self._running[name].pid

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

    def is_ready(self, name: str) -> bool:
        return self.web_answers() if name == WEB else self._mark(name).exists()

    def wait_ready(self, name: str) -> None:
        """Raises StackError where it does not get there."""

        def settled() -> bool:
            return self.is_ready(name) or self.has_ended(name)

        if not (processes.wait_until(settled, READY_SECONDS) and self.is_ready(name)):
            raise StackError(f"{name} did not get ready:\n{self.logs(name)[-3000:]}")

    def web_answers(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asked.request("GET", "/api/health")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    # --- What it says ---

    def logs(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")

    def wait_for(self, condition: Callable[[], Any], seconds: float) -> bool:
        return processes.wait_until(lambda: bool(condition()), seconds)

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What a query of ours gives, on a connection of its own."""
        with psycopg.connect(self.postgres.url, autocommit=True, row_factory=dict_row) as one:
            return one.execute(query, parameters).fetchall()

    def value(self, query: str, *parameters: object) -> Any:
        return next(iter(self.rows(query, *parameters)[0].values()))

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of `manage.py` in this installation's environment."""
        return subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *words],
            env=self.env,
            cwd=PROJECT,
            check=False,
            timeout=COMMAND_SECONDS,
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

    def _argv(self, name: str) -> list[str]:
        if name == WEB:
            return roles.web("127.0.0.1", self.port)
        return roles.upkeep() if name == UPKEEP else roles.worker(name, threads=self.threads)

    def _log(self, name: str) -> Path:
        return self.home.log / f"{name}.log"

    def _mark(self, name: str) -> Path:
        return self.home.run / f"{name}.ready"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
