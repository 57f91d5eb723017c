"""`manage.py dev`: everything that ChatSVG needs, in one terminal, until Ctrl-C."""

import errno
import http.client
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from chatsvg import roles, shared_metrics
from chatsvg.demo import DEMO_EMAIL, DEMO_PASSWORD, STAFF_EMAIL, ensure_demo_users
from chatsvg.embedded import schema
from chatsvg.embedded.home import Home, HomeError
from chatsvg.embedded.leases import Lease, lease, wanted_servers
from chatsvg.embedded.processes import read_pid, write_pid
from chatsvg.embedded.servers import ServerError
from chatsvg.supervisor import Program, Supervisor, SupervisorError

READY_SECONDS = 90


class Command(BaseCommand):
    help = "Run web, worker, upkeep and beat, with their own PostgreSQL and Valkey if none is set."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument(
            "--like-production",
            action="store_true",
            help="serve as production does, in one process: requests by threads, DEBUG off",
        )

    def handle(self, *, host, port, like_production, **options):
        home = Home.of_project()
        try:
            with only_one(home):
                session = Session(home, host, port, say=self.say, like_production=like_production)
                session.run(ready=self.ready)
        except (HomeError, ServerError, SupervisorError) as error:
            raise CommandError(str(error)) from None

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def ready(self, url: str) -> None:
        print(f"ready {url}", flush=True)


class Session:
    """One run of `manage.py dev`, from the first server to the last."""

    def __init__(self, home, host, port, *, say, like_production=False):
        self.home, self.host, self.port, self.say = home, host, port, say
        self.like_production = like_production
        self.url = f"http://{local_name(host)}:{port}"
        self.embedded = wanted_servers()
        self.lease: Lease | None = None
        self.supervisor = Supervisor(self.programs(), home=home, say=say)

    def run(self, *, ready) -> None:
        self.supervisor.end_orphans()
        check_port_is_free(self.host, self.port)
        try:
            self.start_servers()
            self.prepare_database()
            if not self.supervisor.stopping:
                shared_metrics.empty()
                self.supervisor.start()
                self.supervisor.wait_ready(READY_SECONDS)
            if not self.supervisor.stopping:
                ready(self.url)
            self.supervisor.watch(self.watch_servers)
        finally:
            self.supervisor.stop()
            if self.lease:
                self.lease.close()

    def start_servers(self) -> None:
        if self.embedded:
            self.lease = lease(self.home, self.embedded)

    def prepare_database(self) -> None:
        """Migrate; an embedded database gets its first people as well."""
        if "postgres" in self.embedded:
            schema.bring_up_to_date(self.home)
            self.introduce(ensure_demo_users())
        else:
            call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        connection.close_pool()  # no thread of ours may run when processes are started

    def introduce(self, staff_password: str | None) -> None:
        if staff_password:
            self.say(f"demo user   {DEMO_EMAIL}  {DEMO_PASSWORD}")
            self.say(f"staff user  {STAFF_EMAIL}  {staff_password}  (shown only this once)")

    def watch_servers(self) -> None:
        """Tell what the keeper of the embedded servers did; if it died itself, start another."""
        if self.lease is None:
            return
        try:
            for line in self.lease.news():
                self.say(line)
        except (OSError, ServerError):
            self.say("the embedded servers ended; starting them again")
            self.start_servers()

    def programs(self) -> list[Program]:
        """In the order in which they are stopped: first what brings in new work."""
        env = {
            "PORT": str(self.port),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL") or self.url,
            **({"DEBUG": "false"} if self.like_production else {}),
        }
        serve = roles.whole if self.like_production else roles.web
        web, beat = serve(self.host, self.port), roles.beat(self.home.run / "beat-schedule")
        return [
            Program("beat", beat, env=env),
            Program("web", web, self.web_answers, env=env | self.core(0)),
            self.worker("worker", roles.worker("drawings"), env | self.core(1)),
            self.worker("upkeep", roles.upkeep(), env),
        ]

    def core(self, number: int) -> dict[str, str]:
        """A processor of its own for each of the two that have much to do."""
        return {"CPU_CORE": str(number)} if self.like_production else {}

    def worker(self, name, command, env) -> Program:
        mark = self.home.run / f"{name}.ready"
        return Program(
            name,
            command,
            is_ready=mark.exists,
            before_start=lambda: mark.unlink(missing_ok=True),
            env={**env, "CHATSVG_READY_FILE": str(mark)},
        )

    def web_answers(self) -> bool:
        asked = http.client.HTTPConnection(local_name(self.host), self.port, timeout=2)
        try:
            asked.request("GET", "/api/health")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the folder: a second `manage.py dev` in it is refused."""
    home.make()
    pid_file = home.run / "dev.pid"
    with open(home.run / "dev.lock", "w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            pid = read_pid(pid_file)
            raise CommandError(f"manage.py dev is already running here (process {pid}).") from None
        write_pid(pid_file, os.getpid())
        try:
            yield
        finally:
            pid_file.unlink(missing_ok=True)


def check_port_is_free(host: str, port: int) -> None:
    """Raise CommandError, before anything is started, where the web process could not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is already in use; choose another one with --port."
                ) from None
            raise CommandError(f"Cannot listen on {host}:{port}: {error}.") from None


def local_name(host: str) -> str:
    """The name under which this machine reaches a server that listens on `host`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{name}]" if ":" in name else name
