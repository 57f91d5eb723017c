"""Everything that must be true of jobs and credits, one question each."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Now

from chatsvg import retention
from chatsvg.connection import unhurried
from credits import services as credits
from credits.models import Entry, Wallet
from generations.models import AuditRun, Job, JobEvent

logger = logging.getLogger(__name__)
SHOWN = 10  # faults of one invariant that are shown or kept


class Finding(NamedTuple):
    """What one invariant says: its name, and a line for each row that breaks it."""

    name: str
    faults: list[str]


def findings() -> Iterator[Finding]:
    """Every invariant in turn. No fault anywhere means that nothing was lost or charged twice."""
    yield Finding("balances equal the sum of their entries", [_drift(x) for x in credits.audit()])
    yield Finding("held credits equal the price of jobs not yet charged", _held())
    yield Finding("every charged job has one capture entry", _entries("capture", _charged()))
    yield Finding("every refunded job has one refund entry", _entries("refund", _refunded()))
    yield Finding("no job is past its deadline", _names(_overdue()))
    yield Finding("every succeeded job has its drawing, unless it was deleted", _names(_empty()))
    yield Finding("job logs have no gaps", _gaps())


def _drift(drift: credits.Drift) -> str:
    return f"{drift.user_id}: {drift.what}: {drift.stored} is not {drift.expected}"


def _names(jobs: QuerySet[Job]) -> list[str]:
    return [f"job {job.pk} {job.status} {job.charge}" for job in jobs.iterator()]


def _held() -> list[str]:
    queued = Job.objects.filter(user=OuterRef("pk"), charge=Job.Charge.HELD)
    price = queued.order_by().values("user").annotate(total=Sum("price")).values("total")
    wallets = Wallet.objects.annotate(
        promised=Coalesce(Subquery(price, output_field=IntegerField()), 0)
    )
    return [
        f"{wallet.pk}: held {wallet.held} is not {wallet.promised}"
        for wallet in wallets.exclude(promised=F("held")).iterator()
    ]


def _reference(before: str = "") -> Concat:
    return Concat(Value(f"{before}job:"), Cast("pk", CharField()))


def _charged() -> Q:
    return Q(charge__in=[Job.Charge.CAPTURED, Job.Charge.REFUNDED])


def _refunded() -> Q:
    return Q(charge=Job.Charge.REFUNDED)


def _entries(kind: str, expected: Q) -> list[str]:
    """Jobs that have an entry of `kind` and should not, or should and have none. One of staff will
    do: they may have given back what was charged before the job came to nothing."""
    entries = Entry.objects.filter(kind=kind)
    ours, theirs = (entries.filter(reference=OuterRef(name)) for name in ("name", "staffs"))
    jobs = Job.objects.annotate(name=_reference(), staffs=_reference("staff:"))
    jobs = jobs.annotate(posted=Exists(ours), by_staff=Exists(theirs))
    none_or_both = Q(posted=F("by_staff"))
    return _names(jobs.filter((expected & none_or_both) | (~expected & Q(posted=True))))


def _overdue() -> QuerySet[Job]:
    late = timedelta(seconds=settings.SWEEP_SECONDS + 5)
    return Job.objects.under_way().filter(deadline_at__lt=Now() - late)


def _empty() -> QuerySet[Job]:
    """Succeeded with an empty drawing, or without a trace of one: deleting leaves the event."""
    done = JobEvent.objects.filter(job=OuterRef("pk"), status=Job.Status.SUCCEEDED)
    succeeded = Job.objects.filter(status=Job.Status.SUCCEEDED)
    return succeeded.filter(_has_log() & ~Exists(done) | Q(generation__svg=""))


def _gaps() -> list[str]:
    jobs = Job.objects.annotate(logged=Count("events"), last=Max("events__seq"))
    return _names(jobs.filter(_has_log() & Q(logged=0) | ~Q(logged=F("last"))))


def _has_log() -> Q:
    """Of older jobs it is forgotten, as a whole: also what a smaller EVENTS_DAYS once forgot."""
    first_kept = retention.first_id(retention.limit(settings.EVENTS_DAYS))
    oldest = JobEvent.objects.order_by("pk").values_list("job_id", flat=True).first()
    return Q(pk__gte=max(first_kept, oldest or first_kept))


def run() -> AuditRun:
    """Check everything and keep what was found; drift is an error in the log."""
    with unhurried():
        found = {name: faults for name, faults in findings() if faults}
    for name, faults in found.items():
        logger.error("audit.drift invariant=%r faults=%s first=%r", name, len(faults), faults[0])
    return AuditRun.objects.create(
        faults=sum(len(faults) for faults in found.values()),
        details={name: faults[:SHOWN] for name, faults in found.items()},
    )
