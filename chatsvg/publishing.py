"""Handing tasks to the broker without ever making the one who hands them over wait.

A thread publishes, all that waits at once. What could not be sent is nobody's surprise: whoever
publishes has a row that says what is to be done, and something that looks for rows which nobody
took up.
"""

import atexit
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from celery import current_app

from chatsvg import messages
from chatsvg.database import give_back

logger = logging.getLogger(__name__)
WAITING_MOST = 1_000  # tasks; further ones are not sent
AT_ONCE_MOST = 100
FLUSH_SECONDS = 1.0  # how long a process that ends waits for its last tasks


class _Parcel(NamedTuple):
    task: str
    argument: str
    unsent: Callable[[], object]


_waiting: "queue.Queue[_Parcel]" = queue.Queue(WAITING_MOST)
_lock = threading.Lock()
_thread: threading.Thread | None = None


def publish(task: str, argument: str, *, unsent: Callable[[], object] = lambda: None) -> None:
    """Have `task` run with `argument`, soon; where the broker is away, call `unsent`."""
    try:
        _waiting.put_nowait(_Parcel(task, argument, unsent))
    except queue.Full:
        logger.warning("task.not_sent task=%s argument=%s error=Full", task, argument)
    else:
        _ensure_thread()


def _ensure_thread() -> None:
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish, name="publishing", daemon=True)
            _thread.start()


def _publish() -> None:
    while True:
        parcels = _next()
        try:
            for task in {parcel.task for parcel in parcels}:
                _send(task, [parcel for parcel in parcels if parcel.task == task])
        finally:
            for _ in parcels:
                _waiting.task_done()


def _next() -> list[_Parcel]:
    """Waits for one; what waits already comes along."""
    parcels = [_waiting.get()]
    with contextlib.suppress(queue.Empty):
        while len(parcels) < AT_ONCE_MOST:
            parcels.append(_waiting.get_nowait())
    return parcels


def _send(task: str, parcels: list[_Parcel]) -> None:
    try:
        form = messages.of(task)
        current_app.put(form.queue, [form.fill(parcel.argument) for parcel in parcels])
    except Exception as error:  # of redis or the socket: the broker is away
        said = type(error).__name__
        for parcel in parcels:
            logger.warning(
                "task.not_sent task=%s argument=%s error=%s", task, parcel.argument, said
            )
        _give_up(parcels)


def _give_up(parcels: list[_Parcel]) -> None:
    try:
        for parcel in parcels:
            parcel.unsent()
    except Exception as error:  # the database is away as well
        logger.warning("task.not_marked task=%s error=%s", parcel.task, type(error).__name__)
    finally:
        give_back()


@atexit.register
def _flush() -> None:
    end = time.monotonic() + FLUSH_SECONDS
    while _waiting.unfinished_tasks and time.monotonic() < end:
        time.sleep(0.01)
