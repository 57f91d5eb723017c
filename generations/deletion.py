"""Drawings that go, one by one or with their person. The ledger and the bare jobs stay."""

from django.db import transaction
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from accounts import doomed
from accounts.keys import replies
from credits import services as credits
from generations.endings import settle
from generations.gallery import gaps, news
from generations.models import Attempt, Generation, Job
from generations.models.drawings import GenerationQuerySet

BATCH = 500
TRIES = 20
_NEEDED = (
    *("pk", "storage_key", "user", "style", "model"),
    *("is_private", "created_at", "discarded_at"),
)


class _OneMore(Exception):
    """A job was asked for while the others were being ended."""


def delete(drawings: GenerationQuerySet) -> int:
    """Delete up to BATCH of them, inside the caller's transaction; say how many.

    Their objects in storage follow. The jobs that made them stay, without a drawing.
    """
    rows = list(drawings.only(*_NEEDED).select_for_update()[:BATCH])
    doomed.doom(row.storage_key for row in rows)
    Generation.everything.filter(pk__in=[row.pk for row in rows]).only("pk").delete()
    gaps.leave(rows)
    replies.forget_told({row.user_id for row in rows}, [str(row.pk) for row in rows])
    news.changed((row.style, row.model) for row in rows if _is_shown(row))
    return len(rows)


def _is_shown(row: Generation) -> bool:
    return not row.is_private and row.discarded_at is None


@transaction.atomic
def forget(user) -> None:
    """Leave nothing of what somebody asked for and got. May be repeated: what came late goes then.

    Jobs under way are canceled and cost nothing; the wallet is closed.
    """
    _end_jobs(user)
    while delete(Generation.everything.owned_by(user)):
        pass
    gaps.forget(user)
    _blank(user)


def _end_jobs(user) -> None:
    """Cancel what is under way and close the wallet, so that nothing can begin any more.

    Locks are taken in everybody's order: jobs, then the wallet. A job that began between the two
    means going back: the end of the savepoint lets go of all of them. Nothing is written before
    that is sure, for who waits for a row that was written waits until the transaction ends.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _cancel_and_close(user)
        except _OneMore:
            continue
    raise RuntimeError("jobs kept beginning")


def _cancel_and_close(user) -> None:
    mine = Job.objects.owned_by(user).under_way()
    jobs = list(mine.order_by("pk").select_for_update())
    credits.lock(user.pk)
    if mine.exclude(pk__in=[job.pk for job in jobs]).exists():
        raise _OneMore()
    for job in jobs:
        settle(job, Job.Status.CANCELED, code="CANCELED")
    credits.close(user.pk)


def _blank(user) -> None:
    """Take the words out of jobs and attempts; the figures of both stay for the books."""
    written = Q(prompt="", request_hash="")
    Job.objects.owned_by(user).exclude(written).update(
        prompt="", request_hash="", idempotency_key=Cast("pk", CharField())
    )
    said = Q(answer="", raw_error="", notes=[])
    Attempt.objects.filter(job__user=user).exclude(said).update(answer="", raw_error="", notes=[])
