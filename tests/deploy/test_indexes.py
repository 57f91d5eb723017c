"""chatsvg.indexes: indexes are built beside a dump, and after a try that broke off."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from psycopg.conninfo import make_conninfo

from chatsvg import indexes

pytestmark = pytest.mark.django_db(transaction=True)
MIGRATION = ("credits", "0008_desk_filters")
NEXT = ("credits", "0009_fewer_indexes")
INDEX = "entry_not_capture"
CREATE = f"CREATE INDEX CONCURRENTLY {INDEX} ON credits_entry (kind)"


def ask(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def state() -> list[tuple]:
    """(oid, whether it is of use) of the index, where there is one."""
    return ask(
        f"SELECT indexrelid, indisvalid FROM pg_index WHERE indexrelid = to_regclass('{INDEX}')"
    )


@contextmanager
def dump() -> Iterator[psycopg.Connection]:
    """A transaction that sees one moment of the database for as long as it lasts, as pg_dump's."""
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    with psycopg.connect(url) as wire:
        wire.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        wire.execute("SELECT count(*) FROM credits_entry")
        yield wire


@pytest.fixture
def never_made():
    """The migration is one that is still to come, and its index is not there."""
    ask(f"DROP INDEX {INDEX}")
    for migration in (NEXT, MIGRATION):
        MigrationRecorder(connection).record_unapplied(*migration)
    yield
    ask("RESET lock_timeout")
    call_command("migrate", verbosity=0)
    assert [valid for _, valid in state()] == [True]


@pytest.fixture
def half_made(never_made):
    """A dump went on for longer than who waited for it."""
    ask("SET lock_timeout = '50ms'")
    with dump(), pytest.raises(OperationalError, match="lock timeout"):
        ask(CREATE)
    assert [valid for _, valid in state()] == [False]
    ask("RESET lock_timeout")


def ends_when_somebody_waits_for_it(wire: psycopg.Connection) -> threading.Thread:
    """Ends the transaction once a statement has waited for longer than its lock_timeout."""

    def run() -> None:
        url = make_conninfo(os.environ["DATABASE_URL"])
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"
        with psycopg.connect(url, autocommit=True) as asking:
            while not asking.execute(waits, [f"%CONCURRENTLY%{INDEX}%"]).fetchone():
                time.sleep(0.02)
        time.sleep(0.3)
        wire.rollback()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_index_waits_for_a_dump_and_nothing_else_does(never_made):
    usual = ask("SHOW lock_timeout")
    ask("SET lock_timeout = '100ms'")
    with dump() as wire:
        thread = ends_when_somebody_waits_for_it(wire)
        with indexes.concurrently(connection):
            ask(CREATE)
        thread.join()

    assert [valid for _, valid in state()] == [True]
    assert ask("SHOW lock_timeout") == usual == [("5s",)]


def test_migration_that_broke_off_is_made_the_next_time(half_made):
    said = StringIO()
    call_command("migrate", *MIGRATION, stdout=said)

    assert f"half built: {INDEX}" in said.getvalue()
    assert [valid for _, valid in state()] == [True]
    assert MIGRATION in MigrationRecorder(connection).applied_migrations()


def test_index_of_a_migration_that_got_no_further_is_kept(never_made):
    ask(CREATE)
    before = state()

    call_command("migrate", *MIGRATION, verbosity=0)

    assert state() == before
    assert MIGRATION in MigrationRecorder(connection).applied_migrations()


def test_who_only_looks_drops_nothing(half_made):
    before = state()

    call_command("migrate", "--plan", stdout=StringIO())

    assert state() == before


def test_index_that_is_being_built_is_waited_for(never_made):
    """By a server whose client has died, that is."""
    with dump() as wire:
        building = threading.Thread(target=build_elsewhere)
        building.start()
        thread = ends_when_somebody_waits_for_it(wire)
        while not ask("SELECT 1 FROM pg_stat_progress_create_index"):
            time.sleep(0.02)

        assert indexes.drop_broken(connection) == []

        thread.join()
        building.join()
    assert [valid for _, valid in state()] == [True]


def build_elsewhere() -> None:
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    with psycopg.connect(url, autocommit=True) as wire:
        wire.execute(CREATE)


# --- which there are ---

# Indexes of whole tables that begin as another of the same kind of columns goes on, or are it.
COVERED = """
SELECT one.indexrelid::regclass::text, other.indexrelid::regclass::text
FROM pg_index AS one
JOIN pg_index AS other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
WHERE NOT one.indisunique AND one.indpred IS NULL AND other.indpred IS NULL
    AND one.indrelid::regclass::text = ANY(%s)
    AND other.indkey::text || ' ' LIKE one.indkey::text || ' %%'
ORDER BY 1
"""
GROWING = [
    *("generations_job", "generations_attempt", "generations_jobevent", "generations_generation"),
    *("credits_entry", "realtime_notification"),
]


@pytest.mark.django_db
def test_no_drawing_pays_for_an_index_that_another_covers():
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [GROWING])

        assert cursor.fetchall() == []
