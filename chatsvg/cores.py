"""The one processor on which a process of ours runs, where CPU_CORE names it.

Python runs one thread of a process at a time. Threads that lie on several processors hand it to
each other across them, which wakes a processor each time and finds its caches cold: a backlog of
drawings took 26 ms of a worker's CPU for each in that way, and 20 ms on one processor, with a
quarter of the switches. What leaves Python alone meanwhile may lie anywhere (`everywhere`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from chatsvg import env

_NAME = "CPU_CORE"
_all: set[int] = set()  # where this process could be before; nothing where it is there still


def keep_to_mine() -> None:
    """Stay on the processor that CPU_CORE names, counted from 0 among those that this process may
    use, and from the first again past the last. To be called before there are threads.

    Raises ImproperlyConfigured for what is no number.
    """
    if not env.text(_NAME) or not hasattr(os, "sched_setaffinity"):
        return
    number = env.number(_NAME, 0)
    may_use = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(may_use)[number % len(may_use)]})
    _all.update(may_use)


@contextmanager
def everywhere() -> Iterator[None]:
    """Inside, this thread may be on any processor: for long work without Python's lock."""
    if not _all:
        yield
        return
    mine = os.sched_getaffinity(0)  # of 0 they mean the thread that asks
    _go(_all)
    try:
        yield
    finally:
        _go(mine)


def _go(where: set[int]) -> None:
    """Processors may be taken from a container meanwhile: then the thread stays where it is."""
    with suppress(OSError):
        os.sched_setaffinity(0, where)
