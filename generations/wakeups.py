"""Telling workers of queued jobs, without ever making the one who tells wait.

Where the broker is away the job is marked as not woken, and the sweep, which needs no broker to
find it, has it told again.
"""

from functools import partial
from uuid import UUID

from chatsvg.publishing import publish
from generations.models import Job

TASK = "generations.run_job"


def wake(job_id: UUID) -> None:
    """Have a worker told of a queued job, soon."""
    publish(TASK, str(job_id), unsent=partial(_mark, job_id))


def _mark(job_id: UUID) -> None:
    """Let the sweep find the job at once, instead of after the usual pause."""
    Job.objects.filter(pk=job_id, status=Job.Status.QUEUED).update(woken_at=None)
