"""Forgetting what is old: a batch at a time, each in a transaction of its own. So nobody waits for
long, and where it is broken off the next run goes on."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

BATCH = 1_000


def limit(days: int) -> datetime:
    """What is from before that has been kept for so many days."""
    return timezone.now() - timedelta(days=days)


def first_id(at: datetime) -> UUID:
    """Ids of that time and later are not below it: they begin with the time (UUIDv7)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def forget(rows: QuerySet) -> int:
    """Delete these rows, and what belongs to them; say how many they were. What is not among them
    any more when its turn comes stays."""
    gone = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.order_by().filter(pk__in=keys).delete()
        gone += len(keys)
    return gone
