"""What each process tells of itself: its connections to PostgreSQL, and its memory."""

import resource
import time
from pathlib import Path
from typing import Any

from django.db import connections

from chatsvg import roles
from chatsvg.shared_metrics import Gauge

EVERY_SECONDS = 5
_PAGE = resource.getpagesize()
_STATM = Path("/proc/self/statm")

_connections = Gauge(
    "chatsvg_db_connections",
    "Connections to PostgreSQL that are in the pools.",
    ("process", "state"),
)
_most = Gauge("chatsvg_db_connections_max", "How many the pools may hold.", ("process",))
_waiting = Gauge("chatsvg_db_waiting", "Who waits for a connection of a pool.", ("process",))
_refused = Gauge(
    "chatsvg_db_refused",
    "How often a pool had none in time, since its process began.",
    ("process",),
)
_memory = Gauge("chatsvg_process_resident_bytes", "Memory of the processes.", ("process",))
_processes = Gauge("chatsvg_processes", "Processes that live, by what they do.", ("process",))


class _Last:
    at = float("-inf")


def note_now_and_then() -> None:
    """As `note`, at most every EVERY_SECONDS; it may be called as often as one likes."""
    now = time.monotonic()
    if now - _Last.at >= EVERY_SECONDS:
        _Last.at = now
        note()


def note() -> None:
    """Write down how things stand in this process."""
    me = roles.mine()
    _processes.set(1, me)
    if _STATM.exists():
        _memory.set(int(_STATM.read_text().split()[1]) * _PAGE, me)
    if (pool := _pool()) is None:
        return
    stats = pool.get_stats()
    idle = stats.get("pool_available", 0)
    _connections.set(idle, me, "idle")
    _connections.set(max(stats.get("pool_size", 0) - idle, 0), me, "busy")
    _most.set(stats.get("pool_max", 0), me)
    _waiting.set(stats.get("requests_waiting", 0), me)
    _refused.set(stats.get("requests_errors", 0), me)


def _pool() -> Any:
    """The pool that this process has; none is made for this."""
    return getattr(connections["default"], "_connection_pools", {}).get("default")
