"""How often a provider is asked about a subscription, so that a lost message is made up for."""

from datetime import datetime, timedelta

from credits.payments.models import Subscription

Status = Subscription.Status
JUST_NOW, SOON = timedelta(seconds=30), timedelta(minutes=10)
HOURLY, HALF_A_DAY, DAILY = timedelta(hours=1), timedelta(hours=12), timedelta(days=1)
FRESH = timedelta(minutes=15)  # for so long somebody may be at the provider's page
APPROVAL_MOST = timedelta(days=1)  # then it counts as abandoned
FORGOTTEN = timedelta(days=30)  # an abandoned one is no longer asked for
UNDER_WAY = timedelta(days=7)  # for so long a payment may, of one that is cancelled again


def next_after(row: Subscription, at: datetime) -> datetime | None:
    """When to ask again; None: never."""
    age = at - (row.created_at or at)
    if row.status == Status.APPROVAL_PENDING:
        return at + (JUST_NOW if age < FRESH else SOON if age < HOURLY else HOURLY)
    if row.status == Status.ABANDONED:
        return at + DAILY if age < FORGOTTEN else None
    if not row.is_live:
        return at + DAILY if row.is_entitled(at) or age < UNDER_WAY else None
    if row.period_end and row.period_end <= at:
        return at + HOURLY
    return min(at + HALF_A_DAY, (row.period_end or at) + HOURLY)
