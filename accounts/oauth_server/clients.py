"""Apps: registered by themselves, found by their id, forgotten where nobody uses them."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts import one_time
from accounts.models import OAuthClient
from chatsvg import ratelimits
from chatsvg.ids import parse_id
from chatsvg.ratelimits.places import place
from chatsvg.ratelimits.rules import HOUR, Rate, Rule

if TYPE_CHECKING:
    from accounts.oauth_server.registration import Wish  # which loads Authlib

REGISTRATIONS = Rule(
    "rl:oauth:register", (Rate(30, HOUR),), "Too many registrations. Please try again later."
)  # by address
DAY = timedelta(days=1)
NEVER_USED, UNUSED = timedelta(days=7), timedelta(days=90)  # for how long they are kept


class Registered(NamedTuple):
    """A new client, and the only copy of its secret in the clear (empty where it has none)."""

    client: OAuthClient
    secret: str


def register(wish: "Wish", *, ip: str | None) -> Registered:
    """Raises TooMany where too many have come from this address."""
    ratelimits.take(REGISTRATIONS, place(ip))
    is_public = wish.authentication == OAuthClient.Authentication.NONE
    secret = "" if is_public else secrets.token_urlsafe(32)
    client = OAuthClient.objects.create(
        **wish._asdict(), secret_hash=one_time.digest(secret) if secret else ""
    )
    return Registered(client, secret)


def find(client_id: str) -> OAuthClient | None:
    known = parse_id(client_id)
    return OAuthClient.objects.filter(pk=known).first() if known else None


def has_secret(client: OAuthClient, secret: str) -> bool:
    """Whether this is the client's secret. Those without one have none that fits."""
    return hmac.compare_digest(client.secret_hash, one_time.digest(secret))


def touch(client_id: UUID, *, at: datetime) -> None:
    """It got tokens. Written at most once a day: many people may share one client."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - DAY)
    OAuthClient.objects.filter(stale, pk=client_id).update(last_used_at=at)


def purge() -> int:
    """Forget those that got no tokens within days of registering, and those that nobody has
    connected for long; say how many."""
    now = timezone.now()
    never = Q(last_used_at=None, created_at__lt=now - NEVER_USED)
    long_ago = Q(last_used_at__lt=now - UNUSED)
    idle = OAuthClient.objects.filter(never | long_ago, grants=None, codes=None)
    return OAuthClient.objects.filter(pk__in=idle.values("pk")).delete()[0]
