"""Manners towards PostgreSQL: give connections back, and be patient while it is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, connections
from psycopg_pool import PoolTimeout

T = TypeVar("T")
AWAY = (OperationalError, InterfaceError, PoolTimeout)
REST_SECONDS = 3.0  # for which a database that did not answer is left alone
_PAUSES = (0.2, 0.5, 1, 2, 3, 3)  # seconds; a restart takes one to five


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


def note_away(error: Exception) -> None:
    """Remember a failure to get through; what the database itself refused is none."""
    state = getattr(error.__cause__ or error, "sqlstate", None)
    if state is None or state.startswith(("08", "57")):  # connections, and a server that ends
        _Rest.until = time.monotonic() + REST_SECONDS


def was_away() -> bool:
    """Whether it is too early to ask again."""
    return time.monotonic() < _Rest.until
