"""`manage.py dev` and `manage.py test`, run as people run them."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys

import psutil
import psycopg
import pytest

from chatsvg.embedded import Home, Postgres, processes
from chatsvg.embedded.home import PROJECT
from chatsvg.management.commands.dev import Command
from tests.clusters import copy_migrated
from tests.servers import MARK, temporary_home

pytestmark = pytest.mark.slow
NAMES = {"web", "worker", "upkeep", "beat", "postgres", "valkey"}
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "JWT_SECRET", "ALLOWED_HOSTS", MARK)
OURS += ("DEBUG", "COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DJANGO_SETTINGS_MODULE")
COUNT_USERS = "from accounts.models import User; print(User.objects.count())"
NEVER_UP = """
import sys
from pathlib import Path
from chatsvg.embedded import Home
from chatsvg.supervisor import Program, Supervisor, SupervisorError
home = Home(Path(sys.argv[1]))
home.make()
program = Program("web", [sys.executable, "-c", "raise SystemExit('cannot go on')"])
program.is_ready = lambda: False
supervisor = Supervisor([program], home=home, say=print)
supervisor.start()
try:
    supervisor.wait_ready(20)
except SupervisorError as error:
    print(error)
finally:
    supervisor.stop()
"""


class Dev:
    """A running `manage.py dev`."""

    def __init__(self, home: Home, *words: str, **env: str):
        self.home, self.port = home, free_port()
        self.process = manage("dev", "--port", str(self.port), *words, home=home, **env)
        self.lines = [self.process.stdout.readline()]

    def pid(self, name):
        return processes.read_pid(self.home.run / f"{name}.pid")

    def pids(self):
        names = [path.stem for path in self.home.run.glob("*.pid") if path.stem != "dev"]
        return {name: self.pid(name) for name in names}

    def status(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, number=signal.SIGINT):
        """The rest of what it says, after the signal."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return "".join(self.lines) + out, err


def manage(*words, home, **env):
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        env=inherited | {"CHATSVG_DIR": str(home.root), "COLUMNS": "120"} | env,
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def are_gone(pids, seconds=10):
    return processes.wait_until(
        lambda: not any(processes.find_process(pid) for pid in pids), seconds
    )


@pytest.fixture(scope="module")
def dev():
    with temporary_home() as home:
        running = Dev(home)
        yield running
        running.end()


@pytest.fixture
def tables(home):
    """The database of this folder has every table, and nobody in it."""
    copy_migrated(home)


@pytest.fixture
def own_dev(home):
    """Start them as often as the test wants; none outlives it."""
    started = []

    def start(*words, **env):
        started.append(Dev(home, *words, **env))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


# --- While it runs ----------------------------------------------------------------------------
def test_dev_says_ready_when_everything_is(dev):
    assert dev.lines == [f"ready http://127.0.0.1:{dev.port}\n"]
    assert set(dev.pids()) == NAMES
    assert all(processes.find_process(pid) for pid in dev.pids().values())
    assert {path.stem for path in dev.home.log.glob("*.log")} >= NAMES
    assert dev.status("/api/health") == dev.status("/api/ready") == 200


def test_dev_makes_the_demo_user_and_a_staff_user(dev):
    query = """SELECT email, name, balance, is_staff FROM accounts_user
               JOIN credits_wallet ON user_id = accounts_user.id ORDER BY is_staff"""
    with psycopg.connect(Postgres(dev.home).url) as connection:
        demo, staff = connection.execute(query).fetchall()

    assert demo == ("test@example.com", "TEST_USER", 50, False)
    assert (staff[0], staff[3]) == ("admin@example.com", True)


@pytest.mark.parametrize("name", ["worker", "web", "beat", "postgres", "valkey"])
def test_dev_starts_again_what_is_killed(dev, name):
    killed = dev.pid(name)

    os.kill(killed, signal.SIGKILL)

    # the first that is started in its place may end as well, while what it forked is ending
    assert processes.wait_until(
        lambda: dev.pid(name) not in (None, killed) and lives(dev, name), 10
    )
    assert processes.wait_until((dev.home.run / "worker.ready").exists, 60)
    assert processes.wait_until(lambda: answers(dev), 60)


def lives(dev, name):
    return processes.find_process(dev.pid(name)) is not None


def answers(dev):
    try:
        return dev.status("/api/ready") == 200
    except OSError:
        return False


def test_second_dev_in_the_folder_is_refused(dev):
    code, out, err = finish(manage("dev", "--port", str(free_port()), home=dev.home))

    assert (code, out) == (1, "")
    assert err == (
        f"CommandError: manage.py dev is already running here (process {dev.process.pid}).\n"
    )


@pytest.mark.ci
@pytest.mark.usefixtures("tables")
def test_dev_in_another_folder_runs_beside_it_and_ends_when_terminated(dev, own_dev):
    other = own_dev()

    assert other.lines == [f"ready http://127.0.0.1:{other.port}\n"]
    assert not set(dev.pids().values()) & set(other.pids().values())
    ends_everything(other, signal.SIGTERM)
    assert dev.status("/api/ready") == 200


def test_busy_port_is_told_before_anything_starts(dev, home):
    code, out, err = finish(manage("dev", "--port", str(dev.port), home=home))

    assert (code, out) == (1, "")
    assert err == (
        f"CommandError: Port {dev.port} is already in use; choose another one with --port.\n"
    )
    assert not (home.root / "postgres").exists()


def test_command_attaches_to_the_servers_of_dev(dev):
    before = dev.pid("postgres")

    code, _, err = finish(manage("migrate", "--check", home=dev.home))

    assert (code, err) == (0, "")
    assert dev.pid("postgres") == before
    assert dev.status("/api/ready") == 200


