"""One PostgreSQL and one Valkey, each on a unix socket in its own home."""

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chatsvg.embedded import binaries, processes
from chatsvg.embedded.home import Home

START_SECONDS = 60  # crash recovery of a large database included
DATABASE = "chatsvg"


class ServerError(Exception):
    """A server did not start; the text carries the end of its log."""


class Server(ABC):
    """A server process that ends with us. `start` finds the data again that it left."""

    name: str
    ended_by: signal.Signals
    stop_steps: tuple[tuple[signal.Signals, float], ...]

    def __init__(self, home: Home):
        self.home = home
        self.process: subprocess.Popen | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """What DATABASE_URL or REDIS_URL says to reach it."""

    @abstractmethod
    def argv(self) -> list[str | os.PathLike]: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make what must be there before the process starts."""

    @abstractmethod
    def orphans(self) -> list:
        """Our own processes that an earlier start left behind."""

    @abstractmethod
    def is_ready(self) -> bool: ...

    @property
    def data(self) -> Path:
        return self.home.data / self.name

    @property
    def log(self) -> Path:
        return self.home.log / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        return self.home.run / f"{self.name}.pid"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start and wait until it answers.

        Call it from a thread that stays: on Linux the server ends with the one that started it.
        """
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start without waiting."""
        self.home.make()
        for orphan in self.orphans():
            processes.end_orphan(orphan, *self.stop_steps)
        self.prepare()
        self._spawn()

    def wait_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > end:
                raise ServerError(self._complaint("did not answer in time"))
            if not self.running:
                self._start_again()
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            processes.end_child(self.process, *self.stop_steps)
            self.pid_file.unlink(missing_ok=True)
            self.process = None

    def kill(self) -> None:
        """End it the hard way, as a crash would."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _spawn(self) -> None:
        self.process = processes.spawn(
            self.argv(),
            log=self.log,
            cwd=self.data,
            env=server_environment(),
            user=self.home.servant,
            ended_by=self.ended_by,
        )
        processes.write_pid(self.pid_file, self.process.pid)

    def _start_again(self) -> None:
        raise ServerError(self._complaint("ended at once"))

    def _complaint(self, what: str) -> str:
        return f"{self.name} {what} ({self.log}):\n{_tail(self.log)}"


class Postgres(Server):
    """PostgreSQL 18. `durable=False` is for data that may be lost with the machine: tests."""

    name = "postgres"
    ended_by = signal.SIGINT  # fast shutdown
    stop_steps = ((signal.SIGINT, 8), (signal.SIGQUIT, 3))

    def __init__(self, home: Home, *, durable: bool = True):
        super().__init__(home)
        self.durable = durable

    @property
    def url(self) -> str:
        return f"postgresql:///{DATABASE}?host={quote(str(self.home.sockets))}&user={DATABASE}"

    def argv(self) -> list[str | os.PathLike]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "max_wal_size": "512MB",
            "io_method": "sync",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # values of rows and of statements are people's addresses and prompts
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }
        if not self.durable:
            options |= dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "off")
            options["autovacuum"] = "off"  # in tests plans change for reasons of their own only
        flags = [f"--{name}={value}" for name, value in options.items()]
        return [binaries.postgres_bin(self.home) / "postgres", "-D", self.data, *flags]

    def prepare(self) -> None:
        self._claim_data()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        pid = processes.read_pid(self._postmaster_pid)
        if pid and not self.orphans() and processes.find_process(pid):
            self._postmaster_pid.unlink()  # a new process got the number; it is not ours

    def orphans(self) -> list:
        """A postmaster on our data, and backends whose postmaster was killed."""
        pids = {
            processes.read_pid(self._postmaster_pid),
            processes.read_pid(self.pid_file),
        }
        found = [processes.find_process(pid, "-D", str(self.data)) for pid in pids]
        return [process for process in found if process]

    def is_ready(self) -> bool:
        """The last line of postmaster.pid tells, without a connection."""
        try:
            lines = self._postmaster_pid.read_text().splitlines()
        except OSError:
            return False
        return (
            self.running
            and len(lines) >= 8
            and lines[0] == str(self._pid)
            and lines[7].strip() == "ready"
        )

    @property
    def _pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def _postmaster_pid(self) -> Path:
        return self.data / "postmaster.pid"

    def _start_again(self) -> None:
        """Backends of a killed postmaster hold its shared memory until they notice: wait."""
        own_lines = [line for line in _tail(self.log).splitlines() if f"[{self._pid}]" in line]
        if not any("pre-existing shared memory block" in line for line in own_lines):
            super()._start_again()
        time.sleep(0.2)
        self._spawn()

    def _claim_data(self) -> None:
        """A link shows data that lie elsewhere; where it is missing they are of a home before."""
        link = self.home.root / self.name
        if link != self.data and not link.exists():
            shutil.rmtree(self.data, ignore_errors=True)
            link.unlink(missing_ok=True)
            link.symlink_to(self.data)

    def _make_cluster(self) -> None:
        """Make it beside its place and move it there whole: an interrupted start leaves none."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.home.give(draft)
        self._initdb(draft)
        self._run(
            "postgres",
            "--single",
            "-D",
            draft,
            "postgres",
            say=f"CREATE DATABASE {DATABASE}",
        )
        if self.data.exists():  # no cluster, as PG_VERSION is missing
            self.data.rmdir()
        draft.rename(self.data)

    def _initdb(self, folder: Path) -> None:
        flags = ["--auth=trust", "--encoding=UTF8", "--no-instructions", "--locale=C"]
        flags += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            flags.append("--no-sync")
        self._run("initdb", "-D", folder, "-U", DATABASE, *flags)

    def _run(self, program: str, *arguments: str | os.PathLike, say: str = "") -> None:
        """Run one of PostgreSQL's own programs to its end."""
        servant = self.home.servant
        identity: dict[str, Any] = {}
        if servant:
            identity = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []}
        with open(self.log, "ab") as log:
            result = subprocess.run(
                [binaries.postgres_bin(self.home) / program, *arguments],
                input=say.encode(),
                check=False,
                stdout=log,
                stderr=log,
                cwd=self.home.sockets,
                env=server_environment(),
                **identity,
            )
        if result.returncode:
            raise ServerError(self._complaint(f"could not be set up by {program}"))


class Valkey(Server):
    """Valkey, in memory alone: what it holds may be lost at any time."""

    name = "valkey"
    ended_by = signal.SIGTERM
    stop_steps = ((signal.SIGTERM, 3),)

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    def argv(self) -> list[str | os.PathLike]:
        options = [
            "--port",
            "0",
            "--unixsocket",
            str(self._socket),
            "--unixsocketperm",
            "700",
        ]
        options += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        options += ["--maxmemory-policy", "noeviction", "--set-proc-title", "no"]
        return [str(binaries.valkey_server(self.home)), *options]

    def prepare(self) -> None:
        self.home.give(self.data)
        self._socket.unlink(missing_ok=True)

    def orphans(self) -> list:
        pid = processes.read_pid(self.pid_file)
        found = processes.find_process(pid, "--unixsocket", str(self._socket))
        return [found] if found else []

    def is_ready(self) -> bool:
        return self.running and _answers(self._socket, b"PING\r\n", b"+PONG")

    @property
    def _socket(self) -> Path:
        return self.home.sockets / "valkey.sock"


def server_environment() -> dict[str, str]:
    """Nothing of ours: no secrets, no PG* variables that change what PostgreSQL does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _answers(path: Path, question: bytes, answer: bytes) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(question)
        return connection.recv(64).startswith(answer)
    return False


def _tail(path: Path, lines: int = 6) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
