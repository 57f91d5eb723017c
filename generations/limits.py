"""How much a person may ask for."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from chatsvg import ratelimits
from chatsvg.ratelimits import headers, rules
from credits.models import Plan
from credits.plans import ALLOWANCES
from generations.errors import DailyLimit, MonthlyQuota, TooManyUnderWay
from generations.models import Job

RETRY_SECONDS = 5  # when to look again whether a drawing has ended


def take_rate(user_id: UUID, plan: Plan, *, count: int = 1) -> None:
    """Count so many drawings by the plan's rates. Raises TooMany."""
    ratelimits.take(replace(rules.SVG, rates=ALLOWANCES[plan].rates), user_id, places=count)


def check_under_way(user_id: UUID, plan: Plan, *, count: int = 1) -> None:
    """Raise TooManyUnderWay where with so many more jobs the plan's number would be exceeded."""
    limit = ALLOWANCES[plan].drawings_under_way
    if Job.objects.under_way().filter(user_id=user_id).count() + count > limit:
        headers.note_refusal("drawings-under-way", limit, RETRY_SECONDS)
        raise TooManyUnderWay(retry_after=RETRY_SECONDS, limit=limit)


def check_day(user_id: UUID, plan: Plan, *, is_test: bool = False, count: int = 1) -> None:
    """Raise DailyLimit where today's jobs (UTC, whatever came of them) leave no room for so many.

    Counted under the wallet's lock, so that no two requests can both take the last one; tests are
    counted by themselves.
    """
    now = timezone.now()
    midnight = datetime(now.year, now.month, now.day, tzinfo=now.tzinfo)
    limit = ALLOWANCES[plan].drawings_per_day
    used = drawn_since(user_id, midnight, is_test=is_test)
    if used + count > limit:
        seconds = int((midnight + timedelta(days=1) - now).total_seconds()) + 1
        headers.note_refusal("drawings-day", limit, seconds, seconds=rules.DAY)
        raise DailyLimit(retry_after=seconds, limit=limit, used=used)


def check_month(user_id: UUID, plan: Plan, *, count: int = 1) -> None:
    """Raise MonthlyQuota where this calendar month's jobs (UTC, whatever came of them) leave no
    room for so many. Counted as the day's are; tests count for nothing."""
    limit = ALLOWANCES[plan].drawings_per_month
    if limit is None:
        return
    now = timezone.now()
    first, next_first = month(now)
    used = drawn_since(user_id, first)
    if used + count > limit:
        seconds = int((next_first - now).total_seconds()) + 1
        length = int((next_first - first).total_seconds())
        headers.note_refusal("drawings-month", limit, seconds, seconds=length)
        raise MonthlyQuota(retry_after=seconds, limit=limit, used=used)


def month(at: datetime) -> tuple[datetime, datetime]:
    """When the calendar month of `at` (UTC) begins, and the next one."""
    first = datetime(at.year, at.month, 1, tzinfo=at.tzinfo)
    return first, (first + timedelta(days=31)).replace(day=1)


def drawn_since(user_id: UUID, since: datetime, *, is_test: bool = False) -> int:
    """How many jobs they have asked for, whatever came of them."""
    mine = Job.objects.filter(user_id=user_id, created_at__gte=since, is_test=is_test)
    return mine.count()
