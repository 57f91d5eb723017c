"""What a person can do about drawings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, User
from chatsvg import logs
from chatsvg.errors import SignedOut
from chatsvg.telemetry import tracing
from credits import services as credits
from credits.errors import InsufficientCredits
from credits.models import Plan
from credits.plans import DRAWING_PRICE
from generations import (
    backlog,
    deletion,
    events,
    limits,
    moderation,
    providers,
    publishing,
    remixing,
    repeats,
    wakeups,
)
from generations import recipe as recipes
from generations.endings import requeue, settle
from generations.errors import (
    CannotPay,
    DrawingMissing,
    JobEnded,
    JobMissing,
    KeyReused,
    NothingToDelete,
    NotModerated,
    NotRunning,
    PromptRejected,
    StaysPrivate,
)
from generations.models import Generation, Job
from generations.recipe import Recipe


class Submitted(NamedTuple):
    """The job of a request, and whether the request was a repeat."""

    job: Job
    is_duplicate: bool


class SubmittedAll(NamedTuple):
    """The jobs of a request for several drawings, and whether the request was a repeat."""

    jobs: list[Job]
    is_duplicate: bool


@dataclass(frozen=True)
class _Order:
    """So many drawings of one recipe, asked for with one key."""

    user: User
    recipe: Recipe
    key: str
    count: int
    api_key: ApiKey | None
    remix_of: UUID | None = None

    @property
    def is_test(self) -> bool:
        return self.api_key is not None and self.api_key.is_test

    @property
    def price(self) -> int:
        """Of each drawing, in credits."""
        return 0 if self.is_test else DRAWING_PRICE


def read_recipe(data: Mapping[str, object]) -> Recipe:
    """The recipe in a request, against the models of this installation. Raises Invalid."""
    names = [model.name for model in providers.models()]
    return recipes.read(data, models=names, default_model=providers.default_model().name)


def submit(
    user: User,
    recipe: Recipe,
    *,
    idempotency_key: str,
    api_key: ApiKey | None = None,
    wakes: bool = True,
    remix_of: UUID | None = None,
) -> Submitted:
    """Queue a drawing and hold its price, once per idempotency key.

    A repeat names the first job and meets no limit and no charge. What an `api_key` for tests asks
    for costs nothing, and is a world of its own. Who carries the job out themselves wakes no worker
    for it. `remix_of` is the drawing whose recipe was changed to this one: their own, or a public
    one. Raises PromptRejected, NotModerated, KeyReused if the key came with another recipe,
    RemixMissing, TooBusy, TooMany, DailyLimit, MonthlyQuota, TooManyUnderWay or CannotPay; then
    nothing is stored and the key stays free.
    """
    order = _Order(user, recipe, idempotency_key, 1, api_key, remix_of)
    submitted = _place(order, wakes=wakes)
    return Submitted(submitted.jobs[0], submitted.is_duplicate)


def submit_again(user: User, recipe: Recipe, *, idempotency_key: str) -> Job:
    """As `submit`, of what was moderated when it was first asked for."""
    return _submit(_Order(user, recipe, idempotency_key, 1, None), wakes=True).jobs[0]


def submit_all(
    user: User,
    recipe: Recipe,
    *,
    count: int,
    idempotency_key: str,
    api_key: ApiKey | None = None,
) -> SubmittedAll:
    """Queue `count` drawings, each a job of its own, as `submit` does: all of them or none.

    The key is that of the request as a whole. A repeat names the same jobs, also those that came to
    nothing, unless all of them have.
    """
    return _place(_Order(user, recipe, idempotency_key, count, api_key))


def _place(order: _Order, *, wakes: bool = True) -> SubmittedAll:
    if settings.MODERATION and (jobs := _known(order) or _moderated(order)):
        return SubmittedAll(jobs, True)
    return _submit(order, wakes=wakes)


def _moderated(order: _Order) -> list[Job]:
    """Nothing where the prompt may be drawn. Else, once more, whether this is a repeat: it could
    have come while its first was on its way."""
    try:
        moderation.check(order.recipe.prompt)
    except (PromptRejected, NotModerated):
        if jobs := _known(order):
            return jobs
        raise
    return []


@transaction.atomic
def _submit(order: _Order, *, wakes: bool) -> SubmittedAll:
    wallet = credits.lock(order.user.pk)  # requests of one person queue up here
    if wallet.closed_at:
        raise SignedOut()  # deleted since this request began
    if known := _known(order):
        return SubmittedAll(known, True)
    _check_parent(order)
    if wakes:  # else it waits in no line
        backlog.check(Plan(wallet.plan))
    _check_limits(order, Plan(wallet.plan))
    try:
        credits.hold(wallet, order.count * order.price)
    except InsufficientCredits as short:
        raise CannotPay() from short
    jobs = _queue(order)
    if wakes:
        for job in jobs:
            transaction.on_commit(partial(wakeups.wake, job.pk))
    return SubmittedAll(jobs, False)


def _check_parent(order: _Order) -> None:
    if order.remix_of:
        remixing.parent(order.user, order.remix_of)


def _check_limits(order: _Order, plan: Plan) -> None:
    limits.check(order.user.pk, plan, is_test=order.is_test, count=order.count)
    # asks Redis under the lock, which alone knows a repeat; bounded where Redis does not answer.
    # Last of the limits: what another one refused takes no place of this one's
    limits.take_rate(order.user.pk, plan, count=order.count)


def _queue(order: _Order) -> list[Job]:
    """The new jobs, each with its first event."""
    now = timezone.now()
    keys = recipes.unit_keys(order.key)[: order.count]
    jobs = [_job(order, key, at=now) for key in keys]
    for job in jobs:
        events.begin(job)
    return jobs


def _job(order: _Order, key: str, *, at: datetime) -> Job:
    return Job(
        user=order.user,
        prompt=order.recipe.prompt,
        style=order.recipe.style,
        model=order.recipe.model,
        is_private=order.recipe.is_private,
        price=order.price,
        charge=Job.Charge.FREE if order.is_test else Job.Charge.HELD,
        is_test=order.is_test,
        key=order.api_key,
        idempotency_key=key,
        request_hash=order.recipe.hash_of(order.count),
        remix_of_id=order.remix_of,
        request_id=logs.request_id(),
        traceparent=tracing.traceparent(),
        created_at=at,
        available_at=at,
        woken_at=at,
        deadline_at=at + timedelta(seconds=settings.JOB_DEADLINE_SECONDS),
    )


def _known(order: _Order) -> list[Job]:
    """The jobs that hold this key, unless all came to nothing and the key is free again."""
    keys = recipes.unit_keys(order.key)
    job = repeats.first(order.user.pk, keys, is_test=order.is_test)
    if job is None:
        return []
    if job.request_hash != order.recipe.hash_of(order.count):
        raise KeyReused()
    if order.count == 1:
        return [job]
    mine = Job.objects.owned_by(order.user).filter(is_test=order.is_test, idempotency_key__in=keys)
    whole = mine.filter(created_at=job.created_at).select_related("generation")
    return sorted(whole, key=lambda one: keys.index(one.idempotency_key))


@transaction.atomic
def cancel(user, job_id, *, is_test: bool | None = None) -> Job:
    """Stop a job and give its price back. A repeat changes nothing. `is_test` says of which world
    the job has to be.

    The worker that draws it notices within a second, by its lease, and closes the model's
    connection. Raises JobMissing, or JobEnded where it has succeeded or failed.
    """
    mine = Job.objects.owned_by(user)
    if is_test is not None:
        mine = mine.filter(is_test=is_test)
    job = mine.select_for_update().filter(pk=job_id).first()
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
def publish(user, drawing_id: UUID) -> Generation:
    """Show a drawing of theirs to everybody, in the gallery too. A repeat changes nothing.

    Raises DrawingMissing where it is not theirs, or gone; StaysPrivate where it is of a test.
    """
    drawing = _to_change(user, drawing_id)
    if not drawing.credits_used:
        raise StaysPrivate()
    publishing.show(drawing)
    return drawing


@transaction.atomic
def unpublish(user, drawing_id: UUID) -> Generation:
    """Show a drawing of theirs to nobody else any more. A repeat changes nothing.

    Raises DrawingMissing where it is not theirs, or gone.
    """
    drawing = _to_change(user, drawing_id)
    publishing.hide(drawing)
    return drawing


def _to_change(user, drawing_id: UUID) -> Generation:
    """Theirs, and locked. Raises DrawingMissing."""
    mine = Generation.objects.owned_by(user).defer("svg").select_for_update()
    drawing = mine.filter(pk=drawing_id).first()
    if drawing is None:
        raise DrawingMissing()
    return drawing


@transaction.atomic
def delete_drawing(user, generation_id, *, is_test: bool | None = None) -> None:
    """Delete a drawing, of a test or not where `is_test` says so. Its object in storage is deleted
    by the sweep, as soon as storage answers.

    The job that made it stays, and what it cost is not given back. Raises NothingToDelete where it
    is not theirs, or gone.
    """
    mine = Generation.objects.owned_by(user)
    if is_test is not None:
        mine = mine.of_tests() if is_test else mine.for_real()
    if not deletion.delete(mine.filter(pk=generation_id)):
        raise NothingToDelete()
