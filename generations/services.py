"""What a person can do about drawings."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey
from chatsvg.errors import SignedOut
from credits import services as credits
from credits.errors import InsufficientCredits
from credits.models import Plan
from credits.plans import DRAWING_PRICE
from generations import deletion, events, limits, providers, wakeups
from generations import recipe as recipes
from generations.endings import requeue, settle
from generations.errors import (
    CannotPay,
    JobEnded,
    JobMissing,
    KeyReused,
    NothingToDelete,
    NotRunning,
)
from generations.models import Generation, Job
from generations.recipe import Recipe


class Submitted(NamedTuple):
    """The job of a request, and whether the request was a repeat."""

    job: Job
    is_duplicate: bool


def read_recipe(data: Mapping[str, object]) -> Recipe:
    """The recipe in a request, against the models of this installation. Raises Invalid."""
    names = [model.name for model in providers.models()]
    return recipes.read(data, models=names, default_model=providers.default_model().name)


@transaction.atomic
def submit(
    user, recipe: Recipe, *, idempotency_key: str, api_key: ApiKey | None = None
) -> Submitted:
    """Queue a drawing and hold its price, once per idempotency key.

    A repeat names the first job and meets no limit and no charge. What an `api_key` for tests asks
    for costs nothing, and is a world of its own. Raises KeyReused if the key came with another
    recipe, TooMany, DailyLimit, MonthlyQuota, TooManyUnderWay or CannotPay; then nothing is stored
    and the key stays free.
    """
    is_test = api_key is not None and api_key.is_test
    wallet = credits.lock(user.pk)  # requests of one person queue up here
    if wallet.closed_at:
        raise SignedOut()  # deleted since this request began
    if known := _known(user, recipe, idempotency_key, is_test=is_test):
        return Submitted(known, True)
    limits.check_day(user.pk, Plan(wallet.plan), is_test=is_test)
    if not is_test:
        limits.check_month(user.pk, Plan(wallet.plan))
    if settings.RATELIMIT_ENABLED:
        limits.check_under_way(user.pk, Plan(wallet.plan))
    # asks Redis under the lock, which alone knows a repeat; bounded where Redis does not answer.
    # Last of the limits: what another one refused takes no place of this one's
    limits.take_rate(user.pk, Plan(wallet.plan))
    try:
        credits.hold(wallet, 0 if is_test else DRAWING_PRICE)
    except InsufficientCredits as short:
        raise CannotPay() from short
    return Submitted(_queue(user, recipe, idempotency_key, api_key, is_test=is_test), False)


def _queue(user, recipe: Recipe, key: str, api_key: ApiKey | None, *, is_test: bool) -> Job:
    """The new job and its first event; a worker is told on commit."""
    now = timezone.now()
    job = Job.objects.create(
        user=user,
        prompt=recipe.prompt,
        style=recipe.style,
        model=recipe.model,
        is_private=recipe.is_private,
        price=0 if is_test else DRAWING_PRICE,
        charge=Job.Charge.FREE if is_test else Job.Charge.HELD,
        is_test=is_test,
        key=api_key,
        idempotency_key=key,
        request_hash=recipe.hash,
        created_at=now,
        available_at=now,
        woken_at=now,
        deadline_at=now + timedelta(seconds=settings.JOB_DEADLINE_SECONDS),
    )
    events.record(job)
    transaction.on_commit(partial(wakeups.wake, job.pk))
    return job


def _known(user, recipe: Recipe, key: str, *, is_test: bool) -> Job | None:
    """The job that holds this key, unless it came to nothing and the key is free again."""
    held = Job.objects.owned_by(user).exclude(status__in=[Job.Status.FAILED, Job.Status.CANCELED])
    same = held.filter(is_test=is_test, idempotency_key=key)
    job = same.select_related("generation").first()
    if job and job.request_hash != recipe.hash:
        raise KeyReused()
    return job


@transaction.atomic
def cancel(user, job_id) -> Job:
    """Stop a job and give its price back. A repeat changes nothing.

    The worker that draws it notices within a second, by its lease, and closes the model's
    connection. Raises JobMissing, or JobEnded where it has succeeded or failed.
    """
    job = Job.objects.owned_by(user).select_for_update().filter(pk=job_id).first()
    if job is None:
        raise JobMissing()
    if job.status == Job.Status.CANCELED:
        return job
    if job.has_ended:
        raise JobEnded()
    settle(job, Job.Status.CANCELED, code="CANCELED")
    return job


@transaction.atomic
def requeue_lost(job_id) -> Job:
    """Take a running job from its worker and give it another try; for staff.

    Raises JobMissing, or NotRunning where it does not run or has no try left.
    """
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise JobMissing()
    if job.status != Job.Status.RUNNING or not requeue(job, code="WORKER_LOST"):
        raise NotRunning()
    return job


@transaction.atomic
def delete_drawing(user, generation_id) -> None:
    """Delete a drawing. Its object in storage is deleted by the sweep, as soon as storage answers.

    The job that made it stays, and what it cost is not given back. Raises NothingToDelete where it
    is not theirs, or gone.
    """
    if not deletion.delete(Generation.objects.owned_by(user).filter(pk=generation_id)):
        raise NothingToDelete()
