"""Lines and figures of tasks, of workers and of the schedule."""

import logging
import time
from typing import Any

from celery.signals import (
    after_task_publish,
    beat_init,
    task_failure,
    task_postrun,
    task_prerun,
    worker_ready,
)

from chatsvg import logs
from chatsvg.shared_metrics import Counter, Histogram, Latest
from chatsvg.telemetry import own, port

logger = logging.getLogger(__name__)
BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300)
_ended = Counter("chatsvg_tasks", "Tasks that ended, by what came of them.", ("task", "state"))
_seconds = Histogram("chatsvg_task_seconds", "How long tasks took.", ("task",), buckets=BUCKETS)
_sent = Latest(
    "chatsvg_schedule_sent_timestamp_seconds", "When the schedule last sent a task.", ("task",)
)
_began: dict[str, float] = {}


@task_prerun.connect
def begin(sender: Any, task_id: str, **kwargs: object) -> None:
    _began[task_id] = time.perf_counter()
    logs.begin(task=sender.name)


@task_failure.connect
def note_failure(sender: Any, **kwargs: object) -> None:
    _ended.add(sender.name, "failed")


@task_postrun.connect
def note_end(sender: Any, task_id: str, state: str | None = None, **kwargs: object) -> None:
    seconds = time.perf_counter() - _began.pop(task_id, time.perf_counter())
    _seconds.observe(seconds, sender.name)
    if state == "SUCCESS":
        _ended.add(sender.name, "succeeded")
    logger.info("task.ended state=%s ms=%s", (state or "").lower(), round(seconds * 1000, 1))


@beat_init.connect
def show_schedule(sender: Any, **kwargs: object) -> None:
    """From now on this process tells of what it sends."""
    after_task_publish.connect(note_sent, weak=False)
    port.start()
    own.note()


def note_sent(sender: str, **kwargs: object) -> None:
    _sent.set(time.time(), sender)
    own.note_now_and_then()


@worker_ready.connect
def show_worker(**kwargs: object) -> None:
    port.start()
    own.note()
