"""What processes count of pictures that are made in processes of their own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from chatsvg.shared_metrics import Counter, Gauge, Histogram

_busy = Gauge("chatsvg_painters_busy", "Pictures that are being made.")
_made = Counter("chatsvg_paintings", "Pictures that were asked for, by what came of it.", ("end",))
_seconds = Histogram(
    "chatsvg_painting_seconds", "How long a picture took.", buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10)
)
_lock = threading.Lock()
_under_way = 0


def note(end: str) -> None:
    """made, failed, or busy: no place was free."""
    _made.add(end)


@contextmanager
def painting() -> Iterator[None]:
    began = time.perf_counter()
    _change(1)
    try:
        yield
    except BaseException:
        note("failed")
        raise
    else:
        note("made")
    finally:
        _change(-1)
        _seconds.observe(time.perf_counter() - began)


def _change(by: int) -> None:
    global _under_way
    with _lock:
        _under_way += by
        _busy.set(_under_way)
