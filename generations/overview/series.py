"""How it has gone lately, day by day and code by code. Ids begin with the time, so the rows of a
time are read by the primary key's index, however many came before."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from generations.models import Attempt, AuditRun, Job

DAYS = 30
OUTCOMES = ("succeeded", "failed", "canceled")
Status = Job.Status


class Day(NamedTuple):
    day: date
    succeeded: int
    failed: int
    canceled: int
    cost: Decimal


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
    costs = _costs(since)
    every = [(since + timedelta(days=number)).date() for number in range(DAYS)]
    none = dict.fromkeys(OUTCOMES, 0)
    return [Day(one, **counted.get(one, none), cost=costs.get(one, Decimal())) for one in every]


def _counted(since: datetime) -> dict[date, dict[str, int]]:
    rows: Any = (
        Job.objects.filter(pk__gte=first_id(since))
        .order_by()
        .values(day=TruncDate("created_at"))
        .annotate(
            succeeded=Count("pk", filter=Q(status=Status.SUCCEEDED)),
            failed=Count("pk", filter=Q(status=Status.FAILED)),
            canceled=Count("pk", filter=Q(status=Status.CANCELED)),
        )
    )
    return {row["day"]: {name: row[name] for name in OUTCOMES} for row in rows}


def _costs(since: datetime) -> dict[date, Decimal]:
    """In dollars, of the calls whose cost is known."""
    rows = (
        Attempt.objects.filter(job__gte=first_id(since))
        .order_by()
        .values(day=TruncDate("started_at"))
        .annotate(cost=Sum("cost_usd"))
    )
    return {row["day"]: row["cost"] or Decimal() for row in rows}


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
