"""Connections that give up on a PostgreSQL that takes statements and never answers, and that do not
ask it more often than they must whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from select import POLLIN, poll
from time import monotonic
from typing import Any, ClassVar, Self, TypeVar

import psycopg
from psycopg.abc import Buffer, PQGen
from psycopg.errors import OperationalError, _WaitTimeout
from psycopg.types.datetime import TimestamptzLoader

T = TypeVar("T")
ANSWER_SECONDS = 6  # more than lock_timeout: who waits for a lock is told so by the server
BELIEVED_SECONDS = 1.0  # for which a connection that has answered is taken to be alive
_ALIVE = ""  # what the pool asks a connection before it hands it out
_unhurried = ContextVar("unhurried", default=False)


class Times(TimestamptzLoader):
    """Reads times as the server writes them to us: in UTC, in the form of ISO.

    Django's own loader takes the text apart by a regular expression, ten times as slowly, and that
    is a third of what it costs to read who asks. What is no date here, as "infinity", it has too.
    """

    timezone = UTC  # by which Django knows that this one will do

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


class Connection(psycopg.Connection[Any]):
    """What the pool hands out. Where it is bounded, a frozen server is one that broke off."""

    answer_seconds: ClassVar[float | None] = None  # for one answer; None waits for ever
    _answered_at = float("-inf")

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        made = super().connect(*args, **kwargs)
        made.adapters.register_loader("timestamptz", Times)
        return made

    def execute(self, query: Any, params: Any = None, **how: Any) -> psycopg.Cursor[Any]:
        """The pool's question whether it is alive is answered without asking, where it can be."""
        if query == _ALIVE and self._is_alive():
            return self.cursor()
        return super().execute(query, params, **how)

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """The answer to one statement. Raises OperationalError where it does not come."""
        bound = None if _unhurried.get() else self.answer_seconds
        if bound is None or timeout is not None:
            answer = super().wait(gen, interval, timeout)
        else:
            answer = self._bounded(gen, interval, bound)
        self._answered_at = monotonic()
        return answer

    def _bounded(self, gen: PQGen[T], interval: float, bound: float) -> T:
        try:
            return super().wait(gen, interval, bound)
        except _WaitTimeout as error:
            self.close()  # whatever is said later belongs to nobody
            raise OperationalError(f"no answer within {bound} s") from error

    def _is_alive(self) -> bool:
        """Whether it answered a moment ago, and nothing has come since: a server that ends says so,
        and the system closes the socket of one that was killed."""
        if self.closed or monotonic() > self._answered_at + BELIEVED_SECONDS:
            return False
        socket = poll()
        socket.register(self.fileno(), POLLIN)
        return not socket.poll(0)


class Prepared(psycopg.Cursor[Any]):
    """Statements that the server reads and plans once for each connection, values apart.

    Psycopg counts and keeps nothing of all the others: they come with their values written in.
    """

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        self.connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=True, **how)
        finally:
            self.connection.prepare_threshold = None

    def _send_query_prepared(self, name: bytes, pgq: Any, **how: Any) -> None:
        self._query = pgq  # where Django looks for what was asked
        super()._send_query_prepared(name, pgq, **how)


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
