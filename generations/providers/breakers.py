"""One breaker for each endpoint, in this process: it spares an endpoint that keeps failing.

    closed --N failures in a row, within a window--> open --a pause--> half-open: one call goes out
    half-open --it goes well--> closed        half-open --it fails--> open, for twice as long

What counts is in `_means`. A call that was canceled says nothing; if it was the probe, the next
call is. A rate limit is no failure: it asks for a rest, which `is_resting` tells, so that whoever
has another model to turn to does.

Pauses stay short, since a job has three tries: one that comes when the endpoint is back, and has
no other to turn to, must not have spent them all on a breaker that does not know it yet.

A breaker never waits. It is told by the loop's thread and asked by tasks'.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from generations.providers import gauges
from generations.providers.base import Endpoint
from generations.providers.errors import (
    BadKey,
    NoTurn,
    OutOfQuota,
    ProviderError,
    RateLimited,
    TimedOut,
    Unavailable,
    UnknownUpstreamModel,
)

log = logging.getLogger(__name__)
clock: Callable[[], float] = time.monotonic

FAIR_SECONDS = 30.0  # a call that had less time than this and did not end says nothing
REST_SECONDS = 5.0  # after a rate limit that names no delay
LONGEST_REST = 600.0
LATER_SECONDS = 15.0  # at most, until who was refused may ask again: a probe takes about as long
PROBE_LONGEST = 300.0  # a probe that was never heard of again is over


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class BreakerOpen(Unavailable):
    """The endpoint was not asked, because it failed too often of late.

    `code` and `retryable` are those of its last failure: a key that is refused will not open the
    door in a minute either.
    """

    def __init__(self, name: str, retry_after: float, because: ProviderError | None):
        super().__init__(f"not asked: {name} keeps failing", retry_after=retry_after)
        if because is not None:
            self.code = because.code  # type: ignore[misc]
            self.retryable = because.retryable  # type: ignore[misc]


class Leave:
    """A call's leave to go out, and what its end means to the breaker. Settles once."""

    def __init__(self, breaker: "Breaker", epoch: int, seconds: float):
        self.breaker, self.epoch, self.seconds = breaker, epoch, seconds
        self.began = breaker.now()

    def settle(self, call: "Future[Any]") -> None:
        """For `Future.add_done_callback`."""
        if call.cancelled():
            self.end(None)
        elif error := call.exception():
            self.end(_means(error, self.seconds), error)
        else:
            self.end(True)

    def end(self, went_well: bool | None, error: BaseException | None = None) -> None:
        self.breaker.learn(self, went_well, error)


def _means(error: BaseException, seconds: float) -> bool | None:
    """Whether a call that ended in `error` went well, as far as its endpoint is concerned.

    Failures: whatever may be over in a while (away, stalled, cut off, an empty answer), and a
    refused key, a used-up account or an unknown model, which every call would meet until somebody
    mends it; also what we did not foresee. A limit of the rate, a refusal to draw this, an answer
    too long and a request that was not understood come from an endpoint that is there. Running
    out of a time that was too short for anybody, or waiting for a turn of ours, says nothing.
    """
    if isinstance(error, TimedOut):
        return None if seconds < FAIR_SECONDS or isinstance(error, NoTurn) else False
    if isinstance(error, BadKey | UnknownUpstreamModel | OutOfQuota):
        return False
    if isinstance(error, RateLimited):
        return True
    return isinstance(error, ProviderError) and not error.retryable


