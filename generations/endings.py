"""How a try ends without a drawing: another try, or an end that returns the price."""

from datetime import timedelta

from django.utils import timezone

from credits import services as credits
from generations import events
from generations.models import Job

MAX_TRIES = 3
RETURNED = {
    Job.Charge.HELD: Job.Charge.RELEASED,
    Job.Charge.CAPTURED: Job.Charge.REFUNDED,
    Job.Charge.FREE: Job.Charge.FREE,
}
WORTH_STARTING = timedelta(seconds=5)  # less time than this before the deadline is no try


def requeue(job: Job, *, code: str, delay: float = 0) -> bool:
    """Give `job`, whose row the caller has locked, another try after `delay` seconds.

    False, and nothing done, where it has had its tries or its deadline leaves no time. The sweep
    wakes a worker for it.
    """
    now = timezone.now()
    available = now + timedelta(seconds=delay)
    if job.attempt >= MAX_TRIES or available + WORTH_STARTING > job.deadline_at:
        return False
    job.status, job.stage = Job.Status.QUEUED, Job.Stage.WAITING
    job.error_code = code
    job.lease_expires_at = job.woken_at = None
    job.available_at = available
    job.save(
        update_fields=[
            "status",
            "stage",
            "error_code",
            "lease_expires_at",
            "woken_at",
            "available_at",
        ]
    )
    events.record(job, retry_at=available)
    return True


def settle(job: Job, status: Job.Status, *, code: str) -> None:
    """End `job`, whose row the caller has locked in an open transaction, and return its price."""
    paid = job.charge
    job.status = status
    job.error_code = code
    job.finished_at = timezone.now()
    job.lease_expires_at = None
    job.charge = RETURNED[Job.Charge(paid)]
    job.save(update_fields=["status", "error_code", "finished_at", "lease_expires_at", "charge"])
    if paid == Job.Charge.CAPTURED:
        credits.refund(job.user_id, reference=job.reference)
    elif paid == Job.Charge.HELD:
        credits.release(job.user_id, job.price)
    events.record(job)
