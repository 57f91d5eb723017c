"""What `manage.py doctor` looks at for drawings: models, studio, jobs that wait."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from psycopg_pool import PoolTimeout

from chatsvg.doctor import Check, Finding
from generations import providers, svg
from generations.models import Job
from generations.providers.base import Endpoint

WAIT_MAX = timedelta(seconds=60)  # of a job that is due: a worker takes one within a second
SHOWN = 4  # names in a row's title


def checks(may_cost: bool) -> Iterator[Check]:
    """One for every endpoint, under the names that it draws for."""
    yield Check("Waiting jobs", waiting)
    stand_ins = []
    for endpoint, names in endpoints().items():
        if endpoint.provider == "studio":
            stand_ins = [name for name in names if name != endpoint.upstream]
        else:
            yield Check(_title(names), partial(_diagnose, endpoint, may_cost))
    yield Check("Studio", partial(studio, tuple(stand_ins)))


def endpoints() -> dict[Endpoint, list[str]]:
    """The names that lead to each endpoint; none where the settings cannot be read, which the
    system checks tell."""
    found: dict[Endpoint, list[str]] = {}
    try:
        for model in providers.models():
            found.setdefault(model.endpoint, []).append(model.name)
    except ImproperlyConfigured:
        return {}
    return found


def _title(names: list[str]) -> str:
    more = f", and {len(names) - SHOWN} more" if names[SHOWN:] else ""
    return f"Model {', '.join(names[:SHOWN])}{more}"


def _diagnose(endpoint: Endpoint, may_cost: bool) -> Finding:
    from generations.providers.diagnosis import diagnose  # an HTTP client, which few commands need

    return diagnose(endpoint, may_cost)


def studio(stand_ins: tuple[str, ...]) -> Finding:
    """It draws, and what it draws is safe."""
    from generations.providers import studio as model  # icons and geometry: slow to load

    began = time.monotonic()
    svg.sanitize(model.draw("a red fox", "flat").svg)
    ms = (time.monotonic() - began) * 1000
    detail = "It draws, and what it draws is safe."
    if not stand_ins:
        return Finding("ok", detail, ms=ms)
    remedy = "Set OPENAI_API_KEY, OPENAI_BASE_URL or CHATSVG_MODELS to have a model draw."
    notes = (f"It stands in for {', '.join(stand_ins)}.",)
    return Finding("note", detail, remedy, notes, ms)


def waiting() -> Finding:
    """No job that is due waits long: workers take them."""
    try:
        first, count = _due()
    except (DatabaseError, PoolTimeout) as error:
        return Finding("off", f"The jobs cannot be read ({type(error).__name__}).")
    if first is None:
        return Finding("ok", "No job waits.")
    waits = timezone.now() - first
    detail = f"{count} wait, the longest for {waits.total_seconds():.0f} s."
    if waits < WAIT_MAX:
        return Finding("ok", detail)
    return Finding("broken", detail, "Start workers for the queue drawings, or more of them.")


def _due() -> tuple[datetime | None, int]:
    """When the job that is due longest could have begun, and how many are due."""
    due = Job.objects.filter(status=Job.Status.QUEUED, available_at__lte=timezone.now())
    found = due.aggregate(first=Min("available_at"), count=Count("pk"))
    return found["first"], found["count"]
