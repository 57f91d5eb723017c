"""Telling workers of queued jobs, without ever making the one who tells wait.

A thread publishes. Where the broker is away the job is marked as not woken, and the sweep, which
needs no broker to find it, has it told again.
"""

import atexit
import logging
import queue
import threading
import time
from uuid import UUID

from celery import current_app
from django.db import Error

from chatsvg.database import give_back
from generations.models import Job

logger = logging.getLogger(__name__)
TASK = "generations.run_job"
WAITING_MOST = 1_000  # wake-ups; further ones are left to the sweep
FLUSH_SECONDS = 1.0  # how long a process that ends waits for its last wake-ups

_waiting: "queue.Queue[UUID]" = queue.Queue(WAITING_MOST)
_lock = threading.Lock()
_thread: threading.Thread | None = None


def wake(job_id: UUID) -> None:
    """Have a worker told of a queued job, soon."""
    try:
        _waiting.put_nowait(job_id)
    except queue.Full:
        logger.warning("job.not_woken job=%s error=Full", job_id)
    else:
        _ensure_thread()


def _ensure_thread() -> None:
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish, name="wakeups", daemon=True)
            _thread.start()


def _publish() -> None:
    while True:
        job_id = _waiting.get()
        try:
            current_app.send_task(TASK, args=[str(job_id)])
        except Exception as error:  # of kombu, redis or the socket: the broker is away
            logger.warning("job.not_woken job=%s error=%s", job_id, type(error).__name__)
            _mark(job_id)
        finally:
            _waiting.task_done()


def _mark(job_id: UUID) -> None:
    """Let the sweep find the job at once, instead of after the usual pause."""
    try:
        Job.objects.filter(pk=job_id, status=Job.Status.QUEUED).update(woken_at=None)
    except Error as error:
        logger.warning("job.not_marked job=%s error=%s", job_id, type(error).__name__)
    finally:
        give_back()


@atexit.register
def _flush() -> None:
    end = time.monotonic() + FLUSH_SECONDS
    while _waiting.unfinished_tasks and time.monotonic() < end:
        time.sleep(0.01)
