"""A process that dies between any two things it says to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from unittest import mock

from django.db import connection, connections

AFTER_COMMIT = 0


class Death(BaseException):
    """The process was killed here: no handler of ours sees it, and its connection breaks.

    `committed` is the number of transactions that it had committed.
    """

    committed = 0


@contextmanager
def dying(moment: int | None) -> Iterator[None]:
    """Die before the n-th thing said to PostgreSQL from here on, which may be a COMMIT.

    Between a COMMIT and what was to follow it lies a moment as well: AFTER_COMMIT is the first of
    that kind. None means to live.
    """
    moments, end = count(1), Death()
    database = connections["default"]
    commit = database.commit

    def die():
        database.connection.close()  # PostgreSQL sees the line go dead, and rolls back
        if not database.in_atomic_block:
            database.close()  # with all that was to be done on commit
        raise end

    def execute(say, *args):
        if next(moments) == moment:
            die()
        return say(*args)

    def commit_or_die():
        if next(moments) == moment:
            die()
        commit()
        end.committed += 1
        if next(moments) == moment or moment == AFTER_COMMIT:
            die()

    with mock.patch.object(database, "commit", commit_or_die):
        try:
            with connection.execute_wrapper(execute):
                yield
        except Death:
            connection.close()
            raise
