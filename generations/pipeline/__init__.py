"""What a worker does with a job: claim it, have it drawn, make it safe, commit it.

No transaction is open while a model draws. Every write carries the fencing number, except that a
whole answer is stored as a fact: it is never paid for twice.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import Error

from chatsvg import logs
from chatsvg.telemetry import tracing
from generations import figures, files
from generations.leases import Lease, renewer
from generations.models import Generation, Job
from generations.pipeline.asking import answers, turns
from generations.pipeline.calls import keep
from generations.pipeline.hints import PROGRESS_CHECKED, hint
from generations.pipeline.mending import NoDrawing, mend
from generations.pipeline.presenting import present
from generations.pipeline.steps import Fault, LeaseLost, claim, finish, give_up
from generations.providers.errors import ProviderError

__all__ = ["Fault", "LeaseLost", "answers", "claim", "finish", "give_up", "hint", "keep", "run"]

logger = logging.getLogger(__name__)


def run(job_id: UUID) -> None:
    """Draw a job, unless another worker has it. Failures end in a retry or in a refund."""
    with turns.taken():
        _run(job_id)


def _run(job_id: UUID) -> None:
    job = claim(job_id)
    if job is None:
        return
    figures.note_start(job)
    with _told_of(job), renewer.hold(job) as lease:
        generation = _carry_out(job, lease)
    if generation:
        files.store(generation)  # a copy: the drawing is committed, whatever becomes of this


@contextmanager
def _told_of(job: Job) -> Iterator[None]:
    """Lines name the job, its person and the request that asked for it; its span goes on with the
    trace of that request, whichever worker this is."""
    ids = {"job": job.pk, "user": job.user_id, "request": job.request_id}
    about = {"job.id": str(job.pk), "job.attempt": job.attempt, "job.model": job.model}
    with (
        logs.about(**ids, hide=(job.prompt,)),
        tracing.span("job", kind="consumer", parent=job.traceparent, attributes=about) as span,
    ):
        yield
        span.set_attribute("job.status", str(job.status))


def _carry_out(job: Job, lease: Lease) -> Generation | None:
    """The drawing of a claimed job, or None where this try came to nothing."""
    try:
        draft = mend(job, lease, answers(job, lease))
        drawing = present(job, draft)
        hint(job, PROGRESS_CHECKED)
        return finish(job, draft.attempt, drawing)
    except LeaseLost:
        logger.info("job.let_go job=%s attempt=%s", job.pk, job.attempt)
    except ProviderError as error:
        give_up(job, Fault(error.code, error.retryable, error.retry_after))
    except NoDrawing as none:
        logger.info("job.rejected job=%s faults=%s", job.pk, ",".join(none.codes))
        give_up(job, Fault("VALIDATION_ERROR"))
    except Error:
        logger.warning("job.left_to_sweep job=%s attempt=%s", job.pk, job.attempt)
        raise
    except Exception:
        logger.exception("job.broken job=%s attempt=%s", job.pk, job.attempt)
        give_up(job, Fault("GENERATION_FAILED", is_retryable=True))
    return None
