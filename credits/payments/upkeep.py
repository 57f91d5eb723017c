"""What keeps subscriptions true while nobody looks. Every one of these may run at any time."""

import logging
import time

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from credits import services as credits
from credits.models import Wallet
from credits.payments import books, readings, services
from credits.payments.errors import NotConfigured
from credits.payments.models import Subscription
from credits.payments.provider import Away, Status, Unknown

logger = logging.getLogger(__name__)
BATCH = 200
SECONDS = 120  # for one run
PAUSE = readings.SOON  # after a question that was not answered


def read_due() -> int:
    """Ask about the subscriptions that are due, and make up for lost messages; say how many.

    Stops at the first that the provider does not answer: the others would wait in vain as well.
    """
    end, count = time.monotonic() + SECONDS, 0
    now = timezone.now()
    due = Subscription.objects.filter(next_read_at__lte=now).order_by("next_read_at")
    for row in due[:BATCH]:
        if time.monotonic() > end or not _read(row):
            break
        count += 1
    return count


def _read(row: Subscription) -> bool:
    """Whether the provider answered, or another worker is at it."""
    now = timezone.now()
    same = Subscription.objects.filter(pk=row.pk, next_read_at=row.next_read_at)
    if not same.update(next_read_at=now + PAUSE):
        return True
    try:
        fresh = services.refresh(row, with_payments=True)
    except Unknown:
        logger.warning("subscription.unknown_there subscription=%s", row.pk)
        services.abandon(row)
        Subscription.objects.filter(pk=row.pk).update(next_read_at=now + readings.DAILY)
    except (Away, NotConfigured):
        return False
    else:
        if now - fresh.created_at > readings.APPROVAL_MOST:
            services.abandon(fresh)
    return True


def abandon_unmade() -> int:
    """Give up rows for which nothing was made at the provider: the click that wanted it failed."""
    before = timezone.now() - readings.HOURLY
    unmade = Subscription.objects.filter(
        status=Status.APPROVAL_PENDING, external_id=None, created_at__lt=before
    )
    rows = list(unmade[:BATCH])
    for row in rows:
        services.abandon(row)
    return len(rows)


def cancel_due() -> int:
    """Cancel what was asked to be cancelled, until the provider has done it; say how many.

    In any order, and not for ever: where some are not answered, others have their turn.
    """
    end, count = time.monotonic() + SECONDS, 0
    for row in Subscription.objects.filter(cancel_asked_at__isnull=False).order_by("?")[:BATCH]:
        if time.monotonic() > end:
            break
        count += cancel_asked(row)
    return count


def cancel_asked(row: Subscription) -> bool:
    """Whether it is cancelled now. `cancel_due` comes back to what is not."""
    if row.cancel_asked_at is None:
        return False
    try:
        fresh = services.cancel_one(row)
    except (Away, NotConfigured):
        logger.warning("subscription.not_cancelled_yet subscription=%s", row.pk)
        return False
    return not fresh.is_live


def end_plans() -> int:
    """Take back the plans that nobody pays for any more; say how many. Credits stay."""
    now = timezone.now()
    paying = Subscription.objects.entitled(now).filter(user=OuterRef("pk"))
    over = Wallet.objects.filter(~Exists(paying), is_plan_paid=True, closed_at=None)
    return sum(_end_plan(pk) for pk in list(over.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _end_plan(user_id: object) -> bool:
    return books.end_plan(credits.lock(user_id), timezone.now())  # type: ignore[arg-type]
