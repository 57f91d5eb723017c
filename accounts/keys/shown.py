"""What the pages of keys show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import timezone

from accounts.keys import services, usage
from accounts.keys.asked import Period
from accounts.keys.usage import Totals
from accounts.models import ApiKey, User
from chatsvg.text import timestamp

PRODUCTION, TEST = ApiKey.Environment.PRODUCTION, ApiKey.Environment.TEST
SCOPES = {
    "svg:generate": "Make drawings",
    "svg:read": "Read jobs and drawings",
    "account:read": "Read credits and usage",
    "webhooks": "Manage webhooks",
}
LIFETIMES = {
    "": "Never",
    "1": "In a day",
    "7": "In a week",
    "30": "In 30 days",
    "90": "In 90 days",
    "365": "In a year",
}
"""Days after which a key may expire."""
JUST_NOW = timedelta(minutes=2)


@dataclass(frozen=True)
class Row:
    """A key of the table. `state`: "live", "expired", or "paused" where the plan has no such."""

    key: ApiKey
    totals: Totals
    state: str

    @property
    def id(self) -> str:
        return str(self.key.pk)

    @property
    def was_used_just_now(self) -> bool:
        last = self.key.last_used_at
        return last is not None and timezone.now() - last < JUST_NOW

    @property
    def may(self) -> list[str]:
        """What it may do, in words."""
        return [SCOPES[one] for one in self.key.scopes if one in SCOPES]

    @property
    def may_all(self) -> bool:
        return len(self.may) == len(SCOPES)


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


def page(user: User, typed: QueryDict | None = None) -> dict:
    """The table, the four figures above it (of all keys that they ever had), and the form for a new
    key, with what was typed."""
    mine = services.keys_of(user)
    room = {"production": services.room(user, PRODUCTION), "test": services.room(user, TEST)}
    totals = usage.totals(key.pk for key in mine)
    return {
        "rows": [_row(key, totals[key.pk], user) for key in mine],
        "summary": usage.summary(user, Period()),
        "form": _form(typed, usual=PRODUCTION if room["production"].is_left else TEST),
        **room,
    }


def _form(typed: QueryDict | None, *, usual: ApiKey.Environment) -> dict:
    posted = QueryDict() if typed is None else typed
    environment = posted.get("environment", usual)
    scopes = list(SCOPES) if typed is None else posted.getlist("scopes")
    return {
        "typed": posted,
        "environment": environment,
        "scopes": [Choice(one, label, one in scopes) for one, label in SCOPES.items()],
        "lifetimes": [
            Choice(days, label, days == posted.get("expires", ""))
            for days, label in LIFETIMES.items()
        ],
    }


def wanted(posted: QueryDict) -> Mapping[str, object]:
    """A form of ours as the body of `POST /api/keys`, which `asked.key` checks."""
    days = posted.get("expires", "")
    at = timezone.now() + timedelta(days=int(days)) if days in LIFETIMES and days else None
    return {
        "name": posted.get("name", ""),
        "description": posted.get("description", ""),
        "environment": posted.get("environment", ""),
        "scopes": posted.getlist("scopes"),
        "expiresAt": timestamp(at),
        "ipWhitelist": posted.get("addresses", "").replace(",", " ").split(),
    }


def _row(key: ApiKey, totals: Totals, user: User) -> Row:
    return Row(key, totals, _state(key, user, timezone.now()))


def _state(key: ApiKey, user: User, at: datetime) -> str:
    if key.expires_at and key.expires_at <= at:
        return "expired"
    is_paused = not key.is_test and not user.wallet.allowance.api_keys
    return "paused" if is_paused else "live"
