"""Links that work once: made for a mailbox, used up by whoever reads it."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.errors import LinkSpent
from accounts.models import OneTimeToken, User
from chatsvg import retention

Purpose = OneTimeToken.Purpose


def digest(raw: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def make(user: User, purpose: Purpose, *, email: str, lifetime: timedelta) -> str:
    """The raw token (64 hex characters) of a new link; earlier ones for this purpose are void."""
    lock(user)
    void(user, purpose)
    raw = secrets.token_hex(32)
    user.one_time_tokens.create(
        purpose=purpose,
        token_hash=digest(raw),
        email=email,
        expires_at=timezone.now() + lifetime,
    )
    return raw


def void(user: User, purpose: Purpose | None = None) -> None:
    """Make links useless: those for `purpose`, or all."""
    live = user.one_time_tokens.filter(used_at=None)
    (live.filter(purpose=purpose) if purpose else live).update(used_at=timezone.now())


def find(raw: str, purpose: Purpose) -> OneTimeToken | None:
    """A link that would work now, for a page that asks before it acts."""
    return _live(raw, purpose).select_related("user").first()


def use(raw: str, purpose: Purpose) -> OneTimeToken:
    """Use a link up, inside the transaction of what it allows; its person comes along, locked.

    Raises LinkSpent where it is unknown, used or too old.
    """
    found = _live(raw, purpose).first()
    if found is None:
        raise LinkSpent()
    user = lock(found.user)  # first the person, as everybody else does
    token = _live(raw, purpose).select_for_update(of=("self",)).first()
    if token is None:
        raise LinkSpent()
    token.used_at = timezone.now()
    token.save(update_fields=["used_at"])
    token.user = user
    return token


def lock(user: User) -> User:
    """The person as they are now, locked until the end of the caller's transaction."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def purge() -> int:
    """Forget links that have long been useless; say how many."""
    over = OneTimeToken.objects.filter(expires_at__lt=retention.limit(settings.LINKS_DAYS))
    return retention.forget(over)


def _live(raw: str, purpose: Purpose) -> QuerySet[OneTimeToken]:
    """At most one. A link to a mailbox that is no longer theirs is none."""
    theirs = Q(purpose=Purpose.CHANGE_EMAIL) | Q(email=F("user__email"))
    return OneTimeToken.objects.filter(
        theirs,
        token_hash=digest(raw),
        purpose=purpose,
        used_at=None,
        expires_at__gt=timezone.now(),
        user__is_active=True,
    )
