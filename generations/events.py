"""Writing the log of a job. The only place that makes JobEvent rows."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import DEFAULT_DB_ALIAS, transaction

from chatsvg import statements
from generations.models import Job, JobEvent
from generations.signals import job_changed, job_ended

_EVENT = """
WITH {before} feed AS (
    INSERT INTO generations_feed (user_id, last) SELECT %(user_id)s, 1 {where}
    ON CONFLICT (user_id) DO UPDATE SET last = generations_feed.last + 1
    RETURNING last
)
INSERT INTO generations_jobevent
    (user_id, cursor, job_id, seq, status, stage, progress, generation_id, error_code, retry_at,
     at)
SELECT %(user_id)s, feed.last, %(id)s, {seq}, %(status)s, %(stage)s, %(progress)s,
    %(generation_id)s, %(error_code)s, %(retry_at)s, clock_timestamp()
FROM feed
RETURNING id, cursor, seq, at
"""
_JOB = "job AS (INSERT INTO generations_job ({columns}) VALUES ({marks})),"
_MOVED = """moved AS (
    UPDATE generations_job SET stage = %(stage)s, progress = %(progress)s
    WHERE id = %(id)s AND status = 'RUNNING' AND attempt = %(attempt)s
    RETURNING id
),"""
_NEXT = "(SELECT coalesce(max(seq), 0) + 1 FROM generations_jobevent WHERE job_id = %(id)s)"
_RECORD = _EVENT.format(before="", where="", seq=_NEXT)
_ADVANCE = _EVENT.format(before=_MOVED, where="FROM moved", seq=_NEXT)
_TOLD = ("id", "user_id", "status", "stage", "progress", "generation_id", "error_code")
_STORED = [field.attname for field in Job._meta.concrete_fields]
_BEGIN = _EVENT.format(
    before=_JOB.format(
        columns=", ".join(_STORED), marks=", ".join(f"%({name})s" for name in _STORED)
    ),
    where="",
    seq="1",
)


def begin(job: Job) -> None:
    """Store a new job with its first event, as `record` does: all of its fields have to be set."""
    written = _tell_on_commit()
    written.extend(_write(job, _BEGIN, _STORED))
    job._state.adding, job._state.db = False, DEFAULT_DB_ALIAS


def record(job: Job, *, retry_at: datetime | None = None) -> JobEvent:
    """Log the state that `job` was just given, in the same transaction, and tell of it on commit.

    Call it last: where the job has ended it has that told, in the same transaction, and then it
    locks the person's feed until commit, so that cursors become visible in their order. The job's
    row is locked by the change itself, which makes `seq` safe. On commit the event is the first
    thing that is told: somebody waits for it.
    """
    written = _tell_on_commit()
    if job.has_ended:
        job_ended.send(Job, job=job)
    written.extend(_write(job, _RECORD, _TOLD, retry_at=retry_at))
    return written[0]


def advance(job: Job) -> bool:
    """Store the stage and the progress that `job`, a running one, was just given, and log them, in
    one statement. False, and nothing done, where the job is no longer this try's."""
    written = _write(job, _ADVANCE, (*_TOLD, "attempt"))
    for event in written:
        transaction.on_commit(partial(job_changed.send_robust, Job, event=event))
    return bool(written)


def _tell_on_commit() -> list[JobEvent]:
    """What is put into the list is told then, before anything that is yet to be registered."""
    written: list[JobEvent] = []
    transaction.on_commit(lambda: job_changed.send_robust(Job, event=written[0]))
    return written


def _write(
    job: Job, statement: str, names: Iterable[str], *, retry_at: datetime | None = None
) -> list[JobEvent]:
    """The event, or none where the statement wrote none."""
    values = {name: getattr(job, name) for name in names}
    return [
        JobEvent(
            pk=pk,
            user_id=job.user_id,
            cursor=position,
            job_id=job.pk,
            seq=seq,
            status=job.status,
            stage=job.stage,
            progress=job.progress,
            generation_id=job.generation_id,
            error_code=job.error_code,
            retry_at=retry_at,
            at=at,
        )
        for pk, position, seq, at in statements.rows(statement, {**values, "retry_at": retry_at})
    ]
