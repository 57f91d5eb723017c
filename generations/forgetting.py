"""What is forgotten of jobs after a while. The jobs stay, and so does what each of them cost."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from chatsvg import retention
from chatsvg.connection import unhurried
from generations.models import Attempt, JobEvent
from generations.models.jobs import SAID

BATCH = 2_000


def events() -> int:
    """Forget the log of every job that was asked for more than EVENTS_DAYS ago, as a whole; say how
    many rows. Looked for among the oldest rows alone: nothing older is behind newer ones."""
    first_kept = retention.first_id(retention.limit(settings.EVENTS_DAYS))
    gone = 0
    while batch := _forget(first_kept):
        gone += batch
    return gone


def _forget(first_kept: UUID) -> int:
    oldest = JobEvent.objects.order_by("pk").values_list("job_id", flat=True)[:BATCH]
    old = {job_id for job_id in oldest if job_id < first_kept}
    ended = JobEvent.objects.filter(job__in=old, job__finished_at__isnull=False)
    return ended.delete()[0] if old else 0


def answers() -> int:
    """Leave of the calls of models of more than ATTEMPTS_DAYS ago what they were, took and cost,
    but not what was said; say how many. Looked for among the oldest of which something is left."""
    limit = retention.limit(settings.ATTEMPTS_DAYS)
    done, last = 0, 0
    with unhurried():
        while keys := _said(before=limit, after=last):
            Attempt.objects.filter(pk__in=keys).update(answer="", raw_error="")
            done, last = done + len(keys), keys[-1]
    return done


def _said(*, before: datetime, after: int) -> list[int]:
    oldest = Attempt.objects.filter(SAID, pk__gt=after).order_by("pk")[:BATCH]
    return [pk for pk, at in oldest.values_list("pk", "started_at") if at < before]
