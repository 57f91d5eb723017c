"""What /metrics says of jobs and of the ledger."""

from collections.abc import Iterator

from django.db.models import Min
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from generations.models import AuditRun, Job


def read() -> Iterator[Metric]:
    yield from _under_way()
    yield from _last_audit()


def _under_way() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("chatsvg_jobs", "Jobs that have not ended.", labels=["status"])
    age = GaugeMetricFamily(
        "chatsvg_queue_age_seconds", "How long the job that is due longest has waited for a worker."
    )
    for status in (Job.Status.QUEUED, Job.Status.RUNNING):
        jobs.add_metric([status.lower()], Job.objects.filter(status=status).count())
    waiting = Job.objects.filter(status=Job.Status.QUEUED)
    now = timezone.now()
    due = waiting.aggregate(first=Min("available_at"))["first"] or now
    age.add_metric([], max((now - due).total_seconds(), 0.0))
    yield from (jobs, age)


def _last_audit() -> Iterator[Metric]:
    """Nothing before the first audit: an alert asks for the time as well."""
    drift = GaugeMetricFamily("chatsvg_audit_faults", "Rows that broke an invariant.")
    at = GaugeMetricFamily("chatsvg_audit_timestamp_seconds", "When the last audit was.")
    if last := AuditRun.objects.order_by("-at").first():
        drift.add_metric([], last.faults)
        at.add_metric([], last.at.timestamp())
    yield from (drift, at)
