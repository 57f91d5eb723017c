"""One request, as often as it takes. No input and no output here: what has to be done is yielded,
and what came of it is sent back, so that both clients share every decision.
"""

from __future__ import annotations

import random
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2

from chatsvg_client import errors

T = TypeVar("T")
LONGEST_BACKOFF = 8.0  # seconds, where the server names none


@dataclass(frozen=True)
class Send:
    """Send a request: comes back with the response, or raises TransportError."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None  # to wait for the answer; None: the client's timeout


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Open:
    """Begin to read a stream: comes back with its response, or raises TransportError."""

    path: str
    headers: Mapping[str, str]
    seconds: float  # of silence before ReadTimeout


@dataclass(frozen=True)
class ReadLine:
    """The next line of the open stream; None at its end."""


@dataclass(frozen=True)
class Close:
    """Close the open stream, if there is one."""


Step = Send | Pause | Open | ReadLine | Close
Script = Generator[Step, Any, T]


@dataclass(frozen=True)
class Patience:
    """How often a request is sent again, and how many seconds one pause may take.

    Where the server asks for a longer one, its refusal is raised at once.
    """

    retries: int = 4
    longest_pause: float = 30.0


def ask(send: Send, patience: Patience, *, is_repeatable: bool | None = None) -> Script[Any]:
    """The answer to a request, which is none of 4xx or 5xx. Raises ChatSVGError.

    What the server refused for now (429) is sent again; what may have been carried out is only if
    a repeat changes nothing: by its method, or by an Idempotency-Key.
    """
    repeatable = send.method in ("GET", "DELETE") if is_repeatable is None else is_repeatable
    may_be_done = False
    for attempt in range(patience.retries + 1):
        is_last = attempt == patience.retries
        try:
            response: httpx2.Response = yield send
        except httpx2.TransportError as error:
            never_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            if is_last or not (never_sent or repeatable):
                raise _lost(error) from error
            may_be_done = may_be_done or not never_sent
            yield Pause(_backoff(attempt))
            continue
        if response.is_success:
            return response
        if send.method == "DELETE" and response.status_code == 404 and may_be_done:
            return response  # by the try whose answer was lost
        refusal = errors.of(response)
        pause = _pause(refusal, attempt, repeatable)
        if is_last or pause is None or pause > patience.longest_pause:
            raise refusal
        may_be_done = may_be_done or refusal.status >= 500
        yield Pause(pause)
    raise AssertionError("the last attempt returns or raises")


def _pause(refusal: errors.ChatSVGError, attempt: int, repeatable: bool) -> float | None:
    """Seconds until a refused request is sent again; None for those that stay refused."""
    is_under_way = refusal.code == "IDEMPOTENCY_IN_PROGRESS"
    if refusal.status == 429 or is_under_way or (repeatable and refusal.status in (502, 503, 504)):
        return _backoff(attempt) if refusal.retry_after is None else refusal.retry_after
    return None


def _backoff(attempt: int) -> float:
    """Up to 0.5, 1, 2, 4 … seconds, by chance: programs that failed together come back apart."""
    most: float = min(LONGEST_BACKOFF, 0.5 * 2**attempt)
    return most * random.uniform(0.5, 1)  # noqa: S311


def _lost(error: httpx2.TransportError) -> errors.ChatSVGError:
    """Without the request: its headers are nobody's to read."""
    if isinstance(error, httpx2.TimeoutException):
        return errors.ConnectionFailed("The server did not answer in time.")
    return errors.ConnectionFailed(f"The server cannot be reached ({type(error).__name__}).")


class Clock:
    """What is left of some seconds; without end where there are none."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def left(self) -> float:
        return float("inf") if self._end is None else self._end - time.monotonic()
