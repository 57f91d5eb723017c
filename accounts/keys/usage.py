"""What was done with keys: a row for every request, sums by day after that, and their totals."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.keys.asked import Period
from accounts.models import ApiKey, KeyUse, User
from chatsvg import ratelimits, retention
from chatsvg.database import AWAY
from chatsvg.ratelimits import rules

logger = logging.getLogger(__name__)
BATCH = 10_000
MINUTE = timedelta(minutes=1)
REFUSED = (401, 403, 429)  # statuses of requests that came no further than the key

_TOTALS = """
SELECT key_id, sum(requests), sum(succeeded), sum(latency_ms), sum(credits) FROM (
    SELECT key_id, count(*) AS requests, count(*) FILTER (WHERE status < 400) AS succeeded,
           sum(latency_ms) AS latency_ms, sum(credits) AS credits
    FROM accounts_keyuse
    WHERE key_id = ANY(%(keys)s)
      AND at >= coalesce(%(since)s::timestamptz, '-infinity')
      AND at < coalesce(%(until)s::timestamptz, 'infinity')
    GROUP BY key_id
    UNION ALL
    SELECT key_id, sum(requests), sum(succeeded), sum(latency_ms), sum(credits)
    FROM accounts_keyday
    WHERE key_id = ANY(%(keys)s)
      AND day + 1 > coalesce(%(since)s::timestamptz AT TIME ZONE 'UTC', '-infinity')
      AND day < coalesce(%(until)s::timestamptz AT TIME ZONE 'UTC', 'infinity')
    GROUP BY key_id
) AS part GROUP BY key_id
"""

# One statement, so that every request is always in exactly one of the two tables.
_ROLL_UP = """
WITH gone AS (
    DELETE FROM accounts_keyuse WHERE id IN (
        SELECT id FROM accounts_keyuse WHERE at < %(before)s
        LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ) RETURNING key_id, (at AT TIME ZONE 'UTC')::date AS day, status, latency_ms, credits
), counted AS (
    INSERT INTO accounts_keyday AS known (key_id, day, requests, succeeded, latency_ms, credits)
    SELECT key_id, day, count(*), count(*) FILTER (WHERE status < 400),
           sum(latency_ms), sum(credits)
    FROM gone GROUP BY key_id, day ORDER BY key_id, day
    ON CONFLICT (key_id, day) DO UPDATE SET
        requests = known.requests + excluded.requests,
        succeeded = known.succeeded + excluded.succeeded,
        latency_ms = known.latency_ms + excluded.latency_ms,
        credits = known.credits + excluded.credits
)
SELECT count(*) FROM gone
"""

_GIVE_BACK = """
INSERT INTO accounts_keyday AS known (key_id, day, requests, succeeded, latency_ms, credits)
VALUES (%s, (now() AT TIME ZONE 'UTC')::date, 0, 0, 0, %s)
ON CONFLICT (key_id, day) DO UPDATE SET credits = known.credits + excluded.credits
"""


@dataclass(frozen=True)
class Totals:
    """What came of some requests: milliseconds and credits are sums. Never below zero."""

    requests: int = 0
    succeeded: int = 0
    latency_ms: int = 0
    credits: int = 0

    @property
    def failed(self) -> int:
        return self.requests - self.succeeded

    @property
    def success_rate(self) -> float:
        """Per cent, with one decimal; 0 where nothing was asked."""
        return round(100 * self.succeeded / self.requests, 1) if self.requests else 0

    @property
    def average_latency_ms(self) -> int:
        return round(self.latency_ms / self.requests) if self.requests else 0


def record(key: ApiKey, *, status: int, latency_ms: int, credits: int) -> None:
    """Note one request, and that the key was used.

    What is refused at the door is noted for a while only: its sender must not fill the table. A
    database that is away just then costs the row, not the answer.
    """
    if status in REFUSED and not ratelimits.ask(rules.KEY_NOTES, key.pk, take=True).has_room:
        return
    try:
        KeyUse.objects.create(key=key, status=status, latency_ms=latency_ms, credits=credits)
        if status not in REFUSED:
            _touch(key)
    except AWAY as error:
        logger.warning("key_use.lost key=%s error=%s", key.pk, type(error).__name__)


def _touch(key: ApiKey) -> None:
    """Written at most once a minute: a busy key is no hot row."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - MINUTE:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - MINUTE)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def give_back(key_id: UUID, credits: int) -> None:
    """Take credits off again that a request was noted with: its drawing failed later."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [key_id, -credits])


def totals(key_ids: Iterable[UUID], period: Period | None = None) -> dict[UUID, Totals]:
    """By key, those without any request too. Of days that have no rows any more, all counts that
    any of the period touches."""
    asked = list(key_ids)
    since, until = period or Period()
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"keys": asked, "since": since, "until": until})
        found = {key_id: Totals(*(max(0, int(one)) for one in sums)) for key_id, *sums in cursor}
    return {key_id: found.get(key_id, Totals()) for key_id in asked}


def summary(user: User, period: Period) -> Totals:
    """Of all keys that they ever had."""
    found = totals(user.api_keys.values_list("pk", flat=True), period).values()
    return Totals(
        requests=sum(one.requests for one in found),
        succeeded=sum(one.succeeded for one in found),
        latency_ms=sum(one.latency_ms for one in found),
        credits=sum(one.credits for one in found),
    )


def roll_up() -> int:
    """Count the requests that have been kept for long enough by day; say how many."""
    before = retention.limit(settings.KEY_USES_DAYS)
    counted = 0
    while batch := _roll_up(before):
        counted += batch
    return counted


def _roll_up(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UP, {"before": before, "batch": BATCH})
        return cursor.fetchone()[0]
