"""How much waits to be drawn."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models.functions import Now

from chatsvg import statements
from generations.models import Job

MANY = 100  # more than so many that wait are not counted

_DEPTH = """
SELECT
    count(*) FILTER (WHERE status = 'QUEUED' AND available_at <= statement_timestamp()),
    count(*) FILTER (WHERE status = 'QUEUED' AND available_at > statement_timestamp()),
    count(*) FILTER (WHERE status = 'RUNNING')
FROM generations_job WHERE status IN ('QUEUED', 'RUNNING')
"""


class Line(NamedTuple):
    """The jobs that wait to be drawn, first come first, and how many are being drawn."""

    waiting: tuple[UUID, ...]
    active: int
    first_due: datetime | None = None  # since when the first of them could have been begun
    last_begun: datetime | None = None  # of those being drawn

    def before(self, job_id: UUID) -> int:
        """How many wait before this one; MANY where it is further back than is counted."""
        return self.waiting.index(job_id) if job_id in self.waiting else len(self.waiting)


def line() -> Line:
    """Who waits, but for those whose next try is yet to come."""
    waiting = Job.objects.filter(status=Job.Status.QUEUED, available_at__lte=Now())
    first = list(waiting.order_by("available_at", "pk").values_list("pk", "available_at")[:MANY])
    running = Job.objects.filter(status=Job.Status.RUNNING)
    begun = list(running.values_list("started_at", flat=True)[:MANY])
    return Line(
        waiting=tuple(pk for pk, _ in first),
        active=len(begun),
        first_due=first[0][1] if first else None,
        last_begun=max(filter(None, begun), default=None),
    )


def depth() -> dict[str, int]:
    """Jobs by what they wait for, in the contract's words (CONTRACT §3.4)."""
    waiting, delayed, active = statements.row(_DEPTH)
    return {"waiting": waiting, "delayed": delayed, "active": active, "paused": 0}