def test_settings_that_cannot_work_together_are_told_before_anything_starts(home):
    code, out, err = finish(manage("dev", home=home, PAYPAL_CLIENT_ID="half"))

    assert (code, out) == (1, "")
    assert "PayPal is configured by half" in err
    assert "Traceback" not in err
    assert not (home.root / "postgres").exists()


def test_setting_that_cannot_be_read_is_told_in_a_line(home):
    code, out, err = finish(manage("dev", home=home, FRONTEND_URL="localhost:5173"))

    assert (code, out) == (1, "")
    assert err == (
        "CommandError: FRONTEND_URL must be like https://example.com, not 'localhost:5173'.\n"
    )


# --- Its end ----------------------------------------------------------------------------------
def ends_everything(dev, number) -> str:
    """That it does so when asked by a signal; what it said on standard error."""
    pids = dev.pids()

    out, err = dev.end(number)

    assert dev.process.returncode == 0
    assert out == f"ready http://127.0.0.1:{dev.port}\n"
    assert "Traceback" not in err
    assert are_gone(pids.values(), 0)
    assert dev.pids() == {}
    return err


@pytest.mark.ci
@pytest.mark.usefixtures("tables")
def test_dev_starts_again_after_it_was_killed_and_ends_when_interrupted(own_dev):
    first = own_dev()
    pids = first.pids()
    _, err = first.end(signal.SIGKILL)
    assert re.search(r"staff user +admin@example.com +\S{12,}", err)

    second = own_dev()

    assert second.lines == [f"ready http://127.0.0.1:{second.port}\n"]
    assert are_gone(pids.values(), 0)
    assert second.status("/api/ready") == 200
    assert "staff user" not in ends_everything(second, signal.SIGINT)  # the data were found again


@pytest.mark.ci
def test_dev_uses_the_servers_it_is_given(own_dev, postgres, valkey):
    keys = {name: f"{name}-of-this-test-0123456789" for name in ("SECRET_KEY", "JWT_SECRET")}
    dev = own_dev(
        DATABASE_URL=postgres.url,
        REDIS_URL=valkey.url,
        SECURE_SSL_REDIRECT="no",
        ALLOWED_HOSTS="127.0.0.1",
        **keys,
    )

    assert dev.lines == [f"ready http://127.0.0.1:{dev.port}\n"]
    assert dev.status("/api/ready") == 200
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT count(*) FROM accounts_user").fetchone() == (0,)
    dev.end()
    assert postgres.running
    assert valkey.running


def processors(pid):
    """On which the threads of a process may be."""
    threads = psutil.Process(pid).threads()
    return set().union(*(os.sched_getaffinity(thread.id) for thread in threads))


@pytest.mark.ci
@pytest.mark.usefixtures("tables")
def test_dev_like_production_serves_everything_from_one_process(own_dev):
    dev = own_dev("--like-production", DEBUG="true")

    assert dev.lines == [f"ready http://127.0.0.1:{dev.port}\n"]
    assert "chatsvg.whole" in processes.find_process(dev.pid("web")).cmdline()
    may_use = sorted(os.sched_getaffinity(0))
    assert [processors(dev.pid(name)) for name in ("web", "worker", "upkeep")] == [
        {may_use[0]},
        {may_use[1 % len(may_use)]},
        set(may_use),
    ]
    short = ["/api/ready", "/pricing", "/static/css/base.css", "/styleguide"]
    assert [dev.status(path) for path in short] == [200, 200, 200, 404]  # the last is DEBUG's
    long = ["/events/", "/mcp/health", "/socket.io/?EIO=4&transport=polling"]
    assert [dev.status(path) for path in long] == [401, 200, 200]
    ends_everything(dev, signal.SIGTERM)


def test_supervisor_gives_up_on_what_never_stays_up(home):
    code, out, err = finish(
        subprocess.Popen(
            [sys.executable, "-c", NEVER_UP, str(home.root)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    )

    assert (code, err) == (0, "")
    assert out.count("web ended (exit code 1); starting it again") == 2
    assert "web does not stay up (exit code 1)" in out
    assert "cannot go on" in out


# --- Other commands ---------------------------------------------------------------------------
@pytest.mark.ci
def test_command_in_an_empty_folder_has_servers_and_tables(home):
    code, out, err = finish(manage("shell", "-v0", "-c", COUNT_USERS, home=home))

    assert (code, out, err) == (0, "0\n", "")
    assert list(home.run.glob("*.pid")) == []


def test_test_command_passes_arguments_and_exit_code_through(home, tmp_path):
    (tmp_path / "test_one.py").write_text("def test_it():\n    assert 1 + 1 == 3\n")

    code, out, err = finish(manage("test", "-q", str(tmp_path), home=home))

    assert code == 1, err
    assert "1 failed" in out


@pytest.mark.ci
def test_servers_of_a_killed_test_run_end(home, tmp_path):
    (tmp_path / "test_one.py").write_text(
        "import os, time\n"
        "def test_it():\n"
        "    print(os.environ['CHATSVG_DIR'], flush=True)\n"
        "    time.sleep(60)\n"
    )
    run = manage("test", "-c", "pyproject.toml", "-qs", str(tmp_path), home=home)
    folder = next(line for line in run.stdout if line.startswith("/")).strip()
    with open(f"{folder}/run/postgres.pid") as file:
        postgres = int(file.read())
    assert psutil.pid_exists(postgres)

    run.kill()
    run.communicate()

    assert are_gone([postgres], 5)


def test_port_comes_from_the_environment_unless_it_is_named(settings):
    settings.PORT = 8123
    parser = Command().create_parser("manage.py", "dev")

    assert parser.parse_args([]).port == 8123
    assert parser.parse_args(["--port", "8124"]).port == 8124
