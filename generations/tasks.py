"""Names that the broker knows. Each task is one call; the claim inside decides whether it runs."""

import logging
import time
from uuid import UUID

from celery import shared_task

from chatsvg.database import AWAY, note_away, was_away
from chatsvg.publishing import publish
from generations import audit, discarding, forgetting, pipeline, upkeep, wakeups
from generations.gallery import gaps, news, shelf

logger = logging.getLogger(__name__)
PASS_ON_SECONDS = 0.5  # so that a message that nobody can take goes round slowly


@shared_task(name=wakeups.TASK)
def run_job(job_id: str) -> None:
    """Carry out a job, unless another worker has it or it has ended.

    A worker that has lost its database hands on what it is told: others may have theirs.
    """
    if was_away():
        time.sleep(PASS_ON_SECONDS)
        publish(wakeups.TASK, job_id)
        return
    try:
        pipeline.run(UUID(job_id))
    except AWAY as error:
        note_away(error)
        publish(wakeups.TASK, job_id)
        raise


@shared_task(name="generations.sweep")
def sweep() -> None:
    """Put right what was left behind. The workers' own thread does this without a broker."""
    upkeep.sweep(wake=wakeups.wake)
    discarding.purge()


@shared_task(name=news.TASK)
def refresh_gallery(argument: str = "") -> None:
    """Make the gallery's first pages anew where they changed or are old."""
    shelf.refresh()


@shared_task(name="generations.close_gaps")
def close_gaps() -> None:
    """Forget where drawings stood that were deleted long ago."""
    gaps.close()


@shared_task(name="generations.forget_old")
def forget_old() -> None:
    """Forget the log of old jobs, and what models said. May run any number of times."""
    logger.info("jobs.forgotten events=%s answers=%s", forgetting.events(), forgetting.answers())


@shared_task(name="generations.audit")
def audit_all() -> None:
    """Check every invariant of ledger and jobs, and keep what was found."""
    audit.run()
