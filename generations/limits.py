"""How much a person may ask for."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from chatsvg import ratelimits, statements
from chatsvg.ratelimits import headers, rules
from credits.models import Plan
from credits.plans import ALLOWANCES, Allowance
from generations.errors import DailyLimit, MonthlyQuota, TooManyUnderWay
from generations.models import Job

RETRY_SECONDS = 5  # when to look again whether a drawing has ended


COUNTED_MOST = 10_000  # jobs: more than any plan allows

# read in their order, so that what is older costs nothing
_USED = """
SELECT count(*) FILTER (WHERE created_at >= %(midnight)s), count(*), (
    SELECT count(*) FROM (
        SELECT FROM generations_job
        WHERE user_id = %(user)s AND status IN ('QUEUED', 'RUNNING') LIMIT %(under_way)s
    ) AS under_way
)
FROM (
    SELECT created_at FROM generations_job
    WHERE user_id = %(user)s AND created_at >= %(since)s AND {world}
    ORDER BY created_at DESC, id DESC LIMIT %(most)s
) AS recent
"""
_USED_BY_TESTS, _USED_FOR_REAL = _USED.format(world="is_test"), _USED.format(world="NOT is_test")


class Used(NamedTuple):
    """Jobs that somebody has asked for, whatever came of them; and those under way, of which no
    more are counted than are allowed. All of a month are counted where a month has a limit."""

    today: int
    this_month: int
    under_way: int


def take_rate(user_id: UUID, plan: Plan, *, count: int = 1) -> None:
    """Count so many drawings by the plan's rates. Raises TooMany."""
    ratelimits.take(replace(rules.SVG, rates=ALLOWANCES[plan].rates), user_id, places=count)


def check(user_id: UUID, plan: Plan, *, is_test: bool = False, count: int = 1) -> None:
    """Raise DailyLimit, MonthlyQuota or TooManyUnderWay where the plan leaves no room for so many
    more jobs.

    Counted under the wallet's lock, so that no two requests can both take the last place. Days and
    months are those of UTC. Tests are counted by themselves, and no month is for them.
    """
    now = timezone.now()
    allowed = ALLOWANCES[plan]
    found = used(user_id, plan, at=now, is_test=is_test)
    _check_day(found, allowed, at=now, count=count)
    if not is_test:
        _check_month(found, allowed, at=now, count=count)
    if settings.RATELIMIT_ENABLED:
        _check_under_way(found, allowed, count=count)


def used(user_id: UUID, plan: Plan, *, at: datetime, is_test: bool) -> Used:
    """By one question, for one who has the wallet's lock."""
    allowed = ALLOWANCES[plan]
    has_month = allowed.drawings_per_month is not None and not is_test
    asked = {
        "user": user_id,
        "midnight": midnight(at),
        "since": month(at)[0] if has_month else midnight(at),
        "most": COUNTED_MOST,
        "under_way": allowed.drawings_under_way,
    }
    return Used(*statements.row(_USED_BY_TESTS if is_test else _USED_FOR_REAL, asked))


def _check_under_way(used: Used, allowed: Allowance, *, count: int) -> None:
    limit = allowed.drawings_under_way
    if used.under_way + count > limit:
        headers.note_refusal("drawings-under-way", limit, RETRY_SECONDS)
        raise TooManyUnderWay(retry_after=RETRY_SECONDS, limit=limit)


def _check_day(used: Used, allowed: Allowance, *, at: datetime, count: int) -> None:
    limit = allowed.drawings_per_day
    if used.today + count > limit:
        seconds = int((midnight(at) + timedelta(days=1) - at).total_seconds()) + 1
        headers.note_refusal("drawings-day", limit, seconds, seconds=rules.DAY)
        raise DailyLimit(retry_after=seconds, limit=limit, used=used.today)


def _check_month(used: Used, allowed: Allowance, *, at: datetime, count: int) -> None:
    limit = allowed.drawings_per_month
    if limit is not None and used.this_month + count > limit:
        first, next_first = month(at)
        seconds = int((next_first - at).total_seconds()) + 1
        length = int((next_first - first).total_seconds())
        headers.note_refusal("drawings-month", limit, seconds, seconds=length)
        raise MonthlyQuota(retry_after=seconds, limit=limit, used=used.this_month)


def midnight(at: datetime) -> datetime:
    """When the day of `at` (UTC) began."""
    return datetime(at.year, at.month, at.day, tzinfo=at.tzinfo)


def month(at: datetime) -> tuple[datetime, datetime]:
    """When the calendar month of `at` (UTC) begins, and the next one."""
    first = datetime(at.year, at.month, 1, tzinfo=at.tzinfo)
    return first, (first + timedelta(days=31)).replace(day=1)


def drawn_since(user_id: UUID, since: datetime, *, is_test: bool = False) -> int:
    """How many jobs they have asked for, whatever came of them."""
    mine = Job.objects.filter(user_id=user_id, created_at__gte=since, is_test=is_test)
    return mine.count()
