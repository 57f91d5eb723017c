"""How it has gone lately, day by day and code by code. Ids begin with the time, so the rows of a
time are read by the primary key's index, however many came before."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Avg, Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from generations.models import Attempt, AuditRun, Job
from generations.overview.figures import Percentile95, took

DAYS = 30
NO_JOBS: dict[str, Any] = dict.fromkeys(("succeeded", "failed", "canceled", "people"), 0)
NO_CALLS: dict[str, Any] = {
    "cost": Decimal(),
    "prompts": 0,
    "completions": 0,
    "took": None,
    "p95": None,
}
Status = Job.Status


class Day(NamedTuple):
    """`people` asked for something; the rest is of models' calls: dollars, tokens, and the seconds
    until they answered, None where none did."""

    day: date
    succeeded: int
    failed: int
    canceled: int
    people: int
    cost: Decimal
    prompts: int
    completions: int
    took: float | None
    p95: float | None


class Now(NamedTuple):
    """`waited`: for how long the first in the queue could have begun, if somebody waits."""

    queued: int
    running: int
    waited: timedelta | None


def days() -> list[Day]:
    """The last DAYS, today included; those without a job too."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=DAYS - 1)
    counted = _counted(since)
    calls = _calls(since)
    every = [(since + timedelta(days=number)).date() for number in range(DAYS)]
    return [Day(one, **counted.get(one, NO_JOBS), **calls.get(one, NO_CALLS)) for one in every]


def _counted(since: datetime) -> dict[date, dict[str, Any]]:
    rows: Any = (
        Job.objects.filter(pk__gte=first_id(since))
        .order_by()
        .values(day=TruncDate("created_at"))
        .annotate(
            succeeded=Count("pk", filter=Q(status=Status.SUCCEEDED)),
            failed=Count("pk", filter=Q(status=Status.FAILED)),
            canceled=Count("pk", filter=Q(status=Status.CANCELED)),
            people=Count("user", distinct=True),
        )
    )
    return {row.pop("day"): row for row in rows}


def _calls(since: datetime) -> dict[date, dict[str, Any]]:
    """What is not known of a call is left out."""
    answered = Q(outcome=Attempt.Outcome.ANSWERED)
    rows: Any = (
        Attempt.objects.filter(job__gte=first_id(since))
        .order_by()
        .values(day=TruncDate("started_at"))
        .annotate(
            cost=Sum("cost_usd", default=Decimal()),
            prompts=Sum("prompt_tokens", default=0),
            completions=Sum("completion_tokens", default=0),
            took=Avg(took() / 1000, filter=answered),
            p95=Percentile95(took() / 1000, filter=answered),
        )
    )
    return {row.pop("day"): row for row in rows}


def failures(*, within: timedelta = timedelta(hours=24)) -> list[tuple[str, int]]:
    """Codes of the jobs of that time that failed, the most frequent first."""
    failed = Job.objects.filter(pk__gte=first_id(timezone.now() - within), status=Status.FAILED)
    rows = failed.order_by().values("error_code").annotate(times=Count("pk"))
    found = [(row["error_code"], row["times"]) for row in rows]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def now() -> Now:
    """How much is under way, and for how long the first one has waited."""
    at = timezone.now()
    found = Job.objects.under_way().aggregate(
        queued=Count("pk", filter=Q(status=Status.QUEUED)),
        running=Count("pk", filter=Q(status=Status.RUNNING)),
    )
    due = Job.objects.filter(status=Status.QUEUED, available_at__lte=at)
    first = due.order_by("available_at").values_list("available_at", flat=True).first()
    return Now(**found, waited=at - first if first else None)


def last_audit() -> AuditRun | None:
    return AuditRun.objects.order_by("-at").first()


def first_id(at: datetime) -> UUID:
    """No id that was made at that time or later is smaller."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def plain(days: list[Day]) -> list[dict[str, Any]]:
    """As JSON has it."""
    return [{**one._asdict(), "day": f"{one.day:%-d %b}", "cost": float(one.cost)} for one in days]
