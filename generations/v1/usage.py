"""`/v1/usage`: what was used this month, and what may be."""

from django.utils import timezone
from rest_framework.response import Response

from accounts.keys import services as keys
from accounts.keys import usage
from accounts.keys.asked import Period
from accounts.keys.views import KeyView
from chatsvg.ratelimits.rules import HOUR, MINUTE
from chatsvg.text import timestamp
from generations import limits


class Usage(KeyView):
    """GET this calendar month (UTC): drawings, requests and credits, of each key too; and the
    plan's limits, null being unlimited."""

    scope = "account:read"

    def get(self, request):
        now = timezone.now()
        first, next_first = limits.month(now)
        mine = keys.keys_of(request.user)
        period = Period(since=first)
        by_key = usage.totals([key.pk for key in mine], period)
        return Response(
            {
                "from": timestamp(first),
                "until": timestamp(next_first),
                "drawings": {
                    "month": limits.drawn_since(request.user.pk, first),
                    "today": limits.drawn_since(request.user.pk, limits.midnight(now)),
                },
                "total": _told(usage.summary(request.user, period)),
                "limits": _limits(request.user.wallet),
                "keys": [_key(key, by_key[key.pk]) for key in mine],
            }
        )


def _limits(wallet):
    allowed = wallet.allowance
    return {
        "plan": wallet.plan,
        "drawingsPerMonth": allowed.drawings_per_month,
        "drawingsPerDay": allowed.drawings_per_day,
        "drawingsUnderWay": allowed.drawings_under_way,
        "requestsPerMinute": allowed.times(MINUTE),
        "requestsPerHour": allowed.times(HOUR),
    }


def _key(key, totals):
    return {
        "id": str(key.pk),
        "name": key.name,
        "keyPrefix": key.prefix,
        "environment": key.environment,
        **_told(totals),
    }


def _told(totals):
    return {
        "requests": totals.requests,
        "succeeded": totals.succeeded,
        "failed": totals.failed,
        "creditsUsed": totals.credits,
    }
