"""How long a drawing would take, and what can be drawn with: by what was drawn of late."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil, floor
from statistics import median, quantiles
from typing import NamedTuple

from django.utils import timezone

from generations import backlog, queue
from generations.models import Job

RECENT = 200  # jobs that are looked at, the newest ones
FEW = 3  # of one model say nothing yet
FAILING_FOR = timedelta(minutes=5)
# What is the model's fault, or of whoever runs it: not the prompt's, nor ours.
FAULTS = {"OPENAI_RATE_LIMIT", "OPENAI_MODEL_NOT_FOUND", "OPENAI_PERMISSION", "TIMEOUT"}


class Estimate(NamedTuple):
    """Jobs that wait, and seconds of waiting and drawing; None where nothing was drawn yet."""

    waiting: int
    waiting_seconds: int | None
    drawing_seconds: int | None

    @property
    def seconds(self) -> int | None:
        if self.waiting_seconds is None or self.drawing_seconds is None:
            return None
        return self.waiting_seconds + self.drawing_seconds


class Usual(NamedTuple):
    """How long most drawings with a model took, once they were begun: in seconds, from the first
    fifth to the last."""

    low: float
    middle: float
    high: float

    def __str__(self) -> str:
        low, high = max(1, floor(self.low)), ceil(self.high)
        if high <= 1:
            return "about a second"
        return f"{low}–{high} s" if low < high else f"{low} s"


class Past(NamedTuple):
    """A job that was asked for of late."""

    model: str
    is_test: bool
    status: str
    error_code: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def estimate(model: str) -> Estimate:
    """How long a drawing with `model` would take now."""
    depth = queue.depth()
    done = [one for one in of_late() if one.status == Job.Status.SUCCEEDED]
    same = [one for one in done if one.model == model]
    alike = same if len(same) >= FEW else done
    drawing = _typical((one.started_at, one.finished_at) for one in alike)
    if drawing is None:
        return Estimate(depth["waiting"], None, None)
    usual = _typical((one.created_at, one.started_at) for one in alike) or 0
    queued = depth["waiting"] * drawing / max(1, depth["active"])
    waiting = max(usual, queued, backlog.delay())
    return Estimate(depth["waiting"], round(waiting), max(1, round(drawing)))


def usual(past: Iterable[Past]) -> dict[str, Usual]:
    """How long each model takes, by what it drew of late for real. One of which little is known is
    not among them."""
    spans: dict[str, list[float]] = {}
    for one in past:
        is_drawn = one.status == Job.Status.SUCCEEDED and not one.is_test
        if is_drawn and one.started_at and one.finished_at:
            seconds = (one.finished_at - one.started_at).total_seconds()
            spans.setdefault(one.model, []).append(seconds)
    return {model: _usual(seconds) for model, seconds in spans.items() if len(seconds) >= FEW}


def _usual(seconds: list[float]) -> Usual:
    fifths = quantiles(seconds, n=5, method="inclusive")
    return Usual(fifths[0], median(seconds), fifths[-1])


def failing(past: Iterable[Past] | None = None) -> set[str]:
    """The models of which everything that was asked for in the last minutes has failed."""
    since = timezone.now() - FAILING_FOR
    past = of_late() if past is None else past
    ended = [one for one in past if one.finished_at and one.finished_at >= since]
    found = set()
    for model in {one.model for one in ended}:
        same = [one for one in ended if one.model == model]
        if len(same) >= FEW and all(one.error_code in FAULTS for one in same):
            found.add(model)
    return found


def of_late() -> list[Past]:
    """Everybody's newest jobs. Their ids are in the order of time: the index of these serves it."""
    rows = Job.objects.order_by("-pk").values_list(*Past._fields)
    return [Past(*row) for row in rows[:RECENT]]


def _typical(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """The median, in seconds."""
    seconds = [(end - begin).total_seconds() for begin, end in spans if begin and end]
    return median(seconds) if seconds else None
