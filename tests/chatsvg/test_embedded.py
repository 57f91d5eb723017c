"""The embedded servers, for real: started, killed, left behind, side by side, as whom."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import psutil
import psycopg
import pytest
import redis

from chatsvg.embedded import Home, Postgres, Valkey, binaries, leases, processes
from chatsvg.embedded.home import LONGEST_SOCKET, PROJECT, HomeError, make_private, reachable
from chatsvg.embedded.leases import lease, needs_servers
from chatsvg.embedded.secrets import keep_secret
from tests.clusters import copy_new
from tests.servers import make_folder, temporary_home

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="is about being root")
HOLD = """
import sys, time
from pathlib import Path
from chatsvg.embedded import Home
from chatsvg.embedded.leases import lease
held = lease(Home(Path(sys.argv[1])), ["postgres", "valkey"])
print("up", flush=True)
sys.stdin.read()
held.close()
"""
RUN_BOTH = """
import sys
from pathlib import Path
import psycopg
from chatsvg.embedded import Home, Postgres
home = Home(Path(sys.argv[1]))
server = Postgres(home, durable=False)
server.start()
with psycopg.connect(server.url) as connection:
    print(connection.execute("SELECT 6 * 7").fetchone()[0], server.process.pid, flush=True)
server.stop()
"""


@pytest.fixture
def used_home(home):
    """One whose servers were running before."""
    copy_new(home)
    return home


@pytest.fixture
def both(postgres, home):
    """The home of a running pair, kept running by a lease of this process."""
    postgres.stop()
    held = lease(home, ["postgres", "valkey"])
    yield home
    held.close()


def ask(server, query, *values):
    with psycopg.connect(server.url, connect_timeout=5) as connection:
        cursor = connection.execute(query, values)
        return cursor.fetchone()[0] if cursor.description else None


def pid_of(home, name):
    return processes.read_pid(home.run / f"{name}.pid")


def is_gone(pid, seconds=10):
    return processes.wait_until(lambda: processes.find_process(pid) is None, seconds)


def holder(home):
    """Another process with a lease."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
    )
    assert process.stdout.readline() == b"up\n"
    return process


# --- One server -------------------------------------------------------------------------------
def test_postgres_is_18_and_utf8(postgres):
    assert ask(postgres, "SELECT current_setting('server_version_num')::int / 10000") == 18
    assert ask(postgres, "SELECT uuid_extract_version(uuidv7())") == 7
    assert ask(postgres, "SHOW server_encoding") == "UTF8"
    assert ask(postgres, "SELECT upper('ä')") == "Ä"


def test_postgres_keeps_its_data_over_a_restart(postgres):
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")

    postgres.restart()

    assert ask(postgres, "SELECT answer FROM kept") == 42


def test_postgres_keeps_committed_data_when_it_is_killed(used_home):
    postgres = Postgres(used_home)
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")

    postgres.kill()
    postgres.start()

    assert ask(postgres, "SELECT answer FROM kept") == 42
    postgres.stop()


def test_postgres_starts_while_backends_of_a_killed_postmaster_remain(postgres):
    with psycopg.connect(postgres.url) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # it cannot notice
        os.kill(postgres.process.pid, signal.SIGKILL)
        postgres.process.wait()
        Timer(1, os.kill, (backend, signal.SIGCONT)).start()
        asked = time.monotonic()
        postgres.start()

        assert time.monotonic() - asked > 0.9
        assert ask(postgres, "SELECT 1") == 1


def test_postgres_starts_after_an_interrupted_first_start(home):
    home.make()
    draft = home.data / "postgres.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")

    postgres = Postgres(home, durable=False)
    postgres.start()

    assert ask(postgres, "SELECT 1") == 1
    postgres.stop()


def test_postgres_start_ends_its_own_orphan(postgres, home):
    orphan = postgres.process

    again = Postgres(home, durable=False)
    again.start()

    assert orphan.wait(5) == 0
    assert ask(again, "SELECT 1") == 1
    again.stop()


def test_postgres_start_spares_a_stranger_that_got_its_pid(postgres):
    postgres.kill()
    stranger = subprocess.Popen(
        ["sleep", "60"], user=postgres.home.servant.pw_uid if postgres.home.servant else None
    )
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    postgres.start()

    assert ask(postgres, "SELECT 1") == 1
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_postgres_says_why_it_does_not_start(postgres):
    postgres.stop()
    (postgres.data / "postgresql.conf").write_text("no_such_setting = on\n")

    with pytest.raises(Exception, match="no_such_setting"):
        postgres.start()


