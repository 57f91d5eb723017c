"""Manners towards PostgreSQL: give connections back, and be patient while it is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections
from django.db.backends.utils import CursorWrapper
from psycopg_pool import PoolTimeout

from chatsvg.connection import Prepared

T = TypeVar("T")
AWAY = (OperationalError, InterfaceError, PoolTimeout)
REST_SECONDS = 3.0  # for which a database that did not answer is left alone
_PAUSES = (0.2, 0.5, 1, 2, 3, 3)  # seconds; a restart takes one to five


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor for statements that are written out and asked often: the server plans each of them
    once for a connection, which is most of what it and we have to do for a small one.

    What Django builds has its own cursors; a statement whose plan depends on its values, too.
    """
    mine: Any = connections["default"]  # which is what `connection` looks up for every attribute
    mine.close_if_health_check_failed()
    mine.ensure_connection()
    with mine._prepare_cursor(Prepared(mine.connection)) as cursor:
        yield cursor


def give_back() -> None:
    """Return this thread's connection to the pool, before waiting for something slow."""
    if not connection.in_atomic_block:
        connection.close()


def close_pools() -> None:
    """Close every connection of this thread, and the pools behind them."""
    for one in connections.all(initialized_only=True):
        one.close()
        if getattr(one, "_connection_pools", None):
            one.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether nobody else, in any process, holds this advisory lock: a number of one's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def patiently(work: Callable[[], T]) -> T:
    """`work()`, again for some ten seconds while PostgreSQL is away. It must be safe to repeat."""
    for pause in _PAUSES:
        try:
            return work()
        except AWAY:
            give_back()
            time.sleep(pause)
    return work()


class _Rest:
    until = 0.0
    noted = float("-inf")


def note_away(error: Exception) -> None:
    """Remember a failure to get through; what the database itself refused is none."""
    state = getattr(error.__cause__ or error, "sqlstate", None)
    if state is None or state.startswith(("08", "57")):  # connections, and a server that ends
        _Rest.noted = time.monotonic()
        _Rest.until = _Rest.noted + REST_SECONDS


def was_away() -> bool:
    """Whether it is too early to ask again."""
    return time.monotonic() < _Rest.until


def was_away_within(seconds: float) -> bool:
    """Whether this process could not get through in that time: a standby that stands in for a lost
    primary has been up for long."""
    return time.monotonic() < _Rest.noted + seconds
