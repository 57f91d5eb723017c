"""Turns of threads that share one interpreter: few of them compute at a time.

Python runs one thread at once. A hundred that want to run give it to each other at every statement
to a database, with a switch of the processor's each time; four of them do the same work for a
fifth less. Who waits for something outside steps aside meanwhile (`apart`).
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

Waiter = tuple[int, threading.Lock]  # a thread, and what opens when it is its turn


class Turns:
    """So many at a time: first those that come back, so that what is begun comes to its end, then
    in the order in which they came. Nobody waits behind one that stands still: who is at it for
    longer than `seconds` waits for something, and the next begins."""

    def __init__(self, most: int, *, seconds: float):
        self._most, self._seconds = most, seconds
        self._lock = threading.Lock()
        self._inside: set[int] = set()  # threads, those among them whose turn is over
        self._began: dict[int, float] = {}  # when, by thread whose turn is not; the oldest first
        self._new: deque[Waiter] = deque()
        self._back: deque[Waiter] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One, for what is inside."""
        self._take(self._new)
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Without one inside, where this thread has one."""
        was_inside = self._leave()
        try:
            yield
        finally:
            if was_inside:
                self._take(self._back)

    def _take(self, line: "deque[Waiter]") -> None:
        door = threading.Lock()
        door.acquire()  # opened by whoever lets this thread in
        with self._lock:
            line.append((threading.get_ident(), door))
            self._let_in()
        while not door.acquire(timeout=self._seconds):
            with self._lock:
                self._let_in()

    def _leave(self) -> bool:
        """Whether this thread was inside."""
        me = threading.get_ident()
        with self._lock:
            was_inside = me in self._inside
            self._inside.discard(me)
            self._began.pop(me, None)
            self._let_in()
        return was_inside

    def _let_in(self) -> None:
        now = time.monotonic()
        while (line := self._back or self._new) and self._has_room(now):
            thread, door = line.popleft()
            self._inside.add(thread)
            self._began[thread] = now
            door.release()

    def _has_room(self, now: float) -> bool:
        late = [one for one, began in self._began.items() if now - began >= self._seconds]
        for thread in late:
            del self._began[thread]
        return len(self._began) < self._most
