"""How much a person may ask for."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from chatsvg import ratelimits
from chatsvg.ratelimits import rules
from credits.models import Plan
from credits.plans import ALLOWANCES
from generations.errors import DailyLimit, MonthlyQuota, TooManyUnderWay
from generations.models import Job

RETRY_SECONDS = 5  # when to look again whether a drawing has ended


def take_rate(user_id: UUID, plan: Plan) -> None:
    """Count a submit by the plan's rates. Raises TooMany."""
    ratelimits.take(replace(rules.SVG, rates=ALLOWANCES[plan].rates), user_id)


def check_under_way(user_id: UUID, plan: Plan) -> None:
    """Raise TooManyUnderWay where the plan's number of jobs is queued or running already."""
    limit = ALLOWANCES[plan].drawings_under_way
    if Job.objects.under_way().filter(user_id=user_id).count() >= limit:
        raise TooManyUnderWay(retry_after=RETRY_SECONDS, limit=limit)


def check_day(user_id: UUID, plan: Plan, *, is_test: bool = False) -> None:
    """Raise DailyLimit where today's jobs (UTC, whatever came of them) have used up the plan's.

    Counted under the wallet's lock, so that no two requests can both take the last one; tests are
    counted by themselves.
    """
    now = timezone.now()
    midnight = datetime(now.year, now.month, now.day, tzinfo=now.tzinfo)
    limit = ALLOWANCES[plan].drawings_per_day
    used = Job.objects.filter(user_id=user_id, created_at__gte=midnight, is_test=is_test).count()
    if used >= limit:
        seconds = (midnight + timedelta(days=1) - now).total_seconds()
        raise DailyLimit(retry_after=int(seconds) + 1, limit=limit, used=used)


def check_month(user_id: UUID, plan: Plan) -> None:
    """Raise MonthlyQuota where this calendar month's jobs (UTC, whatever came of them) have used up
    the plan's. Counted as the day's are; tests count for nothing."""
    limit = ALLOWANCES[plan].drawings_per_month
    if limit is None:
        return
    now = timezone.now()
    first = datetime(now.year, now.month, 1, tzinfo=now.tzinfo)
    used = Job.objects.filter(user_id=user_id, created_at__gte=first, is_test=False).count()
    if used >= limit:
        next_first = (first + timedelta(days=31)).replace(day=1)
        seconds = (next_first - now).total_seconds()
        raise MonthlyQuota(retry_after=int(seconds) + 1, limit=limit, used=used)
