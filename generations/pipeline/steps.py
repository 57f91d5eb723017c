"""The transactions of a job's work. Each one is fenced: who lost the job changes nothing."""

import random
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from chatsvg import statements
from chatsvg.joined import Joined
from credits import services as credits
from generations import events, files, svg
from generations.endings import requeue, settle
from generations.models import Attempt, Generation, Job
from generations.pipeline.hints import PROGRESS_CLAIMED

_CLAIM = Joined(
    """
UPDATE {job} AS job SET
    status = 'RUNNING',
    attempt = attempt + 1,
    lease_expires_at = statement_timestamp() + %s * interval '1 second',
    started_at = coalesce(started_at, statement_timestamp()),
    stage = 'drawing',
    progress = greatest(progress, %s),
    error_code = '',
    charge = CASE charge WHEN 'FREE' THEN charge ELSE 'CAPTURED' END
WHERE id = %s AND status = 'QUEUED'
    AND available_at <= statement_timestamp() AND deadline_at > statement_timestamp()
RETURNING {columns}
""",
    job=Job,
)

_FINISH = """
WITH ended AS (
    UPDATE generations_job SET
        status = 'SUCCEEDED', stage = 'done', progress = 100, error_code = '',
        finished_at = %(created_at)s, generation_id = %(id)s, lease_expires_at = NULL
    WHERE id = %(job)s AND status = 'RUNNING' AND attempt = %(attempt)s
    RETURNING id AS job
)
INSERT INTO generations_generation
    (id, user_id, prompt, style, model, provider, is_private, credits_used, svg, size_bytes,
     sanitizer_version, notes, storage_key, remix_of_id, created_at)
SELECT %(id)s, %(user_id)s, %(prompt)s, %(style)s, %(model)s, %(provider)s, %(is_private)s,
    %(credits_used)s, %(svg)s, %(size_bytes)s, %(sanitizer_version)s, %(notes)s, %(storage_key)s,
    %(remix_of_id)s::uuid, %(created_at)s
FROM ended
"""


class LeaseLost(Exception):
    """The job is no longer ours: canceled, ended, or another worker's."""


@dataclass(frozen=True)
class Fault:
    """Why a try failed: a public code, whether another may go better, and when at the earliest."""

    code: str
    is_retryable: bool = False
    retry_after: float | None = None


@transaction.atomic
def claim(job_id: UUID) -> Job | None:
    """Take a queued job: RUNNING, leased, charged. None where it is not there to be taken."""
    claimed = _CLAIM.first(settings.LEASE_SECONDS, PROGRESS_CLAIMED, job_id)
    if claimed is None:
        return None
    (job,) = claimed
    if job.charge == Job.Charge.CAPTURED:
        charge = credits.capture(job.user_id, job.price, reference=job.reference)
        job.balance_left = charge.balance_after
    events.record(job)
    return job


@transaction.atomic
def finish(job: Job, attempt: Attempt, drawing: svg.Sanitized) -> Generation:
    """Commit the drawing and the end of its job. Raises LeaseLost; then nothing is changed."""
    generation = Generation(
        user_id=job.user_id,
        prompt=job.prompt,
        style=job.style,
        model=job.model,
        provider=attempt.provider,
        is_private=job.is_private,
        credits_used=job.price,
        svg=drawing.svg,
        size_bytes=len(drawing.svg.encode()),
        sanitizer_version=svg.SANITIZER_VERSION,
        notes=[*attempt.notes, *drawing.notes],
        storage_key=files.key_for(job),
        remix_of_id=job.remix_of_id,
        created_at=timezone.now(),
    )
    if not _write(job, generation):
        raise LeaseLost()
    job.status, job.stage, job.progress = Job.Status.SUCCEEDED, Job.Stage.DONE, 100
    job.finished_at, job.generation_id = generation.created_at, generation.pk
    job.lease_expires_at, job.error_code = None, ""
    events.record(job)
    return generation


def _write(job: Job, generation: Generation) -> bool:
    """End the job with its drawing. False, and nothing done, where it is not ours."""
    told = {**vars(generation), "notes": Jsonb(generation.notes)}
    written = statements.run(_FINISH, {**told, "job": job.pk, "attempt": job.attempt})
    generation._state.adding = not written
    return bool(written)


@transaction.atomic
def give_up(job: Job, fault: Fault) -> None:
    """End this try: back to the queue where another may go better, else FAILED with a refund."""
    locked = Job.objects.fenced(job).select_for_update().first()
    if locked is None:
        return
    delay = fault.retry_after
    if delay is None:
        delay = 2**locked.attempt * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, no secret
    if not fault.is_retryable or not requeue(locked, code=fault.code, delay=delay):
        settle(locked, Job.Status.FAILED, code=fault.code)
