"""What the records say, in a few statements whatever was recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from chatsvg.status.models import StatusCheck, StatusDay

FRESH = timedelta(minutes=3)  # an older check says nothing about now
SLOTS, SLOT = 48, timedelta(minutes=30)
SLOT_SQL = "30 minutes"

_SLOTS = """
SELECT part, date_bin(%(slot)s::interval, at, %(first)s) AS slot, count(*),
    count(*) FILTER (WHERE state = 'slow'), count(*) FILTER (WHERE state = 'failed')
FROM chatsvg_statuscheck WHERE at >= %(first)s GROUP BY part, slot
"""


class Count(NamedTuple):
    """How many looks there were in a time, and how many of them went how."""

    all: int = 0
    slow: int = 0
    failed: int = 0

    @property
    def worked(self) -> float | None:
        """The share that worked, in percent; never 100 where one did not. None: nobody looked."""
        if not self.all:
            return None
        return int((self.all - self.failed) / self.all * 10_000) / 100


def latest(now: datetime) -> dict[str, StatusCheck]:
    """The last check of each part, where it is fresh."""
    fresh = StatusCheck.objects.filter(at__gt=now - FRESH).order_by("part", "-at")
    return {check.part: check for check in fresh.distinct("part")}


def last_at() -> datetime | None:
    """When anything was recorded last."""
    return StatusCheck.objects.order_by("-at").values_list("at", flat=True).first()


def first_slot(now: datetime) -> datetime:
    """When the first of the SLOTS begins that end with the one of now."""
    begun = now - timedelta(
        minutes=now.minute % 30, seconds=now.second, microseconds=now.microsecond
    )
    return begun - SLOT * (SLOTS - 1)


def slots(now: datetime) -> Mapping[str, dict[datetime, Count]]:
    """The last 24 hours, by part and half hour."""
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, {"slot": SLOT_SQL, "first": first_slot(now)})
        return _by_part((part, at, Count(*counts)) for part, at, *counts in cursor.fetchall())


def days(now: datetime) -> Mapping[str, dict[date, Count]]:
    """By part and day, as long as days are kept."""
    first = now.date() - timedelta(days=settings.STATUS_DAYS - 1)
    return _by_part(
        (row.part, row.day, Count(row.ok + row.slow + row.failed, row.slow, row.failed))
        for row in StatusDay.objects.filter(day__gte=first)
    )


def _by_part(rows: Iterable[tuple]) -> dict:
    found: dict = defaultdict(dict)
    for part, when, count in rows:
        found[part][when] = count
    return found


def total(counts: Iterable[Count]) -> Count:
    found = list(counts)
    return Count(*(sum(column) for column in zip(*found, strict=True))) if found else Count()
