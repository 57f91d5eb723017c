"""Jobs as pages show them: on the page where drawings are made, and in the tray of all others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from generations import advice, backlog, dismissals, waits
from generations.advice import Advice
from generations.choices import STYLES
from generations.errors import sentence
from generations.models import Job
from generations.models.jobs import JobQuerySet
from generations.pictures import Picture, model_label, picture
from generations.waits import Wait

STAGES = {
    Job.Stage.WAITING: "Waiting",
    Job.Stage.DRAWING: "Drawing",
    Job.Stage.ANSWERED: "Checking & saving",
    Job.Stage.DONE: "Done",
}
LATELY = timedelta(hours=1)  # jobs asked for longer ago have ended, and are no news
NEWS = timedelta(minutes=5)  # how long the end of one is
LOOKED_AT = 50  # jobs
POLL_SECONDS = 2
IN_TRAY, ENDED_IN_TRAY = 6, 3
FAILED_ON_DESK = 6


@dataclass(frozen=True)
class Card:
    """One job, as a page shows it."""

    job: Job
    style: str
    model: str
    stages: tuple[tuple[str, str, str], ...]  # name, label, and done, now or ahead
    wait: Wait
    again: str  # why it is being tried again
    trouble: Advice | None
    returned: str  # what became of its credit
    picture: Picture | None
    seconds: float | None
    key: str = field(default_factory=lambda: str(uuid4()))  # for another try

    @property
    def poll_seconds(self) -> int:
        """When to look at it again."""
        return backlog.pause(POLL_SECONDS)


def card(job: Job, wait: Wait | None = None) -> Card:
    ended = job.finished_at
    return Card(
        job=job,
        style=STYLES.get(job.style, job.style),
        model=model_label(job.model),
        stages=_stages(job),
        wait=wait or Wait(),
        again="" if job.has_ended else sentence(job.error_code, has_ended=False) or "",
        trouble=advice.of_ending(job),
        returned=advice.RETURNED[Job.Charge(job.charge)],
        picture=picture(job.generation) if job.generation else None,
        seconds=(ended - job.created_at).total_seconds() if ended else None,
    )


def _stages(job: Job) -> tuple[tuple[str, str, str], ...]:
    names = list(STAGES)
    at = len(names) if job.stage == Job.Stage.DONE else names.index(Job.Stage(job.stage))
    states = ["done" if i < at else "now" if i == at else "ahead" for i in range(len(names))]
    return tuple(
        (name.value, STAGES[name], state) for name, state in zip(names, states, strict=True)
    )


def of(jobs: Iterable[Job]) -> list[Card]:
    """Their cards, newest first, with how long those under way go on."""
    newest = sorted(jobs, key=lambda job: (job.created_at, job.pk), reverse=True)
    told = waits.of([job for job in newest if not job.has_ended])
    return [card(job, told.get(job.pk)) for job in newest]


def find(user, job_id: UUID) -> Job | None:
    """A job of this person's, with its drawing."""
    return _jobs(user).filter(pk=job_id).first()


def on_desk(user, dismissed: Collection[str], chosen: Job | None = None) -> list[Card]:
    """The chosen job, those under way, and those that failed just now; newest first."""
    jobs = [job for job in _lately(user) if _is_open(job, dismissed)]
    over = [job for job in jobs if job.has_ended][FAILED_ON_DESK:]
    shown = {job.pk: job for job in jobs if job not in over}
    if chosen:
        shown[chosen.pk] = chosen
    return of(shown.values())


def in_tray(user, dismissed: Collection[str]) -> list[Card]:
    """The jobs under way and those that ended just now, newest first."""
    jobs = _lately(user)
    shown = [job for job in jobs if _is_open(job, dismissed) or _is_drawn(job, dismissed)]
    over = [job for job in shown if job.has_ended][ENDED_IN_TRAY:]
    return [card(job) for job in shown if job not in over][:IN_TRAY]


def _is_open(job: Job, dismissed: Collection[str]) -> bool:
    """Whether something can still be done about it: wait for it, or try it again."""
    has_failed = job.status == Job.Status.FAILED and _is_news(job, dismissed)
    return not job.has_ended or has_failed


def _is_drawn(job: Job, dismissed: Collection[str]) -> bool:
    return job.generation is not None and _is_news(job, dismissed)


def _is_news(job: Job, dismissed: Collection[str]) -> bool:
    is_recent = job.finished_at is not None and job.finished_at > timezone.now() - NEWS
    return is_recent and dismissals.mark(job.pk) not in dismissed


def _lately(user) -> list[Job]:
    """What they asked for of late, by hand: programs with keys of theirs fill no page."""
    since = timezone.now() - LATELY
    mine = _jobs(user).filter(created_at__gte=since, key=None)
    return list(mine.order_by("-created_at", "-id")[:LOOKED_AT])


def _jobs(user) -> JobQuerySet:
    return Job.objects.owned_by(user).select_related("generation").defer("generation__svg")
