"""Names that the broker knows. Each task is one call; the claim inside decides whether it runs."""

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from generations import pipeline, upkeep

logger = logging.getLogger(__name__)


@shared_task(name="generations.run_job")
def run_job(job_id: str) -> None:
    """Carry out a job, unless another worker has it or it has ended."""
    pipeline.run(UUID(job_id))


@shared_task(name="generations.sweep")
def sweep() -> None:
    """Put right what was left behind. The workers' own thread does this without a broker."""
    upkeep.sweep(wake=wake)


def wake(job_id: UUID) -> None:
    """Tell a worker about a queued job. Where the broker is away, the sweep tells it later."""
    try:
        run_job.delay(str(job_id))
    except (OperationalError, OSError) as error:
        logger.warning("job.not_woken job=%s error=%s", job_id, type(error).__name__)
