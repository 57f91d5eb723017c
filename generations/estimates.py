"""How long a drawing would take, and what can be drawn with: by what was drawn of late."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.utils import timezone

from generations import queue
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


class _Past(NamedTuple):
    model: str
    status: str
    error_code: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def estimate(model: str) -> Estimate:
    """How long a drawing with `model` would take now."""
    depth = queue.depth()
    done = [one for one in _recent() if one.status == Job.Status.SUCCEEDED]
    same = [one for one in done if one.model == model]
    alike = same if len(same) >= FEW else done
    drawing = _typical((one.started_at, one.finished_at) for one in alike)
    if drawing is None:
        return Estimate(depth["waiting"], None, None)
    usual = _typical((one.created_at, one.started_at) for one in alike) or 0
    queued = depth["waiting"] * drawing / max(1, depth["active"])
    return Estimate(depth["waiting"], round(max(usual, queued)), max(1, round(drawing)))


def failing() -> set[str]:
    """The models of which everything that was asked for in the last minutes has failed."""
    since = timezone.now() - FAILING_FOR
    ended = [one for one in _recent() if one.finished_at and one.finished_at >= since]
    found = set()
    for model in {one.model for one in ended}:
        same = [one for one in ended if one.model == model]
        if len(same) >= FEW and all(one.error_code in FAULTS for one in same):
            found.add(model)
    return found


def _recent() -> list[_Past]:
    """Everybody's newest jobs. Their ids are in the order of time: the index of these serves it."""
    rows = Job.objects.order_by("-pk").values_list(*_Past._fields)
    return [_Past(*row) for row in rows[:RECENT]]


def _typical(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """The median, in seconds."""
    seconds = [(end - begin).total_seconds() for begin, end in spans if begin and end]
    return median(seconds) if seconds else None
