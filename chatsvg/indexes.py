"""Indexes that are built while people work: what `manage.py migrate` does about them.

CREATE INDEX CONCURRENTLY waits for every older transaction, such as a dump of the whole database.
Broken off, it leaves an index that costs every write, answers no question, and has the name.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunSQL

PAUSE_SECONDS = 1
_BUILDING = """
    SELECT pid FROM pg_stat_progress_create_index WHERE datname = current_database()"""
_BROKEN = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relkind = 'i' AND relnamespace = current_schema()::regnamespace"""
_CREATE = re.compile(r"(CREATE (?:UNIQUE )?INDEX CONCURRENTLY )(?!IF NOT EXISTS)")


def drop(name: str, table: str, columns: str) -> RunSQL:
    """The operation of a migration that takes away an index, which Django made by itself for a key
    or a unique text, without anybody waiting for it. `table` with the name of its app."""
    return RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})",
    )


def drop_broken(connection: BaseDatabaseWrapper) -> list[str]:
    """Drop what an earlier try left half built; say which. One that is still at it, as the server
    is after its client died, is waited for: nobody knows before what comes of its index."""
    with connection.cursor() as cursor, concurrently(connection):
        while _rows(cursor, _BUILDING):
            time.sleep(PAUSE_SECONDS)
        names = [name for (name,) in _rows(cursor, _BROKEN)]
        for name in names:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    return names


@contextmanager
def concurrently(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Inside, statements with CONCURRENTLY wait as long as they must: they hold nobody up, and
    lock_timeout is for those who do. An index that is there, of a try that did not come to its
    end, is not built again."""
    with connection.execute_wrapper(_patiently):
        yield


def _patiently(execute: Any, sql: Any, params: Any, many: bool, context: dict) -> Any:
    if not isinstance(sql, str) or " CONCURRENTLY " not in sql:
        return execute(sql, params, many, context)
    sql = _CREATE.sub(r"\1IF NOT EXISTS ", sql)
    with context["connection"].cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        try:
            return execute(sql, params, many, context)
        finally:
            cursor.execute("RESET lock_timeout")


def _rows(cursor: Any, sql: str) -> list[tuple]:
    cursor.execute(sql)
    return cursor.fetchall()
