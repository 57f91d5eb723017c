"""Connections that give up on a PostgreSQL that takes statements and never answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import OperationalError, _WaitTimeout

T = TypeVar("T")
ANSWER_SECONDS = 6  # more than lock_timeout: who waits for a lock is told so by the server
_unhurried = ContextVar("unhurried", default=False)


class Connection(psycopg.Connection[Any]):
    """What the pool hands out. Where it is bounded, a frozen server is one that broke off."""

    answer_seconds: ClassVar[float | None] = None  # for one answer; None waits for ever

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """The answer to one statement. Raises OperationalError where it does not come."""
        bound = None if _unhurried.get() else self.answer_seconds
        if bound is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, bound)
        except _WaitTimeout as error:
            self.close()  # whatever is said later belongs to nobody
            raise OperationalError(f"no answer within {bound} s") from error


def bound_answers() -> None:
    """From now on no statement of this process waits longer than ANSWER_SECONDS.

    For servers; commands work on whole tables, and a person sees that they wait.
    """
    Connection.answer_seconds = ANSWER_SECONDS


@contextmanager
def unhurried() -> Iterator[None]:
    """Inside, statements may take their time: for a server's own work over whole tables."""
    known = _unhurried.set(True)
    try:
        yield
    finally:
        _unhurried.reset(known)
