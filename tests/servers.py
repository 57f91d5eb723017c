"""The pytest plugin that gives a test run its own PostgreSQL and Valkey, before Django loads.

Loaded by `-p tests.servers`. A run's workers (xdist) and its subprocesses use the same pair.
"""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from chatsvg.embedded import Home, Postgres, Valkey
from tests import clusters

MARK = "CHATSVG_TEST_RUN"  # set for everything that a test run starts
PREFIX = "chatsvg-test-"
NOT_FOR_TESTS = (
    *("OPENAI_", "S3_", "CHATSVG_", "AWS_", "EMAIL_", "RATELIMIT_"),
    *("GOOGLE_", "GITHUB_", "OAUTH_", "PAYPAL_", "WEBHOOK_"),
    *("SENTRY_", "OTEL_", "METRICS_", "LOG_", "ACCESS_LOG"),
)
PLAIN_HTTP = {"PRODUCTION": "false"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Start the servers, unless this process belongs to a run that has them."""
    heed_interrupts()
    if MARK not in os.environ:
        early_config.add_cleanup(start().close)
    elif number := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
        take_share(int(number))
    return (yield)


def heed_interrupts() -> None:
    """A shell has its background jobs ignore SIGINT, and what they start: our tests send it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def take_share(number: int) -> None:
    """A process of a parallel run has a Redis database of its own; pytest-django sees to
    PostgreSQL's."""
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={number + 1}")


class TestServers:
    """The servers of one test run. They end with this process, however it ends."""

    __test__ = False

    def __init__(self) -> None:
        self.folder = make_folder()
        self.home = Home(self.folder / "home")
        self.postgres = Postgres(self.home, durable=False)
        self.valkey = Valkey(self.home)

    def start(self) -> None:
        for server in (self.postgres, self.valkey):
            server.launch()
        for server in (self.postgres, self.valkey):
            server.wait_ready()

    def close(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        self.home.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> TestServers:
    """Start servers and point the environment at them and at nothing else."""
    remove_leftovers()
    servers = TestServers()
    servers.start()
    for name in [name for name in os.environ if name.startswith(NOT_FOR_TESTS)]:
        del os.environ[name]
    os.environ |= PLAIN_HTTP | {
        MARK: str(os.getpid()),
        clusters.FOLDER: str(servers.folder),
        "CHATSVG_DIR": str(servers.home.root),
        "DATABASE_URL": servers.postgres.url,
        "REDIS_URL": servers.valkey.url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver",
    }
    return servers


@contextmanager
def temporary_home() -> Iterator[Home]:
    """A home of its own for servers that a test starts, stops and kills."""
    folder = make_folder()
    home = Home(folder / "home")
    try:
        yield home
    finally:
        home.remove()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home():
    with temporary_home() as home:
        yield home


@pytest.fixture
def postgres(home):
    """A running PostgreSQL besides the run's own; kill it, restart it."""
    clusters.copy_new(home)
    yield from running(Postgres(home, durable=False))


@pytest.fixture
def valkey(home):
    """A running Valkey besides the run's own; kill it, restart it."""
    yield from running(Valkey(home))


def running(server):
    server.start()
    try:
        yield server
    finally:
        server.stop()


def make_folder() -> Path:
    """A short folder that the servers' user can pass through, named by our process."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


def remove_leftovers() -> None:
    """Delete the folders of test runs that were killed."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):
            pid = int(folder.name.removeprefix(PREFIX).split("-")[0])
            if folder.stat().st_uid == os.geteuid() and not psutil.pid_exists(pid):
                shutil.rmtree(folder, ignore_errors=True)