def test_valkey_starts_again_after_a_kill(valkey):
    client = redis.Redis.from_url(valkey.url)
    client.set("lost", 1)

    valkey.kill()
    valkey.start()

    assert client.get("lost") is None
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()


def test_servers_listen_on_no_port(postgres, valkey):
    for server in (postgres, valkey):
        assert psutil.Process(server.process.pid).net_connections("inet") == []
        assert stat.S_IMODE(server.home.sockets.stat().st_mode) == 0o700


# --- Where ------------------------------------------------------------------------------------
def test_homes_side_by_side_do_not_touch_each_other(postgres):
    with temporary_home() as other_home:
        copy_new(other_home)
        other = Postgres(other_home, durable=False)
        other.start()
        ask(other, "CREATE TABLE only_there ()")

        assert ask(postgres, "SELECT to_regclass('only_there')::text") is None
        postgres.stop()
        assert ask(other, "SELECT 1") == 1
        other.stop()


@pytest.mark.parametrize("name", ["n" * 100, "with a space, a comma's ü & 100%"])
def test_home_at_an_awkward_path_has_its_sockets_elsewhere(name):
    folder = make_folder()
    home = Home(folder / name / ".chatsvg")
    postgres, valkey = Postgres(home, durable=False), Valkey(home)

    try:
        postgres.start()
        valkey.start()

        assert home.data == home.root
        assert len(str(home.sockets / ".s.PGSQL.5432")) <= LONGEST_SOCKET
        assert ask(postgres, "SELECT 1") == 1
        assert redis.Redis.from_url(valkey.url).ping()
    finally:
        valkey.stop()
        postgres.stop()
        home.remove()
        shutil.rmtree(folder)


def test_private_folder_that_others_can_write_is_refused(tmp_path):
    tmp_path.chmod(0o777)
    (tmp_path / "link").symlink_to("/etc")

    with pytest.raises(HomeError, match="not a private folder"):
        make_private(tmp_path, 0o700)
    with pytest.raises(HomeError, match="not a private folder"):
        make_private(tmp_path / "link", 0o700)


# --- As whom ----------------------------------------------------------------------------------
@AS_ROOT
def test_servers_of_root_run_as_an_unprivileged_user(postgres, valkey):
    for server in (postgres, valkey):
        assert psutil.Process(server.process.pid).uids().real == server.home.servant.pw_uid != 0
        assert psutil.Process(server.process.pid).gids().real != 0


@AS_ROOT
def test_home_in_a_closed_folder_keeps_its_data_elsewhere(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / ".chatsvg")
    postgres = Postgres(home, durable=False)
    try:
        postgres.start()
        ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
        postgres.stop()
        again = Postgres(Home(home.root), durable=False)
        again.start()

        assert ask(again, "SELECT answer FROM kept") == 42
        assert (home.root / "postgres").resolve() == home.elsewhere / "postgres"
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        again.stop()
    finally:
        postgres.stop()
        home.remove()


@AS_ROOT
def test_home_that_was_deleted_starts_anew(tmp_path):
    home = Home(tmp_path / "closed" / ".chatsvg")
    (tmp_path / "closed").mkdir(mode=0o700)
    postgres = Postgres(home, durable=False)
    try:
        postgres.start()
        ask(postgres, "CREATE TABLE old ()")
        postgres.stop()
        shutil.rmtree(home.root)
        postgres.start()

        assert ask(postgres, "SELECT to_regclass('old')::text") is None
    finally:
        postgres.stop()
        home.remove()


@AS_ROOT
def test_programs_in_a_closed_folder_are_copied_to_an_open_one(home, monkeypatch, tmp_path):
    for package in (binaries.POSTGRES, binaries.VALKEY):
        source = binaries._package(package)
        for folder in filter(Path.exists, (source, source.with_name(f"{package}.libs"))):
            shutil.copytree(folder, tmp_path / folder.name, ignore=binaries.UNUSED)
    monkeypatch.syspath_prepend(tmp_path)
    assert not reachable(tmp_path, home.servant)
    postgres, valkey = Postgres(home, durable=False), Valkey(home)

    postgres.start()
    valkey.start()

    assert ask(postgres, "SELECT 1") == 1
    assert str(tmp_path) not in psutil.Process(postgres.process.pid).exe()
    assert str(tmp_path) not in psutil.Process(valkey.process.pid).exe()
    valkey.stop()
    postgres.stop()


