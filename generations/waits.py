"""How long a job under way goes on, as far as can be told: by the line, and by what was drawn of
late."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from generations import estimates, queue
from generations.estimates import Usual
from generations.models import Job
from generations.queue import Line

PATIENCE = 3.0  # seconds beyond the estimate that are nothing to speak of
STILL = 10.0  # seconds in which nobody's drawing is begun, where no estimate says that it is usual


@dataclass(frozen=True)
class Wait:
    """`left` is in seconds from now, and below zero where it should be over; `is_late` where that
    is so by much."""

    ahead: int = 0  # drawings that are waiting before this one
    usual: Usual | None = None
    left: float | None = None
    is_late: bool = False
    again_at: datetime | None = None  # when the next try begins

    @property
    def is_many(self) -> bool:
        return self.ahead >= queue.MANY

    @property
    def patience(self) -> float:
        """So many seconds later than expected is still usual. js/clocks.js counts by it, too."""
        return patience(self.usual) if self.usual else PATIENCE


def patience(usual: Usual) -> float:
    return max(PATIENCE, usual.middle, usual.high - usual.middle)


def of(under_way: list[Job]) -> dict[UUID, Wait]:
    if not under_way:
        return {}
    now = timezone.now()
    past = estimates.of_late()
    usual = estimates.usual(past)
    queued = any(job.status == Job.Status.QUEUED for job in under_way)
    line = queue.line() if queued else Line((), 0)
    still = _still(now, line, [one.started_at for one in past])
    return {job.pk: _wait(now, job, usual.get(job.model), line, still) for job in under_way}


def _still(now: datetime, line: Line, begun: list[datetime | None]) -> float:
    """For how many seconds the line has not moved."""
    moved = filter(None, (line.first_due, line.last_begun, *begun))
    return (now - max(moved)).total_seconds() if line.first_due else 0.0


def _wait(now: datetime, job: Job, usual: Usual | None, line: Line, still: float) -> Wait:
    if job.status != Job.Status.QUEUED:
        return _drawing(now, job, usual)
    if job.available_at > now:
        return Wait(usual=usual, again_at=job.available_at)
    ahead = line.before(job.pk)
    if usual is None:
        return Wait(ahead, is_late=still > STILL)
    left = usual.middle + _turn(job, usual, line) - still
    return Wait(ahead, usual, left, is_late=left < -patience(usual))


def _turn(job: Job, usual: Usual, line: Line) -> float:
    """Seconds from when the line last moved until it is this one's turn: as those ahead are drawn,
    and no sooner than it came for the first in line, who is older by so much."""
    drawn = usual.middle * line.before(job.pk) / max(1, line.active)
    older = (job.available_at - line.first_due).total_seconds() if line.first_due else 0.0
    return max(drawn, older)


def _drawing(now: datetime, job: Job, usual: Usual | None) -> Wait:
    if usual is None:
        return Wait()
    left = usual.middle - (now - (job.started_at or now)).total_seconds()
    return Wait(usual=usual, left=left, is_late=left < -patience(usual))
