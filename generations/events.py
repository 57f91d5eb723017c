"""Writing the log of a job. The only place that makes JobEvent rows."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from generations.models import Job, JobEvent
from generations.signals import job_changed, job_ended

_INSERT = """
WITH feed AS (
    INSERT INTO generations_feed (user_id, last) VALUES (%(user)s, 1)
    ON CONFLICT (user_id) DO UPDATE SET last = generations_feed.last + 1
    RETURNING last
)
INSERT INTO generations_jobevent
    (user_id, cursor, job_id, seq, status, stage, progress, generation_id, error_code, retry_at,
     at)
SELECT %(user)s, feed.last, %(job)s,
    (SELECT coalesce(max(seq), 0) + 1 FROM generations_jobevent WHERE job_id = %(job)s),
    %(status)s, %(stage)s, %(progress)s, %(generation)s, %(error)s, %(retry)s,
    clock_timestamp()
FROM feed
RETURNING id, cursor, seq, at
"""


def record(job: Job, *, retry_at: datetime | None = None) -> JobEvent:
    """Log the state that `job` was just given, in the same transaction, and tell of it on commit.

    Call it last: where the job has ended it has that told, in the same transaction, and then it
    locks the person's feed until commit, so that cursors become visible in their order. The job's
    row is locked by the change itself, which makes `seq` safe. On commit the event is the first
    thing that is told: somebody waits for it.
    """
    written: list[JobEvent] = []
    transaction.on_commit(lambda: job_changed.send_robust(Job, event=written[0]))
    if job.has_ended:
        job_ended.send(Job, job=job)
    fields: dict[str, Any] = {
        "user": job.user_id,
        "job": job.pk,
        "status": str(job.status),
        "stage": str(job.stage),
        "progress": job.progress,
        "generation": job.generation_id,
        "error": job.error_code,
        "retry": retry_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, fields)
        pk, position, seq, at = cursor.fetchone()
    event = JobEvent(
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
    written.append(event)
    return event
