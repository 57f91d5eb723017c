"""When a part was down, as the checks say: nothing else makes an incident."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from chatsvg.status.models import StatusCheck, StatusIncident

MINUTE = timedelta(minutes=1)
APART = timedelta(
    minutes=4
)  # less between two failures is one incident: a part that comes and goes


class Incident(NamedTuple):
    """From the first look that failed to the end of the minute of the last."""

    part: str
    began_at: datetime
    ended_at: datetime


def recent(first: datetime) -> list[Incident]:
    """Those that ended after `first`, the newest first."""
    kept = StatusIncident.objects.filter(ended_at__gt=first)
    known = [Incident(one.part, one.began_at, one.ended_at) for one in kept]
    found = merged([*known, *between(StatusCheck.objects.filter(at__gte=first))])
    return sorted(found, key=lambda one: one.began_at, reverse=True)


def between(checks: QuerySet[StatusCheck]) -> list[Incident]:
    """The incidents that some checks tell of."""
    failed = checks.filter(state=StatusCheck.State.FAILED).values_list("part", "at")
    return merged(Incident(part, at, at + MINUTE) for part, at in failed)


def merged(found: Iterable[Incident]) -> list[Incident]:
    """What is hardly apart is one."""
    whole: list[Incident] = []
    for one in sorted(found):
        last = whole[-1] if whole else None
        if last and last.part == one.part and one.began_at - last.ended_at < APART:
            whole[-1] = last._replace(ended_at=max(last.ended_at, one.ended_at))
        else:
            whole.append(one)
    return whole
