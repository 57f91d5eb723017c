"""Names that the broker knows. Each task is one call; the claim inside decides whether it runs."""

from uuid import UUID

from celery import shared_task

from generations import audit, pipeline, upkeep, wakeups


@shared_task(name=wakeups.TASK)
def run_job(job_id: str) -> None:
    """Carry out a job, unless another worker has it or it has ended."""
    pipeline.run(UUID(job_id))


@shared_task(name="generations.sweep")
def sweep() -> None:
    """Put right what was left behind. The workers' own thread does this without a broker."""
    upkeep.sweep(wake=wakeups.wake)


@shared_task(name="generations.audit")
def audit_all() -> None:
    """Check every invariant of ledger and jobs, and keep what was found."""
    audit.run()
