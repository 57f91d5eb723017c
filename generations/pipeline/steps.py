"""The transactions of a job's work. Each one is fenced: who lost the job changes nothing."""

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

from credits import services as credits
from generations import events, files, svg
from generations.endings import requeue, settle
from generations.models import Attempt, Generation, Job
from generations.pipeline.hints import PROGRESS_CLAIMED


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
    claimed = Job.objects.filter(
        pk=job_id,
        status=Job.Status.QUEUED,
        available_at__lte=Now(),
        deadline_at__gt=Now(),
    ).update(
        status=Job.Status.RUNNING,
        attempt=F("attempt") + 1,
        lease_expires_at=Now() + timedelta(seconds=settings.LEASE_SECONDS),
        started_at=Coalesce("started_at", Now()),
        stage=Job.Stage.DRAWING,
        progress=Greatest("progress", Value(PROGRESS_CLAIMED)),
        error_code="",
        charge=Case(
            When(charge=Job.Charge.FREE, then=F("charge")), default=Value(Job.Charge.CAPTURED)
        ),
    )
    if not claimed:
        return None
    job = Job.objects.get(pk=job_id)
    if job.charge == Job.Charge.CAPTURED:
        charge = credits.capture(job.user_id, job.price, reference=job.reference)
        job.balance_left = charge.balance_after
    events.record(job)
    return job


@transaction.atomic
def advance(job: Job, stage: Job.Stage, progress: int) -> None:
    """Commit that the work has come to `stage`. Raises LeaseLost."""
    moved = Job.objects.fenced(job).update(
        stage=stage, progress=Greatest("progress", Value(progress))
    )
    if not moved:
        raise LeaseLost()
    job.stage, job.progress = stage, max(job.progress, progress)
    events.record(job)


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
    end = {
        "status": Job.Status.SUCCEEDED,
        "stage": Job.Stage.DONE,
        "progress": 100,
        "finished_at": timezone.now(),
        "lease_expires_at": None,
        "generation_id": generation.pk,
        "error_code": "",
    }
    if not Job.objects.fenced(job).update(**end):
        raise LeaseLost()
    generation.save(force_insert=True)  # after the fence; the foreign key is checked at commit
    for field, value in end.items():
        setattr(job, field, value)
    events.record(job)
    return generation


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
