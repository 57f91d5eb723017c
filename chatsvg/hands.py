"""Threads that do what an event loop hands them, and give it the result.

As `run_in_executor` does, for a third of what that costs: there, a future with a lock of its own is
made for the threads' side, and chained to the loop's.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

_Task = tuple["asyncio.Future[Any]", Callable[..., Any], tuple[Any, ...]]


class Hands:
    """At most so many threads, started when they are needed; the process does not wait for them
    when it ends. Its methods are for one event loop, and for no other thread."""

    def __init__(self, most: int, *, name: str):
        self._most, self._name = most, name
        self._started = self._under_way = 0
        self._tasks: SimpleQueue[_Task] = SimpleQueue()

    def take(self, work: Callable[..., Any], *values: Any) -> "asyncio.Future[Any]":
        """What `work(*values)` gives or raises. Where all hands are full it waits; canceled, its
        result is nobody's."""
        result = asyncio.get_running_loop().create_future()
        self._under_way += 1
        self._tasks.put((result, work, values))
        if self._under_way > self._started < self._most:
            name = f"{self._name}-{self._started + 1}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
            self._started += 1
        return result

    def _work(self) -> None:
        while True:
            result, work, values = self._tasks.get()
            value = fault = None
            try:
                value = work(*values)
            except BaseException as error:  # it is raised where it is waited for
                fault = error
            del work, values  # nothing is kept until the next one comes
            with suppress(RuntimeError):  # the loop has ended
                result.get_loop().call_soon_threadsafe(self._settle, result, value, fault)
            del result, value, fault

    def _settle(
        self, result: "asyncio.Future[Any]", value: Any, fault: BaseException | None
    ) -> None:
        self._under_way -= 1
        if result.done():  # canceled
            return
        if fault is None:
            result.set_result(value)
        else:
            result.set_exception(fault)