@AS_ROOT
def test_servers_of_an_ordinary_user_run_as_that_user(home):
    user = home.servant
    pythons = [sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"]
    python = next((p for p in pythons if reachable(Path(p).resolve().parent, user)), None)
    packages = Path(psycopg.__file__).parent.parent
    if python is None or not reachable(packages, user) or not reachable(PROJECT, user):
        pytest.skip(f"{user.pw_name} cannot get at Python or at the packages")
    folder = make_folder()
    os.chown(folder, user.pw_uid, user.pw_gid)

    try:
        result = subprocess.run(
            [python, "-c", RUN_BOTH, str(folder / ".chatsvg")],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            cwd=folder,
            env={"PYTHONPATH": f"{PROJECT}:{packages}", "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )

        assert result.stderr == ""
        assert result.stdout.split()[0] == "42"
        assert (folder / ".chatsvg" / "postgres").stat().st_uid == user.pw_uid
    finally:
        shutil.rmtree(folder)


@AS_ROOT
def test_home_of_somebody_else_is_refused(home):
    home.make()
    os.chown(home.root, home.servant.pw_uid, home.servant.pw_gid)

    with pytest.raises(HomeError, match="belongs to"):
        Postgres(home, durable=False).start()


# --- While somebody needs them ----------------------------------------------------------------
def test_lease_of_a_second_process_keeps_the_servers_of_the_first(used_home):
    first, second = holder(used_home), holder(used_home)
    postgres = pid_of(used_home, "postgres")

    first.communicate(timeout=10)
    assert ask(Postgres(used_home), "SELECT 1") == 1
    assert pid_of(used_home, "postgres") == postgres

    second.communicate(timeout=10)
    assert is_gone(postgres, 0)
    assert list(used_home.run.glob("*.pid")) == []


def test_lease_of_a_killed_process_ends(used_home):
    process = holder(used_home)
    pids = [pid_of(used_home, name) for name in ("postgres", "valkey")]

    process.kill()
    process.communicate()

    assert all(is_gone(pid) for pid in pids)


def test_leases_taken_at_once_share_one_pair(home):
    with ThreadPoolExecutor(4) as pool:
        held = list(pool.map(lambda _: lease(Home(home.root), ["postgres"]), range(4)))

    log = (home.log / "postgres.log").read_text()
    assert log.count("ready to accept connections") == 1
    for one in held:
        one.close()


def test_lease_right_after_the_last_one_ended_starts_the_servers_again(used_home):
    for _ in range(3):
        held = lease(used_home, ["postgres", "valkey"])
        assert ask(Postgres(used_home), "SELECT 1") == 1
        held.close()


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_server_that_is_killed_is_started_again(both, name):
    killed = pid_of(both, name)

    os.kill(killed, signal.SIGKILL)

    assert is_gone(killed)
    assert processes.wait_until(lambda: pid_of(both, name) not in (None, killed), 20)
    assert processes.wait_until(lambda: Valkey(both)._socket.exists(), 20)
    held = lease(both, [name])
    held.close()


def test_servers_of_a_killed_keeper_end_and_the_next_lease_works(used_home):
    held = lease(used_home, ["postgres", "valkey"])
    pids = [pid_of(used_home, name) for name in ("postgres", "valkey")]
    keeper = psutil.Process(pids[0]).ppid()

    os.kill(keeper, signal.SIGKILL)
    again = lease(used_home, ["postgres", "valkey"])

    assert ask(Postgres(used_home), "SELECT 1") == 1
    assert all(is_gone(pid) for pid in pids)
    with pytest.raises((OSError, leases.ServerError)):
        held.news()
    held.close()
    again.close()


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("manage.py", False),
        ("manage.py --version", False),
        ("manage.py draw --help", False),
        ("manage.py dev --port 8001", False),
        ("manage.py test -q", False),
        ("manage.py bench submit", False),
        ("manage.py check --deploy", False),
        ("manage.py check --database default", True),
        ("manage.py audit", True),
        ("manage.py draw fox", True),
        ("manage.py migrate", True),
    ],
)
def test_needs_servers_by_command(line, needed):
    assert needs_servers(line.split()) is needed


# --- Secrets ----------------------------------------------------------------------------------
def test_secret_is_made_once_by_many_at_once(home):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: keep_secret(home, "KEY"), range(32)))

    [secret] = made
    kept = home.root / "secrets" / "KEY"
    assert len(secret) >= 32
    assert kept.read_text() == secret
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["KEY"]
