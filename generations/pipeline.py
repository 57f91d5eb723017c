"""What a worker does with a job: claim it, have it drawn, make it safe, commit it.

No transaction is open while a model draws. Every write carries the fencing number, except that a
whole answer is stored as a fact: it is never paid for twice.
"""

import logging
import random
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import Error, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

from chatsvg.database import give_back, patiently
from credits import services as credits
from generations import events, files, providers, svg
from generations.endings import requeue, settle
from generations.leases import Lease, renewer
from generations.models import Attempt, Generation, Job
from generations.providers.errors import ProviderError, TimedOut
from generations.signals import job_progressed
from generations.svg.extract import extract

logger = logging.getLogger(__name__)

PROGRESS_CLAIMED, PROGRESS_ASKED, PROGRESS_ANSWERED, PROGRESS_SANITIZED = 5, 25, 75, 85
TYPICAL_ANSWER = 4_000  # characters; only to move the bar between two events


class LeaseLost(Exception):
    """The job is no longer ours: canceled, ended, or another worker's."""


@dataclass(frozen=True)
class Fault:
    """Why a try failed: a public code, whether another may go better, and when at the earliest."""

    code: str
    is_retryable: bool = False
    retry_after: float | None = None


def run(job_id: UUID) -> None:
    """Draw a job, unless another worker has it. Failures end in a retry or in a refund."""
    job = claim(job_id)
    if job is None:
        return
    with renewer.hold(job) as lease:
        generation = _carry_out(job, lease)
    if generation:
        files.store(generation)  # a copy: the drawing is committed, whatever becomes of this


def _carry_out(job: Job, lease: Lease) -> Generation | None:
    """The drawing of a claimed job, or None where this try came to nothing."""
    try:
        answered = answer(job, lease)
        drawing = svg.sanitize(extract(answered.answer))
        hint(job, PROGRESS_SANITIZED)
        return finish(job, answered, drawing)
    except LeaseLost:
        logger.info("job.let_go job=%s attempt=%s", job.pk, job.attempt)
    except ProviderError as error:
        give_up(job, Fault(error.code, error.retryable, error.retry_after))
    except svg.Rejected as rejected:
        logger.info("job.rejected job=%s code=%s", job.pk, rejected.code)
        give_up(job, Fault("VALIDATION_ERROR"))
    except Error:
        logger.warning("job.left_to_sweep job=%s attempt=%s", job.pk, job.attempt)
        raise
    except Exception:
        logger.exception("job.broken job=%s attempt=%s", job.pk, job.attempt)
        give_up(job, Fault("GENERATION_FAILED", is_retryable=True))
    return None


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


def answer(job: Job, lease: Lease) -> Attempt:
    """The model's whole answer: the stored one where an earlier try got so far, else a new one.

    Raises ProviderError, or LeaseLost where the job was taken from us meanwhile.
    """
    if kept := job.attempts.filter(outcome=Attempt.Outcome.ANSWERED).last():
        return kept
    attempt = Attempt.objects.create(job=job, number=job.attempt)
    give_back()
    hint(job, PROGRESS_ASKED)
    try:
        draft = _ask(job, lease)
    except Exception as error:
        patiently(partial(_note_failure, attempt, error))
        raise
    _fill(attempt, draft)
    attempt.outcome = Attempt.Outcome.ANSWERED
    attempt.answer = draft.text
    patiently(attempt.save)
    advance(job, Job.Stage.ANSWERED, PROGRESS_ANSWERED)
    return attempt


def _ask(job: Job, lease: Lease) -> providers.Draft:
    """Wait for the model, without a database connection. A lost lease closes its connection."""
    seconds = (job.deadline_at - timezone.now()).total_seconds()
    model = providers.STUDIO.name if job.is_test else job.model
    request = providers.DrawRequest(prompt=job.prompt, style=job.style, model=model)

    def grown(text: str) -> None:
        share = len(text) / (len(text) + TYPICAL_ANSWER)
        hint(job, PROGRESS_ASKED + int(share * (PROGRESS_ANSWERED - PROGRESS_ASKED)))

    call = providers.start(request, on_text=grown, deadline=seconds)
    lease.on_loss(call.cancel)
    try:
        return call.result(timeout=max(seconds, 0) + 2)
    except CancelledError as error:
        raise LeaseLost() from error
    except TimeoutError as error:
        call.cancel()
        raise TimedOut() from error


def _fill(attempt: Attempt, draft: providers.Draft) -> None:
    attempt.provider, attempt.upstream = draft.provider, draft.upstream
    attempt.prompt_tokens = draft.prompt_tokens
    attempt.completion_tokens = draft.completion_tokens
    attempt.cost_usd = draft.cost_usd
    attempt.notes = list(draft.notes)
    attempt.finished_at = timezone.now()


def _note_failure(attempt: Attempt, error: Exception) -> None:
    """Keep what a failed call cost and what was really said: for staff."""
    attempt.outcome, attempt.finished_at = Attempt.Outcome.FAILED, timezone.now()
    attempt.error_code, attempt.raw_error = "GENERATION_FAILED", repr(error)[:2000]
    if isinstance(error, LeaseLost):
        attempt.error_code, attempt.raw_error = "CANCELED", ""
    if isinstance(error, ProviderError):
        attempt.error_code, attempt.raw_error = error.code, error.raw
        if error.draft:
            _fill(attempt, error.draft)
    attempt.save()


def hint(job: Job, progress: int) -> None:
    """Tell viewers how far a running call is. Not stored, and nobody misses it if it is lost."""
    job_progressed.send_robust(
        Job, job_id=job.pk, user_id=job.user_id, stage=job.stage, progress=progress
    )


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
