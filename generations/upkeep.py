"""The sweep: whatever was left behind by a dead worker, a lost message or a lost copy goes on.

It needs PostgreSQL alone. One process at a time sweeps, by an advisory lock.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts import doomed
from chatsvg.database import alone, was_away_within
from generations import files
from generations.endings import requeue, settle
from generations.models import Generation, Job

logger = logging.getLogger(__name__)

LOCK = 0x0C4A7517  # any number that nobody else takes
COPIES_LOCK = LOCK + 1
COPY_SECONDS = 2  # so that slow storage does not keep this process from the next sweep
WAKE_AGAIN = timedelta(seconds=6)  # with the sweep's pause: a lost message costs 9 s at most
GRACE = timedelta(seconds=2)  # a worker ends its own job at the deadline; the sweep comes after it
BATCH = 500


def sweep(*, wake: Callable[[UUID], object]) -> None:
    """Put right everything that is due, unless another process is at it.

    Objects in storage have a lock of their own: while one process waits for storage, others sweep
    the jobs.
    """
    with alone(LOCK) as is_alone:
        if is_alone:
            end_overdue()
            requeue_lost()
            wake_forgotten(wake)
    with alone(COPIES_LOCK) as is_alone:
        if is_alone:
            store_copies()
            doomed.sweep(seconds=COPY_SECONDS)


def _each(due: Q, act: Callable[[Job], object]) -> None:
    """`act` on every job that is due, locked in a transaction of its own, and still due."""
    for pk in list(Job.objects.filter(due).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            job = Job.objects.select_for_update(skip_locked=True).filter(due, pk=pk).first()
            if job:
                act(job)


def end_overdue() -> None:
    """Jobs past their deadline fail, and cost nothing."""
    _each(Q(status__in=["QUEUED", "RUNNING"], deadline_at__lt=Now() - GRACE), _end)


def _end(job: Job) -> None:
    logger.warning("job.overdue job=%s", job.pk)
    settle(job, Job.Status.FAILED, code="TIMEOUT")


def requeue_lost() -> None:
    """Jobs whose worker does not renew its lease get another try, or fail and cost nothing.

    In the first lease time after PostgreSQL came back none is judged: nobody could renew.
    """
    is_just_back = was_away_within(settings.LEASE_SECONDS)
    if not is_just_back and _server_seconds() > settings.LEASE_SECONDS:
        _each(Q(status="RUNNING", lease_expires_at__lt=Now()), _take_away)


def _take_away(job: Job) -> None:
    logger.warning("job.lost job=%s attempt=%s", job.pk, job.attempt)
    if not requeue(job, code="WORKER_LOST"):
        settle(job, Job.Status.FAILED, code="WORKER_LOST")


def _server_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())")
        return float(cursor.fetchone()[0])


def wake_forgotten(wake: Callable[[UUID], object]) -> None:
    """Queued jobs that nobody was told of, or nobody took, are told of again."""
    forgotten = Job.objects.filter(
        Q(woken_at=None) | Q(woken_at__lt=Now() - WAKE_AGAIN),
        status=Job.Status.QUEUED,
        available_at__lte=Now(),
    )
    ids = list(forgotten.order_by("available_at").values_list("pk", flat=True)[:BATCH])
    # still queued: the rows of running jobs are the renewal's to lock
    Job.objects.filter(pk__in=ids, status=Job.Status.QUEUED).update(woken_at=Now())
    for pk in ids:
        wake(pk)


def store_copies() -> None:
    """Drawings whose copy is missing from storage are copied again, a few at a time."""
    end = time.monotonic() + COPY_SECONDS
    late = Generation.objects.filter(stored_at=None, created_at__lt=Now() - timedelta(seconds=10))
    for generation in late.order_by("created_at")[:20]:
        if not files.store(generation) or time.monotonic() > end:
            return
