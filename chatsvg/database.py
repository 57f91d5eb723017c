"""Manners towards PostgreSQL: give connections back, and be patient while it restarts."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")
_PAUSES = (0.2, 0.5, 1, 2, 3, 3)  # seconds; a restart takes one to five


def give_back() -> None:
    """Return this thread's connection to the pool, before waiting for something slow."""
    if not connection.in_atomic_block:
        connection.close()


def patiently(work: Callable[[], T]) -> T:
    """`work()`, again for some ten seconds while PostgreSQL is away. It must be safe to repeat."""
    for pause in _PAUSES:
        try:
            return work()
        except (OperationalError, InterfaceError):
            give_back()
            time.sleep(pause)
    return work()
