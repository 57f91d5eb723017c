"""Counted in SQL from the rows of jobs and attempts, whenever somebody asks.

`ai` counts calls of models that were answered, and the jobs that they were for; `jobs` all jobs
there are; `users` those of the last 30 days. What a provider did not say is unknown, not 0: it is
left out of every average, and a sum that lacks it carries a plus.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Now

from generations.models import Attempt, Job
from generations.queue import depth

LATELY = timedelta(days=30)
TOP = 10
UNKNOWN = "unknown"
Status = Job.Status


class Milliseconds(Func):
    """Of an interval."""

    function = "EXTRACT"
    template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000)"
    output_field = FloatField()


class Percentile95(Aggregate):
    """Between the two rows that are nearest, where it falls between two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def read() -> dict[str, dict[str, Any]]:
    """Every figure, in the contract's words. Each is a number, even where there is nothing."""
    return {"ai": _ai(), "jobs": _jobs(), "users": _users()}


def _ai() -> dict[str, Any]:
    """A job's cost is known if that of all its calls is, the failed ones too; a job was repaired if
    a model was asked again after it had answered."""
    answered = Q(its_answers__gt=0)
    found = _calls_by_job().aggregate(
        jobs=Count("job", filter=answered),
        repaired=Count("job", filter=Q(its_answers__gt=1)),
        prompts=Sum("its_prompts", default=0),
        completions=Sum("its_completions", default=0),
        prompts_known=Sum("its_prompts_known", default=0),
        completions_known=Sum("its_completions_known", default=0),
        took=Sum("its_took"),
        answers=Sum("its_answers", default=0),
        all=Count("job"),
        known=Count("job", filter=Q(its_unknown=0)),
        cost=Sum("its_cost"),
        cost_of_known=Sum("its_cost", filter=Q(its_unknown=0)),
    )
    return {
        "totalJobs": found["jobs"],
        "avgPromptTokens": _average(found["prompts"], found["prompts_known"]),
        "avgCompletionTokens": _average(found["completions"], found["completions_known"]),
        "totalTokens": found["prompts"] + found["completions"],
        "avgLatencyMs": _average(found["took"], found["answers"]),
        "p95LatencyMs": _rounded(_answers().aggregate(p95=Percentile95(took()))["p95"]),
        "repairRate": _share(found["repaired"], found["jobs"]),
        "totalCostUSD": _dollars(found["cost"], 2, found),
        "avgCostPerJobUSD": _dollars(found["cost_of_known"], 4, found, each=True),
    }


def _answers() -> QuerySet[Attempt]:
    return Attempt.objects.filter(outcome=Attempt.Outcome.ANSWERED)


def _calls_by_job() -> QuerySet[Any, Any]:
    """One row for each job whose calls have ended, so that the table is read once."""
    is_answer = Q(outcome=Attempt.Outcome.ANSWERED)
    return (
        Attempt.objects.exclude(outcome=Attempt.Outcome.UNDER_WAY)
        .order_by()
        .values("job")
        .annotate(
            its_answers=Count("pk", filter=is_answer),
            its_prompts=Sum("prompt_tokens", filter=is_answer),
            its_completions=Sum("completion_tokens", filter=is_answer),
            its_prompts_known=Count("prompt_tokens", filter=is_answer),
            its_completions_known=Count("completion_tokens", filter=is_answer),
            its_took=Sum(took(), filter=is_answer),
            its_cost=Sum("cost_usd"),
            its_unknown=Count("pk", filter=Q(cost_usd=None)),
        )
    )


def _dollars(
    sum_: Decimal | None, places: int, found: dict[str, Any], *, each: bool = False
) -> str:
    """The whole sum, or what `each` job of known cost had of it. A sum that is not all carries a
    plus."""
    if not found["all"]:
        return f"${0:.{places}f}"
    if sum_ is None:
        return UNKNOWN
    if each:
        return f"${sum_ / found['known']:,.{places}f}"
    more = "" if found["known"] == found["all"] else "+"
    return f"${sum_:,.{places}f}{more}"


def _jobs() -> dict[str, Any]:
    """Canceled jobs are in the total alone: they are nobody's failure. `queueDepth` is what waits
    for a worker now; a job's duration is from its first claim to its end."""
    count = {
        status.value.lower(): Count("pk", filter=Q(status=status))
        for status in (Status.SUCCEEDED, Status.FAILED, Status.QUEUED, Status.RUNNING)
    }
    found = Job.objects.aggregate(
        total=Count("pk"), **count, took=Avg(took(), filter=Q(status=Status.SUCCEEDED))
    )
    duration = found.pop("took")
    return {
        **found,
        "queueDepth": depth()["waiting"],
        "successRate": _share(found["succeeded"], found["succeeded"] + found["failed"]),
        "avgDurationMs": _rounded(duration),
    }


def _users() -> dict[str, Any]:
    """Who asked for a drawing, and how many came out of it (deleted since, or not)."""
    lately = Job.objects.filter(created_at__gte=Now() - LATELY)
    found = lately.aggregate(
        people=Count("user", distinct=True), drawn=Count("pk", filter=Q(status=Status.SUCCEEDED))
    )
    busiest = lately.values("user").annotate(jobs=Count("pk")).order_by("-jobs", "user")[:TOP]
    return {
        "activeUsers30d": found["people"],
        "totalGenerations30d": found["drawn"],
        "topGenerators": [{"userId": str(one["user"]), "jobCount": one["jobs"]} for one in busiest],
    }


def took() -> Milliseconds:
    """From the start to the end of a call, or of a job."""
    span = F("finished_at") - F("started_at")
    return Milliseconds(ExpressionWrapper(span, output_field=DurationField()))


def _average(total: float | None, count: int) -> float:
    return _rounded(total / count if total and count else 0)


def _rounded(value: float | Decimal | None) -> float:
    """To a tenth; 0 where there is nothing to take an average of."""
    return round(float(value or 0), 1)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.1f}%"
