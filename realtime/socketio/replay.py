"""What somebody who connects is told first: how the jobs stand that they may be waiting for."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Session
from generations.models import Job, JobEvent
from realtime import feed
from realtime.events import job_updated

ENDED_WITHIN = timedelta(minutes=2)
ASKED_WITHIN = timedelta(hours=1)  # bounds the search; no client waits for longer
MOST = 200  # jobs, the newest


class Standing(NamedTuple):
    """The newest cursor of a person, and the last event up to it of each such job, in order."""

    cursor: int
    messages: list[dict]


def standing(user_id: UUID, session_id: UUID) -> Standing | None:
    """How a person's jobs stand; None where their session has ended meanwhile."""
    if not Session.objects.live().filter(pk=session_id).exists():
        return None
    cursor = feed.latest(user_id)  # first: what happens from now on comes after it
    recent = Q(finished_at=None) | Q(finished_at__gt=Now() - ENDED_WITHIN)
    asked = Job.objects.filter(recent, user_id=user_id, created_at__gt=Now() - ASKED_WITHIN)
    jobs = asked.order_by("-created_at", "-id")[:MOST]
    events = JobEvent.objects.filter(job__in=jobs.values("pk"), cursor__lte=cursor)
    last = events.order_by("job_id", "-seq").distinct("job_id")
    return Standing(cursor, [job_updated(e) for e in sorted(last, key=lambda e: e.cursor)])
