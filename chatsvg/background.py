"""One asyncio event loop in a daemon thread per process, for work that waits on the network.

It starts at first use. A forked child finds no loop and starts its own.
"""

import asyncio
import atexit
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None
_closers: list[Callable[[], Awaitable[object]]] = []


def submit(coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
    """Start `coroutine` on the loop; canceling the future cancels it there.

    The future counts as canceled at once; what the coroutine cleans up ends a moment later.
    """
    return asyncio.run_coroutine_threadsafe(coroutine, loop())


def run(coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """The result of `coroutine`, awaited from a thread that is not the loop's.

    After `timeout` seconds it is canceled and TimeoutError is raised.
    """
    future = submit(coroutine)
    try:
        return future.result(timeout)
    finally:
        future.cancel()


def loop() -> asyncio.AbstractEventLoop:
    """This process's loop, running."""
    global _loop, _thread
    with _lock:
        if _loop is None or _thread is None or not _thread.is_alive():
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(
                target=_loop.run_forever, name="background-loop", daemon=True
            )
            _thread.start()
        return _loop


def at_stop(closer: Callable[[], Awaitable[object]]) -> None:
    """Have `closer()` awaited on the loop before it stops."""
    if closer not in _closers:
        _closers.append(closer)


def stop(timeout: float = 2) -> None:
    """Cancel what runs, close what is open and end the loop; the next use starts another."""
    global _loop, _thread
    with _lock:
        ending, thread = _loop, _thread
        _loop = _thread = None
    if ending is None or thread is None or not thread.is_alive():
        return
    closing = asyncio.run_coroutine_threadsafe(_close(), ending)
    with contextlib.suppress(TimeoutError):
        closing.result(timeout)
    ending.call_soon_threadsafe(ending.stop)
    thread.join(timeout)
    if not thread.is_alive():
        ending.close()


async def _close() -> None:
    running = asyncio.all_tasks() - {asyncio.current_task()}
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await asyncio.gather(*(closer() for closer in _closers), return_exceptions=True)


def _forget() -> None:
    """In a forked child: the parent's thread is not here, and its lock may have been held."""
    global _lock, _loop, _thread
    _lock = threading.Lock()
    _loop = _thread = None


atexit.register(stop)
os.register_at_fork(after_in_child=_forget)
