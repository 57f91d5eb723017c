"""Using the embedded servers of a home: they run while somebody holds a lease on them."""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from chatsvg.embedded import schema
from chatsvg.embedded.home import PROJECT, Home, HomeError
from chatsvg.embedded.keeper import keeper_socket
from chatsvg.embedded.servers import START_SECONDS, ServerError

TRIES = 5
NEED_NONE = {"help", "version", "dev", "test", "bench", "sanitize", "check", "diffsettings"}
NEED_NONE |= {"collectstatic", "findstatic", "compilemessages", "makemessages"}
NEED_NONE |= {"startapp", "startproject"}
LEAVE_SCHEMA = {"migrate", "showmigrations", "sqlmigrate", "makemigrations", "dbshell"}


class Lease:
    """One connection to the keeper. The servers run until `close`, or until this process ends."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._unread = b""

    def fileno(self) -> int:
        return self._connection.fileno()

    def news(self) -> list[str]:
        """What happened to the servers since the last call."""
        lines = []
        while select.select([self._connection], [], [], 0)[0]:
            part = self._connection.recv(4096)
            if not part:
                raise ServerError("The keeper of the embedded servers has ended.")
            *whole, self._unread = (self._unread + part).split(b"\n")
            lines += [line.decode().removeprefix("news ") for line in whole]
        return lines

    def ask(self, names: Sequence[str]) -> None:
        """Return when the servers of those names answer."""
        self._connection.sendall(f"need {' '.join(names)}\n".encode())
        while (answer := self._read_line()).startswith("news "):
            pass
        if answer != "ready":
            raise ServerError(answer.removeprefix("error "))

    def close(self) -> None:
        """Leave; where nobody else needs the servers, return when they have stopped."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            while self._connection.recv(4096):
                pass
        self._connection.close()

    def _read_line(self) -> str:
        while b"\n" not in self._unread:
            part = self._connection.recv(4096)
            if not part:
                raise ConnectionResetError("The keeper was about to end.")
            self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()


def lease(home: Home, names: Sequence[str]) -> Lease:
    """Attach to the home's running servers, or start them."""
    for _ in range(TRIES):
        connection = _connect(home)
        held = Lease(connection)
        try:
            held.ask(names)
        except (
            ConnectionResetError,
            BrokenPipeError,
        ):  # it was about to end: ask the next one
            connection.close()
            continue
        except BaseException:
            connection.close()
            raise
        return held
    raise ServerError(f"The keeper of the embedded servers does not stay up; see {home.log}.")


def _connect(home: Home) -> socket.socket:
    """A connection to the running keeper, or to a new one."""
    with home.lock("start"):
        for _ in range(TRIES):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(START_SECONDS)
            try:
                connection.connect(str(keeper_socket(home)))
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()
                _start_keeper(home)
            else:
                return connection
    raise ServerError(f"The keeper of the embedded servers does not stay up; see {home.log}.")


def _start_keeper(home: Home) -> None:
    """Start it free of us: it outlives this command where another one uses the servers as well."""
    path = home.log / "keeper.log"
    import_path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    with open(path, "ab") as log:
        started = subprocess.run(
            [sys.executable, "-m", "chatsvg.embedded", str(home.root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": import_path},
            start_new_session=True,
            check=False,
            timeout=START_SECONDS,
        )
    if started.returncode:
        raise ServerError(f"The keeper of the embedded servers does not start; see {path}.")


def wanted_servers() -> list[str]:
    """The embedded servers that stand in for the ones that the environment does not name."""
    stands_in_for = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return [name for name, url in stands_in_for.items() if not os.environ.get(url, "").strip()]


@contextmanager
def servers_for(argv: Sequence[str]) -> Iterator[None]:
    """What a `manage.py` command line needs: running servers, and a schema that is not behind."""
    names = wanted_servers() if needs_servers(argv) else []
    if not names:
        yield
        return
    home = Home.of_project()
    try:
        held = lease(home, names)
    except (ServerError, HomeError) as error:
        raise SystemExit(f"The embedded servers cannot be used: {error}") from None
    try:
        if "postgres" in names and argv[1] not in LEAVE_SCHEMA:
            schema.bring_up_to_date(home)
        yield
    finally:
        if argv[1] == "migrate":
            schema.forget(home)
        held.close()


def needs_servers(argv: Sequence[str]) -> bool:
    if len(argv) < 2 or argv[1].startswith("-") or {"-h", "--help"} & set(argv):
        return False
    return argv[1] not in NEED_NONE or (argv[1] == "check" and "--database" in argv)
