"""Breakers of Redis: a server that keeps failing is left alone, and asked again by one.

    closed --FAILURES within WINDOW_SECONDS--> open --a pause--> half-open: one asks
    half-open --an answer--> closed            half-open --none--> open, for twice as long

Each use of each server has its own, in each process: what one cannot have says nothing about
another, and nobody needs Redis to know that it is away. The log has a line when a breaker opens
and one when it closes, however often it was asked in between.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from chatsvg.shared_metrics import Gauge, read

logger = logging.getLogger(__name__)
clock: Callable[[], float] = time.monotonic

FAILURES = 3
WINDOW_SECONDS = 60.0
PAUSE_SECONDS = 1.0  # the first; they double
LONGEST_SECONDS = 8.0
PROBE_SECONDS = 5.0  # who asks and was not heard of for so long is given up

_STATE = "chatsvg_redis_breakers"
_states = Gauge(
    _STATE,
    "Processes by the state of their breaker of one use of a Redis server.",
    ("use", "server", "state"),
)


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Of one use of one server. It never waits, and any thread may ask it."""

    def __init__(self, use: str, server: str):
        self.use, self.server = use, server
        self.state = State.CLOSED
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._pause = self._due = 0.0
        self._note()

    @property
    def is_closed(self) -> bool:
        return self.state is State.CLOSED

    def take_probe(self) -> bool:
        """Whether it is time to ask a server that was left alone, and up to whoever is told so."""
        with self._lock:
            if self.is_closed or clock() < self._due:
                return False
            self._due = clock() + PROBE_SECONDS
            self._turn(State.HALF_OPEN)
            return True

    def fail(self, error: BaseException) -> None:
        """It did not answer."""
        with self._lock:
            was_closed = self.is_closed
            if was_closed and not self._is_enough():
                return
            if self.state is not State.OPEN:
                self._open()
        if was_closed:
            told = type(error).__name__
            logger.warning("%s.redis_away server=%s error=%s", self.use, self.server, told)

    def succeed(self) -> None:
        """It answered."""
        if self.is_closed:
            return
        with self._lock:
            if self.state is not State.HALF_OPEN:
                return  # asked before it was left alone
            self._pause = 0.0
            self._failures.clear()
            self._turn(State.CLOSED)
        logger.info("%s.redis_back server=%s", self.use, self.server)

    # --- under the lock ---

    def _is_enough(self) -> bool:
        now = clock()
        self._failures.append(now)
        return len(self._failures) == FAILURES and now - self._failures[0] <= WINDOW_SECONDS

    def _open(self) -> None:
        self._pause = min(self._pause * 2 or PAUSE_SECONDS, LONGEST_SECONDS)
        self._due = clock() + self._pause
        self._turn(State.OPEN)

    def _turn(self, state: State) -> None:
        self.state = state
        self._note()

    def _note(self) -> None:
        for one in State:
            _states.set(float(one is self.state), self.use, self.server, one.value)


def open_somewhere() -> list[str]:
    """The uses that this process does without for now; with METRICS_DIR, that any process of this
    machine does."""
    told = (sample for metric in read() if metric.name == _STATE for sample in metric.samples)
    is_open = (State.OPEN.value, State.HALF_OPEN.value)
    open_ = {one.labels["use"] for one in told if one.value > 0 and one.labels["state"] in is_open}
    return sorted(open_)
