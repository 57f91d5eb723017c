"""Writing down what was found, once a minute whoever looks, and forgetting what is old."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from chatsvg.database import alone
from chatsvg.status import beats, incidents, look
from chatsvg.status.models import StatusCheck, StatusDay, StatusIncident
from chatsvg.status.parts import Reading
from chatsvg.status.registry import parts

LOCK = 0x57A7005  # any number that nobody else takes
DETAIL_MOST = 200  # characters

_STORE = """
WITH stored AS (
    INSERT INTO chatsvg_statuscheck (part, at, state, ms, detail)
    SELECT part, %(at)s, state, ms, detail
    FROM unnest(%(parts)s::text[], %(states)s::text[], %(ms)s::float8[], %(details)s::text[])
        AS found (part, state, ms, detail)
    ON CONFLICT DO NOTHING
    RETURNING part, at, state
)
INSERT INTO chatsvg_statusday (part, day, ok, slow, failed, first_at)
SELECT part, (at AT TIME ZONE 'UTC')::date, (state = 'ok')::int, (state = 'slow')::int,
    (state = 'failed')::int, at
FROM stored
ON CONFLICT (part, day) DO UPDATE SET
    ok = chatsvg_statusday.ok + EXCLUDED.ok,
    slow = chatsvg_statusday.slow + EXCLUDED.slow,
    failed = chatsvg_statusday.failed + EXCLUDED.failed,
    first_at = least(chatsvg_statusday.first_at, EXCLUDED.first_at)
"""


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def record(at: datetime) -> bool:
    """Look at every part for the minute of `at`; False where somebody else does, or did."""
    at = minute(at)
    with alone(LOCK) as is_alone:
        if not is_alone or StatusCheck.objects.filter(at=at).exists():
            return False
        store(at, look.all_of(parts()))
        return True


def store(at: datetime, found: Mapping[str, Reading]) -> None:
    """Keep what was found in the minute `at`. What is known of a part and a minute stays."""
    told: dict[str, Any] = {
        "at": minute(at),
        "parts": list(found),
        "states": [reading.state for reading in found.values()],
        "ms": [reading.ms for reading in found.values()],
        "details": [reading.detail[:DETAIL_MOST] for reading in found.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, told)


@transaction.atomic
def tidy(now: datetime) -> None:
    """Forget what is old: the checks, but for the incidents that they tell of; then those too."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    old = StatusCheck.objects.filter(at__lt=today - timedelta(days=settings.STATUS_CHECKS_DAYS))
    gone = incidents.between(old)
    StatusIncident.objects.bulk_create(
        [StatusIncident(**one._asdict()) for one in gone], ignore_conflicts=True
    )
    old.delete()
    first_kept = today - timedelta(days=settings.STATUS_DAYS)
    StatusDay.objects.filter(day__lt=first_kept.date()).delete()
    StatusIncident.objects.filter(ended_at__lt=first_kept).delete()
    beats.forget_the_dead()
