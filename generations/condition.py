"""How drawing and its models do, for `/status`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from chatsvg.status import Part, Reading, beats
from chatsvg.status.parts import State
from generations import backlog, doctor, providers
from generations.models import Attempt, Job
from generations.providers import breakers, gauges
from generations.providers.base import Endpoint

LATELY, FRESH = timedelta(minutes=30), timedelta(minutes=10)
ENOUGH = 5  # drawings or calls that tell something
NEWEST = 200  # jobs that are looked at
ATTEMPTS = 2000  # the newest rows, by their key
OURS_NOT = ("CONTENT_REJECTED", "CANCELED")  # ends that say nothing about us
SLOW_WAIT, LONG_WAIT = 15.0, 60.0  # seconds
FEW_WELL, MANY_WELL = 0.5, 0.9


def parts() -> Iterator[Part]:
    yield Part(
        "drawing",
        "Drawing",
        "Jobs are taken up and become drawings.",
        drawing,
        drawing,
        measure="Drawn in",
        rank=20,
        is_vital=True,
    )
    for endpoint, names in doctor.endpoints().items():
        yield _model(endpoint, names)


def drawing() -> Reading:
    """Workers live, nobody waits long, and what was drawn lately came out well."""
    now = timezone.now()
    wait = backlog.oldest()
    share, ms = _lately(now)
    said = f" {_percent(share)} of the last drawings came out well." if share is not None else ""
    if not beats.fresh("drawings"):
        return Reading("failed", "Nothing is drawn at the moment. What fails costs no credit.", ms)
    if wait > SLOW_WAIT:
        state: State = "failed" if wait > LONG_WAIT else "slow"
        return Reading(state, f"Drawings wait {wait:.0f} s for their turn.{_shed(wait)}{said}", ms)
    if share is not None and share < MANY_WELL:
        state = "failed" if share < FEW_WELL else "slow"
        return Reading(state, f"Only {_percent(share)} of the last drawings came out well.", ms)
    return Reading("ok", f"Drawings are taken up at once.{said}", ms)


def _shed(wait: float) -> str:
    is_full = backlog.level(wait) == backlog.FULL
    return " Until that is over the free plan takes no new ones." if is_full else ""


def _percent(share: float) -> str:
    return f"{int(share * 100)} %"  # never 100 where one went wrong


def _lately(now: datetime) -> tuple[float | None, float | None]:
    """The share of the last drawings that came out well, and the milliseconds that one took; None
    where there were too few to tell."""
    first = UUID(int=int((now - LATELY).timestamp() * 1000) << 80)  # ids begin with the time
    ended = Job.objects.filter(pk__gte=first, is_test=False, finished_at__isnull=False)
    ended = ended.exclude(status=Job.Status.CANCELED).exclude(error_code__in=OURS_NOT)
    rows = list(ended.order_by("-pk").values_list("status", "created_at", "finished_at")[:NEWEST])
    well = [(begin, end) for status, begin, end in rows if status == Job.Status.SUCCEEDED]
    took = [(end - begin).total_seconds() for begin, end in well if end]
    share = len(took) / len(rows) if len(rows) >= ENOUGH else None
    return share, median(took) * 1000 if took else None


# --- Models ---


def _model(endpoint: Endpoint, names: list[str]) -> Part:
    if endpoint.provider == "studio":
        look = _studio
        own = ["Studio"]
    else:
        look = partial(_endpoint, endpoint, tuple(names))
        own = names
    return Part(
        f"model-{own[0]}"[:60],
        f"Model {', '.join(_label(name) for name in own[: doctor.SHOWN])}",
        "Built in: draws without any other service."
        if endpoint.provider == "studio"
        else "Draws what you describe.",
        look,
        measure="Drew in" if endpoint.provider == "studio" else "Answered in",
        rank=30,
    )


def _label(name: str) -> str:
    labels = {model.name: model.label for model in providers.models()}
    return labels.get(name, name)


def _studio() -> Reading:
    found = doctor.studio(())
    return Reading("ok", ms=found.ms)


def _endpoint(endpoint: Endpoint, names: tuple[str, ...]) -> Reading:
    """It answers a question that costs nothing, and the calls of late went well."""
    from generations.providers.diagnosis import diagnose  # an HTTP client

    found = diagnose(endpoint, may_cost=False)
    calls = _calls(names)
    if found.state == "broken" and not (calls and calls[0].is_fresh):
        return Reading("failed", "It does not answer, or does not let us in.", found.ms)
    well = [call for call in calls if call.went_well]
    if len(calls) >= ENOUGH and not well:
        return Reading("failed", "Its last calls all failed.", found.ms)
    if gauges.is_open_somewhere(breakers.name_of(endpoint)):
        return Reading("slow", "It failed of late, and is called less until it is back.", found.ms)
    if len(calls) >= ENOUGH and len(well) / len(calls) < MANY_WELL:
        return Reading("slow", "Some of its last calls failed.", found.ms)
    return Reading("ok", ms=found.ms)


class Call(NamedTuple):
    went_well: bool
    at: datetime

    @property
    def is_fresh(self) -> bool:
        """It says more than a question that costs nothing: some servers answer calls alone."""
        return self.went_well and timezone.now() - self.at < FRESH


def _calls(names: tuple[str, ...]) -> list[Call]:
    """Its last calls, of the last half hour, the newest first."""
    newest = Attempt.objects.aggregate(last=Max("id"))["last"] or 0
    ended = Attempt.objects.filter(
        pk__gt=newest - ATTEMPTS, model__in=names, finished_at__gt=timezone.now() - LATELY
    )
    rows = ended.exclude(error_code__in=OURS_NOT).order_by("-pk")
    return [
        Call(outcome == Attempt.Outcome.ANSWERED, at)
        for outcome, at in rows.values_list("outcome", "finished_at")[:20]
        if at
    ]
