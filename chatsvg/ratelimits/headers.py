"""What limiters say in an answer: X-RateLimit-Limit, -Remaining and -Reset (CONTRACT §1.8), and
RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10, 27 September 2025)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil
from typing import NamedTuple

from django.http import HttpResponse


class Standing(NamedTuple):
    """A window: its size, the room left, and when (seconds since the epoch) there will be more.

    `policy` names it in RateLimit; `seconds` is its length, None for a cap without one. `others`
    are the windows that were asked together with it, and decided less.
    """

    limit: int
    remaining: int
    reset_at: float
    policy: str = ""
    seconds: int | None = None
    is_refusal: bool = False
    others: tuple["Standing", ...] = ()


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


def note_refusal(policy: str, limit: int, retry_after: int, *, seconds: int | None = None) -> None:
    """Remember a cap that is no window of ours, but refuses as one."""
    reset_at = time.time() + retry_after
    note(Standing(limit, 0, reset_at, policy, seconds, is_refusal=True))


def write(response: HttpResponse, noted: list[Standing]) -> None:
    """Tell what the innermost limiter said, and the policies of all."""
    if noted:
        innermost = noted[-1]
        response["X-RateLimit-Limit"] = str(innermost.limit)
        response["X-RateLimit-Remaining"] = str(innermost.remaining)
        response["X-RateLimit-Reset"] = str(ceil(innermost.reset_at * 1000))
    policies = _policies(noted)
    if policies:
        response["RateLimit-Policy"] = ", ".join(map(_policy, policies))
        response["RateLimit"] = ", ".join(_state(one, response) for one in policies)


def _policies(noted: list[Standing]) -> list[Standing]:
    """Each once, as it stands at last; the innermost limiter's first, its decisive window ahead."""
    found: dict[str, Standing] = {}
    for standing in reversed(noted):
        for one in (standing, *standing.others):
            if one.policy:
                found.setdefault(one.policy, one)
    return list(found.values())


def _policy(standing: Standing) -> str:
    window = "" if standing.seconds is None else f";w={standing.seconds}"
    return f'"{standing.policy}";q={standing.limit}{window}'


def _state(standing: Standing, response: HttpResponse) -> str:
    """What refused names the very moment that Retry-After names."""
    seconds = str(max(0, ceil(standing.reset_at - time.time())))
    if standing.is_refusal:
        seconds = response.get("Retry-After", seconds)
    return f'"{standing.policy}";r={standing.remaining};t={seconds}'
