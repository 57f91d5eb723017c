"""Reading a person's events in their order."""

from uuid import UUID

from generations.models import Feed, JobEvent
from realtime.events import job_updated

PAGE = 500


def latest(user_id: UUID) -> int:
    """The newest cursor of a person; 0 where nothing happened yet."""
    return Feed.objects.filter(pk=user_id).values_list("last", flat=True).first() or 0


def after(user_id: UUID, cursor: int) -> list[dict]:
    """The next messages after `cursor`, at most PAGE of them."""
    rows = JobEvent.objects.filter(user_id=user_id, cursor__gt=cursor).order_by("cursor")
    return [job_updated(event) for event in rows[:PAGE]]
