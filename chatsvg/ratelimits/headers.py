"""X-RateLimit-Limit, -Remaining and -Reset of an answer (CONTRACT §1.8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil
from typing import NamedTuple

from django.http import HttpResponse


class Standing(NamedTuple):
    """A window: its size, the room left, and when (seconds since the epoch) there will be more."""

    limit: int
    remaining: int
    reset_at: float


_noted: ContextVar[list[Standing] | None] = ContextVar("ratelimits_noted", default=None)


@contextmanager
def noting() -> Iterator[list[Standing]]:
    """Inside, what limiters say is put into the list, outermost first."""
    noted: list[Standing] = []
    before = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(before)


def note(standing: Standing) -> None:
    """Remember what a limiter said, if an answer is being made."""
    if (noted := _noted.get()) is not None:
        noted.append(standing)


def write(response: HttpResponse, noted: list[Standing]) -> None:
    """Tell what the innermost limiter said."""
    if noted:
        limit, remaining, reset_at = noted[-1]
        response["X-RateLimit-Limit"] = str(limit)
        response["X-RateLimit-Remaining"] = str(remaining)
        response["X-RateLimit-Reset"] = str(ceil(reset_at * 1000))
