"""What members of staff can do about somebody's jobs and drawings."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from credits import services as credits
from credits.errors import NotACharge
from credits.models import Entry
from credits.plans import DRAWING_PRICE
from generations import publishing, services
from generations.errors import DrawingMissing, JobEnded, JobMissing, NothingToRetry
from generations.models import Generation, Job
from generations.recipe import Recipe
from generations.signals import drawing_unpublished, job_stopped


@transaction.atomic
def retry(job: Job, *, staff: User, reason: str, once: UUID) -> Job:
    """A new job with the recipe of one that has ended, at our expense: the credit that it will cost
    is given first. The old one, and what became of its price, stay as they are.

    Raises NothingToRetry, WalletClosed, or what `services.submit` refuses for.
    """
    if job.is_test or not job.prompt or not job.has_ended:
        raise NothingToRetry()
    credits.grant_by_staff(
        job.user_id, DRAWING_PRICE, staff=staff, reason=reason, once=str(once), is_told=False
    )
    recipe = Recipe(job.prompt, job.style, job.model, job.is_private)
    return services.submit_again(job.user, recipe, idempotency_key=f"staff-{once}")


@transaction.atomic
def cancel(job: Job) -> Job:
    """As its person would; they are told, but where they were quicker. Raises JobMissing or
    JobEnded."""
    if _locked(job).has_ended:
        raise JobEnded()
    canceled = services.cancel(job.user, job.pk)
    job_stopped.send(Job, job=canceled)
    return canceled


@transaction.atomic
def refund(job: Job, *, staff: User, reason: str) -> Entry:
    """Give back, once, what a job cost that stays as it is. Raises JobMissing, WalletClosed,
    RefundedAlready, or NotACharge where it cost nothing, or may cost nothing yet."""
    if not _locked(job).has_ended:
        raise NotACharge("This job is under way: if it comes to nothing, its price comes back.")
    charge = Entry.objects.filter(kind=Entry.Kind.CAPTURE, reference=job.reference).first()
    if charge is None:
        raise NotACharge("This job was never charged: there is nothing to give back.")
    return credits.refund_by_staff(charge, staff=staff, reason=reason)


def _locked(job: Job) -> Job:
    """As it is now, and stays until the end of the transaction. Raises JobMissing."""
    found = Job.objects.select_for_update().filter(pk=job.pk).first()
    if found is None:
        raise JobMissing()
    return found


@transaction.atomic
def unpublish(drawing: Generation, *, once: UUID) -> None:
    """Take a drawing out of the gallery; its person keeps it, and is told. Raises DrawingMissing
    where it is not public."""
    shown = Generation.objects.public().select_for_update().defer("svg")
    found = shown.filter(pk=drawing.pk).first()
    if found is None:
        raise DrawingMissing("This drawing is not public.")
    publishing.hide(found)
    drawing_unpublished.send(Generation, drawing=found, once=once)
