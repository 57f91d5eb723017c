"""What somebody may ask of keys: bodies and queries, checked in the order of their fields."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import validation
from accounts.keys import networks
from accounts.models import ApiKey
from chatsvg.errors import Invalid
from chatsvg.text import clean, utf16_length

SCOPES = ("svg:generate", "svg:read", "account:read", "webhooks")
DESCRIPTION_MAX = 500  # UTF-16 code units
NETWORKS_MOST, RATE_MOST = 50, 100_000
DAY = timedelta(days=1)
MIN, MAX = datetime.min + 2 * DAY, datetime.max - 2 * DAY  # what survives a change of zones


class Wish(NamedTuple):
    """A valid request for a key."""

    name: str
    description: str
    environment: ApiKey.Environment
    ip_list: list[str]
    expires_at: datetime | None
    scopes: list[str]
    custom_rate_limit: int | None


def key(data: Mapping[str, object]) -> Wish:
    """The key that a body asks for. Raises Invalid with the first fault."""
    return Wish(
        name=validation.name(data),
        description=_description(data.get("description")),
        environment=_environment(data.get("environment")),
        ip_list=_networks(data.get("ipWhitelist")),
        expires_at=_expiry(data.get("expiresAt")),
        scopes=_scopes(data.get("scopes")),
        custom_rate_limit=_rate(data.get("customRateLimit")),
    )


def _description(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("Description must be text")
    if utf16_length(value := clean(value)) > DESCRIPTION_MAX:
        raise Invalid(f"Description is too long (max {DESCRIPTION_MAX} characters)")
    return value


def _environment(value: object) -> ApiKey.Environment:
    if value is None or value == "":
        return ApiKey.Environment.PRODUCTION
    if value not in ApiKey.Environment.values:
        raise Invalid(f"Invalid environment. Must be one of: {', '.join(ApiKey.Environment)}")
    return ApiKey.Environment(value)


def _networks(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Invalid("ipWhitelist must be a list of IP addresses and CIDR ranges")
    found: dict[str, None] = {}
    for one in value:
        try:
            found[networks.normal(one)] = None
        except ValueError as error:
            shown = clean(one)[:50]
            raise Invalid(f"Invalid IP address or CIDR range: {shown}") from error
    if len(found) > NETWORKS_MOST:
        raise Invalid(f"ipWhitelist is too long (max {NETWORKS_MOST} entries)")
    return list(found)


def _expiry(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    at = _time(value, "expiresAt")
    if at <= timezone.now():
        raise Invalid("expiresAt must be in the future")
    return at


def _scopes(value: object) -> list[str]:
    """All of them where none is named: the React client names none."""
    if value is None:
        return list(SCOPES)
    if not isinstance(value, list) or not value or any(one not in SCOPES for one in value):
        raise Invalid(f"Invalid scopes. Must be some of: {', '.join(SCOPES)}")
    return [one for one in SCOPES if one in value]


def _rate(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= RATE_MOST:
        raise Invalid(f"customRateLimit must be a whole number from 1 to {RATE_MOST}")
    return value


class Period(NamedTuple):
    """From `since` until just before `until`; open where one is None."""

    since: datetime | None = None
    until: datetime | None = None


def period(query: Mapping[str, str]) -> Period:
    """Between `startDate` and `endDate`; an end without a time of day is all of that day."""
    start, end = query.get("startDate"), query.get("endDate")
    since = _time(start, "startDate") if start else None
    until = _time(end, "endDate") if end else None
    if since and until and since > until:
        raise Invalid("startDate must not be after endDate")
    if until and len(end or "") == len("2027-01-31"):
        until += DAY
    return Period(since, until)


def _time(value: object, field: str) -> datetime:
    """A time of ISO 8601, or a date, which begins at midnight; in UTC where no zone is named."""
    try:
        found = parse_datetime(value.strip() if isinstance(value, str) else "")
        if found and MIN < found.replace(tzinfo=None) < MAX:
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        pass  # well written, but no day of the calendar
    raise Invalid(f"{field} must be a date or time such as 2027-01-31T12:00:00Z")
