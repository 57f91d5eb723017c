"""Keys that the docs make on a click, so that their samples run as they stand there.

They are test keys of an hour, on every plan, and no mail tells of them. They take no room of a
person's other keys: of these, there are a few at a time, and the oldest makes room.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import one_time
from accounts.emails import verification
from accounts.keys import services
from accounts.keys.asked import SCOPES, Wish
from accounts.keys.errors import EmailUnproved
from accounts.keys.services import Made
from accounts.models import ApiKey, User
from chatsvg.errors import SignedOut

NAME = "Docs example"
LIFETIME = timedelta(hours=1)
MOST = 3  # of a person at a time


@transaction.atomic
def make(user: User) -> Made:
    """A key for an hour. Raises EmailUnproved."""
    locked = one_time.lock(user)
    if not locked.is_active:
        raise SignedOut()  # deleted or suspended since this request began
    if verification.is_missing(locked):
        raise EmailUnproved()
    now = timezone.now()
    mine = locked.api_keys.live().filter(is_example=True)
    newest = mine.filter(expires_at__gt=now).order_by("-created_at", "-id")
    kept = list(newest.values_list("pk", flat=True)[: MOST - 1])
    mine.exclude(pk__in=kept).update(revoked_at=now, revoked_because="replaced")
    return services.issue(locked, _wish(), is_example=True)


def retire() -> int:
    """End the keys whose hour is over, so that they are listed no more; say how many."""
    now = timezone.now()
    over = ApiKey.objects.live().filter(is_example=True, expires_at__lte=now)
    return over.update(revoked_at=now, revoked_because="expired")


def _wish() -> Wish:
    return Wish(
        name=NAME,
        description="Made by the documentation, for an hour.",
        environment=ApiKey.Environment.TEST,
        ip_list=[],
        expires_at=timezone.now() + LIFETIME,
        scopes=list(SCOPES),
        custom_rate_limit=None,
    )