class Breaker:
    """Of one endpoint. Use `of`."""

    def __init__(self, name: str, now: Callable[[], float]):
        self.name, self.now = name, now
        self.state = State.CLOSED
        self._lock = threading.Lock()
        self._epoch = 0  # calls that went out before the last change of state say nothing any more
        self._failures: deque[float] = deque()
        self._because: ProviderError | None = None
        self._pause = 0.0
        self._due = self._rested = float("-inf")
        self._probe: Leave | None = None
        gauges.note_state(name, self.state)

    @property
    def is_resting(self) -> bool:
        """Whether the endpoint asked to be left alone for now."""
        return self.now() < self._rested

    def check(self) -> None:
        """Raise BreakerOpen where a call could not go out now. It takes no probe's place."""
        with self._lock:
            self._refuse()

    def enter(self, seconds: float) -> Leave:
        """Leave for one call that has that many seconds. Raises BreakerOpen."""
        changed = False
        with self._lock:
            self._refuse()
            leave = Leave(self, self._epoch, seconds)
            if self.state != State.CLOSED:
                changed = self._turn(State.HALF_OPEN)
                self._probe = leave
                gauges.count_probe(self.name)
        self._tell(changed)
        return leave

    def learn(self, leave: Leave, went_well: bool | None, error: BaseException | None) -> None:
        """What came of a call: it went well, it failed, or nothing is known."""
        with self._lock:
            if isinstance(error, RateLimited) and not isinstance(error, OutOfQuota):
                self._rest(error.retry_after)
            if leave is self._probe:
                self._probe = None
                changed = self._judge(went_well, error)
            elif self.state == State.CLOSED and leave.epoch == self._epoch:
                changed = self._count(went_well, error)
            else:
                changed = False
        self._tell(changed)

    # --- under the lock ---

    def _refuse(self) -> None:
        if self.state == State.CLOSED:
            return
        if wait := max(self._due - self.now(), 0.0):
            raise BreakerOpen(self.name, min(wait, LATER_SECONDS), self._because)
        if self._probe and self.now() - self._probe.began < PROBE_LONGEST:
            raise BreakerOpen(self.name, LATER_SECONDS, self._because)

    def _judge(self, went_well: bool | None, error: BaseException | None) -> bool:
        if went_well is None:
            return False
        return self._close() if went_well else self._open(error)

    def _count(self, went_well: bool | None, error: BaseException | None) -> bool:
        if went_well:
            self._failures.clear()
        if went_well is not False:
            return False
        self._failures.append(self.now())
        while self._failures[0] < self.now() - settings.MODEL_BREAKER_WINDOW_SECONDS:
            self._failures.popleft()
        is_enough = 0 < settings.MODEL_BREAKER_FAILURES <= len(self._failures)
        return self._open(error) if is_enough else False

    def _open(self, error: BaseException | None) -> bool:
        longest = settings.MODEL_BREAKER_LONGEST_SECONDS
        self._pause = min(self._pause * 2 or settings.MODEL_BREAKER_PAUSE_SECONDS, longest)
        self._due = self.now() + self._pause
        self._because = error if isinstance(error, ProviderError) else None
        gauges.count_opening(self.name)
        return self._turn(State.OPEN)

    def _close(self) -> bool:
        self._pause = 0.0
        self._because = None
        return self._turn(State.CLOSED)

    def _turn(self, state: State) -> bool:
        changed = state != self.state
        if changed and state != State.HALF_OPEN:
            self._epoch += 1
            self._failures.clear()
        self.state = state
        gauges.note_state(self.name, state)
        return changed

    def _rest(self, seconds: float | None) -> None:
        rest = REST_SECONDS if seconds is None else min(seconds, LONGEST_REST)
        self._rested = max(self._rested, self.now() + rest)

    # --- outside ---

    def _tell(self, changed: bool) -> None:
        if changed:
            log.warning("breaker.%s endpoint=%s", self.state, self.name)


class _Free:
    """Stands for the breaker of what is part of this process: studio."""

    is_resting = False

    def check(self) -> None:
        """Nothing is ever refused."""

    def enter(self, seconds: float) -> "_Free":
        return self

    def settle(self, call: "Future[Any]") -> None:
        """Nothing is learnt."""

    def end(self, went_well: bool | None, error: BaseException | None = None) -> None:
        """Nothing is learnt."""


_FREE = _Free()
_breakers: dict[tuple, Breaker] = {}
_lock = threading.Lock()


def of(endpoint: Endpoint) -> "Breaker | _Free":
    """The breaker of an endpoint: of one model at one address, with one key."""
    if not endpoint.base_url:
        return _FREE
    address = (endpoint.base_url, endpoint.upstream, endpoint.query, endpoint.api_key)
    with _lock:
        if address not in _breakers:
            _breakers[address] = Breaker(name_of(endpoint), lambda: clock())
        return _breakers[address]


def name_of(endpoint: Endpoint) -> str:
    """What an endpoint is called in logs and figures: nothing of its key or of a password."""
    parts = urlsplit(endpoint.base_url)
    host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    return f"{endpoint.upstream}@{host}" if host else endpoint.upstream


def reset() -> None:
    """Forget everything: every endpoint is as good as new."""
    with _lock:
        _breakers.clear()
