"""Drawings put away by their person: gone for everybody at once, back just as they were where that
is wished for in time, and otherwise deleted by the sweep.

Whether one comes back or goes is decided by its row's lock: who waits for it looks again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from accounts.keys import replies
from generations import deletion
from generations.gallery import news
from generations.models import Generation, Job
from generations.models.drawings import GenerationQuerySet

OFFERED_SECONDS = 10  # that people are told of
BACK = timedelta(seconds=15)  # theirs, and some for slow lines
KEPT = timedelta(seconds=20)  # more than BACK: nobody finds a drawing half gone

_NEEDED = ("pk", "style", "model", "is_private", "discarded_at")
_NAME_AGAIN = """
UPDATE generations_job AS job SET generation_id = made.id FROM generations_generation AS made
WHERE made.id = ANY(%s) AND job.id = made.discarded_job AND job.generation_id IS NULL
"""


class Discarded(NamedTuple):
    """What went in one go, and when: `at` is how it is called back."""

    ids: list[UUID]
    at: datetime


def discard(user, drawing_ids: Collection[UUID]) -> Discarded | None:
    """Put away those of these drawings that are theirs; None where none is."""
    with transaction.atomic():
        mine = Generation.objects.owned_by(user).filter(pk__in=drawing_ids)
        rows = list(_locked(mine.annotate(now=Now())))
        if not rows:
            return None
        ids, at = [row.pk for row in rows], rows[0].now  # type: ignore[attr-defined]  # by annotate
        made_by = Job.objects.filter(generation=OuterRef("pk")).values("pk")
        same = Generation.objects.filter(pk__in=ids)
        same.update(discarded_at=at, discarded_job=Subquery(made_by))
        Job.objects.filter(generation__in=ids).update(generation=None)
        replies.forget_told({user.pk}, map(str, ids))
        _tell(rows)
    return Discarded(ids, at)


def restore(user, drawing_id: UUID) -> bool:
    """Bring back one of their drawings; say whether it went, and not longer than BACK ago."""
    return bool(_restore(restorable(user).filter(pk=drawing_id)))


def restore_all(user, at: datetime) -> list[UUID]:
    """Bring back all of theirs that went `at` a time, and not longer than BACK ago."""
    return _restore(restorable(user).filter(discarded_at=at))


def _restore(drawings: GenerationQuerySet) -> list[UUID]:
    with transaction.atomic():
        rows = list(_locked(drawings))
        ids = [row.pk for row in rows]
        if ids:
            _name_again(ids)
            Generation.everything.filter(pk__in=ids).update(discarded_at=None, discarded_job=None)
            _tell(rows)
    return ids


def restorable(user) -> GenerationQuerySet:
    """Their drawings that may still be brought back."""
    return Generation.everything.owned_by(user).filter(discarded_at__gt=Now() - BACK)


def purge() -> None:
    """Delete those that nobody called back, a batch of them."""
    gone = Generation.everything.filter(discarded_at__lt=Now() - KEPT)
    if gone.exists():
        with transaction.atomic():
            deletion.delete(gone)


def _locked(drawings: GenerationQuerySet) -> GenerationQuerySet:
    """In everybody's order, so that two who want the same ones never wait for each other."""
    return drawings.only(*_NEEDED).select_for_update(of=("self",)).order_by("pk")


def _name_again(ids: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NAME_AGAIN, [ids])


def _tell(rows: list[Generation]) -> None:
    news.changed((row.style, row.model) for row in rows if not row.is_private)
