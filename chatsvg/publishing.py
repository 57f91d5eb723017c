"""Handing tasks to the broker without ever making the one who hands them over wait.

A thread publishes. What could not be sent is nobody's surprise: whoever publishes has a row that
says what is to be done, and something that looks for rows which nobody took up.
"""

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from celery import current_app

from chatsvg.database import give_back

logger = logging.getLogger(__name__)
WAITING_MOST = 1_000  # tasks; further ones are not sent
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
        parcel = _waiting.get()
        try:
            _send(parcel)
        finally:
            _waiting.task_done()


def _send(parcel: _Parcel) -> None:
    task, argument, unsent = parcel
    try:
        current_app.send_task(task, args=[argument])
    except Exception as error:  # of kombu, redis or the socket: the broker is away
        said = type(error).__name__
        logger.warning("task.not_sent task=%s argument=%s error=%s", task, argument, said)
        try:
            unsent()
        except Exception as other:  # the database is away as well
            logger.warning("task.not_marked task=%s error=%s", task, type(other).__name__)
        finally:
            give_back()


@atexit.register
def _flush() -> None:
    end = time.monotonic() + FLUSH_SECONDS
    while _waiting.unfinished_tasks and time.monotonic() < end:
        time.sleep(0.01)
