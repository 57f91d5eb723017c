"""What /metrics says of jobs, of the calls of models and of the ledger."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max, Sum
from django.db.models.functions import Extract
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from generations import backlog
from generations.models import Attempt, AuditRun, Generation, Job

WINDOW = timedelta(minutes=10)
COPY_LATE = timedelta(seconds=30)
CALLS_MOST = 20_000  # the newest rows, by their key: a scrape costs the same however many there are


def read() -> Iterator[Metric]:
    yield from _under_way()
    yield from _calls()
    yield from _last_audit()
    yield _copies()


def _under_way() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("chatsvg_jobs", "Jobs that have not ended.", labels=["status"])
    stages = GaugeMetricFamily(
        "chatsvg_jobs_running", "Jobs that run, by how far they are.", labels=["stage"]
    )
    running = Job.objects.filter(status=Job.Status.RUNNING).order_by()
    found = dict(running.values_list("stage").annotate(Count("pk")))
    for stage in (Job.Stage.DRAWING, Job.Stage.ANSWERED):
        stages.add_metric([stage.value], found.get(stage, 0))
    age = GaugeMetricFamily(
        "chatsvg_queue_age_seconds", "How long the job that is due longest has waited for a worker."
    )
    for status in (Job.Status.QUEUED, Job.Status.RUNNING):
        jobs.add_metric([status.lower()], Job.objects.filter(status=status).count())
    seconds = backlog.oldest()
    age.add_metric([], seconds)
    shed = GaugeMetricFamily(
        "chatsvg_load_shedding", "1 where polls are slowed, 2 where free drawings are refused."
    )
    shed.add_metric([], backlog.level(seconds))
    yield from (jobs, stages, age, shed)


def _calls() -> Iterator[Metric]:
    """Of the last ten minutes, by the model of the chain that was called and by what came of it.

    What nobody told (a price, a count of tokens) is left out.
    """
    found = list(_counted())
    for name, text, column in _FIGURES:
        family = GaugeMetricFamily(f"chatsvg_model_{name}", text, labels=_LABELS)
        for one in found:
            if one[column] is not None:
                labels = [one["model"], one["upstream"], one["code"] or ANSWERED]
                family.add_metric(labels, float(one[column]))
        yield family


ANSWERED = "answered"
_LABELS = ("model", "upstream", "code")
_FIGURES = (
    ("calls", "Calls that ended in the last ten minutes.", "calls"),
    ("seconds", "How long they took, on average.", "took"),
    ("first_byte_seconds", "How long until the first word, on average.", "first"),
    ("prompt_tokens", "Tokens they were asked with.", "prompts"),
    ("completion_tokens", "Tokens they answered with.", "completions"),
    ("cost_usd", "What they cost.", "cost"),
)


def _counted() -> Iterable[Mapping[str, Any]]:
    newest = Attempt.objects.aggregate(last=Max("id"))["last"] or 0
    lately = timezone.now() - WINDOW
    ended = Attempt.objects.filter(pk__gt=newest - CALLS_MOST, finished_at__gt=lately)
    by_model = ended.order_by().values("model", "upstream", code=F("error_code"))
    return by_model.annotate(
        calls=Count("id"),
        took=Avg(Extract(F("finished_at") - F("started_at"), "epoch")),
        first=Avg("first_byte_seconds"),
        prompts=Sum("prompt_tokens"),
        completions=Sum("completion_tokens"),
        cost=Sum("cost_usd"),
    )


def _last_audit() -> Iterator[Metric]:
    """Nothing before the first audit: an alert asks for the time as well."""
    drift = GaugeMetricFamily("chatsvg_audit_faults", "Rows that broke an invariant.")
    at = GaugeMetricFamily("chatsvg_audit_timestamp_seconds", "When the last audit was.")
    if last := AuditRun.objects.order_by("-at").first():
        drift.add_metric([], last.faults)
        at.add_metric([], last.at.timestamp())
    yield from (drift, at)


def _copies() -> Metric:
    """The drawings are safe in PostgreSQL: these are the copies that storage has yet to take."""
    late = Generation.objects.filter(stored_at=None, created_at__lt=timezone.now() - COPY_LATE)
    family = GaugeMetricFamily("chatsvg_copies_pending", "Drawings whose copy is late.")
    family.add_metric([], late.count())
    return family
