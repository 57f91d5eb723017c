"""Connections to PostgreSQL: believed, replaced, with statements kept and times read."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, connection, transaction
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg.adapt import Transformer
from psycopg.postgres import types
from psycopg_pool import ConnectionPool

from accounts.models import User
from chatsvg import connection as ours
from chatsvg.connection import Connection, Times
from chatsvg.database import prepared

pytestmark = pytest.mark.django_db
TIMES = [
    "2026-03-01 12:00:00+00",
    "2026-03-01 12:00:00.1+00",
    "2026-03-01 12:00:00.123456+00",
    "2026-03-01 23:59:59.000001+00",
    "0001-01-01 00:00:00+00",
    "9999-12-31 23:59:59.999999+00",
]


# --- Whether one is alive ---------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch):
    """Every statement that connections of ours wait for."""
    said = []
    wait = psycopg.Connection.wait

    def counted(self, *args, **kwargs):
        said.append(self)
        return wait(self, *args, **kwargs)

    monkeypatch.setattr(psycopg.Connection, "wait", counted)
    return said


@pytest.fixture
def pool():
    """One connection, as Django's pool has them."""
    with ConnectionPool(
        kwargs={**connection.get_connection_params(), "autocommit": True},
        connection_class=Connection,
        check=ConnectionPool.check_connection,
        min_size=1,
        max_size=1,
    ) as made:
        yield made


def use(pool) -> int:
    """Ask something by the pool's connection; its number."""
    with pool.connection() as one:
        one.execute("SELECT 1")
        return one.info.backend_pid


def test_connection_that_has_just_answered_is_not_asked_again(pool, asked):
    use(pool)
    asked.clear()

    pool.putconn(pool.getconn())

    assert asked == []


def test_connection_that_was_idle_is_asked(pool, asked, monkeypatch):
    use(pool)
    monkeypatch.setattr(ours, "BELIEVED_SECONDS", -1.0)
    asked.clear()

    pool.putconn(pool.getconn())

    assert len(asked) == 1


def test_connection_that_the_server_has_ended_is_replaced(pool):
    ended = use(pool)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])

    assert use(pool) != ended


# --- Statements that the server keeps -------------------------------------------------------------


def kept(text: str) -> int:
    """How many statements with that text the server keeps for this connection."""
    with connection.cursor() as cursor:
        asked = "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, %s) > 0"
        cursor.execute(asked, [text])
        return cursor.fetchone()[0]


def ask(name: str, value: object) -> tuple:
    with prepared() as cursor:
        cursor.execute(f"SELECT %s::text AS {name}", [value])
        return cursor.fetchone()


def test_statement_is_kept_once_and_asked_with_every_value():
    name = f"told_{uuid4().hex}"

    assert [ask(name, value) for value in ("a", "b", None, "%s ' $1")] == [
        ("a",),
        ("b",),
        (None,),
        ("%s ' $1",),
    ]
    assert kept(name) == 1


def test_what_django_asks_is_not_kept():
    mark = f"{uuid4().hex}@example.com"
    for _ in range(7):
        User.objects.filter(email=mark).exists()

    assert kept(mark) == 0


def test_statement_is_asked_after_a_rollback_too():
    name = f"told_{uuid4().hex}"
    with transaction.atomic():
        ask(name, "before")
        transaction.set_rollback(True)

    assert ask(name, "after") == ("after",)


# --- Times --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TIMES)
def test_times_are_those_that_django_reads(text):
    loader = get_adapters_template(True, UTC).get_loader(types["timestamptz"].oid, 0)
    django = loader(0, Transformer(connection.connection)).load(text.encode())

    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        (found,) = cursor.fetchone()

    assert found == django == datetime.fromisoformat(text)
    assert found.tzinfo is UTC is django.tzinfo


def test_django_reads_times_by_our_loader():
    cursor = connection.connection.cursor()

    assert cursor.adapters.get_loader(types["timestamptz"].oid, 0) is Times


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 00:00:00 BC"])
def test_what_is_no_time_here_is_an_error(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        with pytest.raises(DataError):
            cursor.fetchone()
