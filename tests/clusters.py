"""PostgreSQL's data, made once in a test run: who needs their own takes a copy."""

import os
import subprocess
import sys
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path

from chatsvg.embedded import Home, Postgres
from chatsvg.embedded.home import PROJECT

FOLDER = "TEST_RUN_FOLDER"  # of the run that this process belongs to


def copy_new(home: Home) -> None:
    """Give this home the data of a PostgreSQL that has not been used.

    Copying takes a third of what making them takes.
    """
    _copy(_kept("new", _make), home)


def copy_migrated(home: Home) -> None:
    """Give this home the data of a PostgreSQL whose database has every table, and no row of ours.

    Copying takes a sixth of what making and migrating them take.
    """
    _copy(_kept("migrated", _migrate), home)


def _copy(source: Home, target: Home) -> None:
    target.make()
    data, copied = (Postgres(home).data for home in (source, target))
    subprocess.run(["cp", "-Rp", data, copied], check=True)


def _kept(name: str, make: Callable[[Postgres], None]) -> Home:
    """The home that is copied. Whoever needs it first makes it, the others wait."""
    folder = Path(os.environ[FOLDER])
    home, mark = Home(folder / name), folder / f"{name}.made"
    with open(folder / f"{name}.lock", "w") as lock:
        flock(lock, LOCK_EX)
        if not mark.exists():
            make(Postgres(home, durable=False))
            mark.touch()
    return home


def _make(postgres: Postgres) -> None:
    postgres.home.make()
    postgres.prepare()


def _migrate(postgres: Postgres) -> None:
    copy_new(postgres.home)
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    postgres.start()
    try:
        env = os.environ | {"DATABASE_URL": postgres.url}
        subprocess.run(command, cwd=PROJECT, env=env, check=True)
    finally:
        postgres.stop()
