"""Reading a person's events in their order. Those of long ago are gone (EVENTS_DAYS): whoever
resumes from before that goes on with the first that there is."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from generations.models import Feed, Job, JobEvent
from realtime.events import job_updated

PAGE = 500
ASKED_WITHIN = timedelta(hours=1)  # bounds the search; no job is under way for longer


def latest(user_id: UUID) -> int:
    """The newest cursor of a person; 0 where nothing happened yet."""
    return Feed.objects.filter(pk=user_id).values_list("last", flat=True).first() or 0


def after(user_id: UUID, cursor: int) -> list[dict]:
    """The next messages after `cursor`, at most PAGE of them."""
    rows = JobEvent.objects.filter(user_id=user_id, cursor__gt=cursor).order_by("cursor")
    return [job_updated(event) for event in rows[:PAGE]]


def marked_after(user_id: UUID, cursor: int) -> list[tuple[dict, bool]]:
    """The same, each with whether its job is a test key's."""
    rows = JobEvent.objects.filter(user_id=user_id, cursor__gt=cursor).order_by("cursor")
    marked = rows.annotate(is_test=F("job__is_test"))
    return [(job_updated(event), event.is_test) for event in marked[:PAGE]]


def under_way(user_id: UUID, *, is_test: bool | None = None) -> list[tuple[str, int]]:
    """A person's jobs under way, and how far each one is; of tests alone, or without them."""
    jobs = Job.objects.under_way().filter(user_id=user_id, created_at__gt=Now() - ASKED_WITHIN)
    if is_test is not None:
        jobs = jobs.filter(is_test=is_test)
    return [(str(pk), progress) for pk, progress in jobs.values_list("pk", "progress")]
