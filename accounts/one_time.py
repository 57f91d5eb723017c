"""Links that work once: made for a mailbox, used up by whoever reads it."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.errors import LinkSpent
from accounts.models import OneTimeToken, User

Purpose = OneTimeToken.Purpose


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


@transaction.atomic
def make(user: User, purpose: Purpose, *, email: str, lifetime: timedelta) -> str:
    """The raw token (64 hex characters) of a new link; earlier ones for this purpose are void."""
    void(user, purpose)
    raw = secrets.token_hex(32)
    user.one_time_tokens.create(
        purpose=purpose,
        token_hash=_hash(raw),
        email=email,
        expires_at=timezone.now() + lifetime,
    )
    return raw


def void(user: User, purpose: Purpose | None = None) -> None:
    """Make links useless: those for `purpose`, or all."""
    live = user.one_time_tokens.filter(used_at=None)
    (live.filter(purpose=purpose) if purpose else live).update(used_at=timezone.now())


def is_live(raw: str, purpose: Purpose) -> bool:
    """Whether a link would work now; for a page that asks before it acts."""
    return _live(raw, purpose).exists()


def use(raw: str, purpose: Purpose) -> OneTimeToken:
    """Use a link up, inside the transaction of what it allows; its person comes along, locked.

    Raises LinkSpent where it is unknown, used or too old.
    """
    token = _live(raw, purpose).select_for_update().select_related("user").first()
    if token is None:
        raise LinkSpent()
    token.used_at = timezone.now()
    token.save(update_fields=["used_at"])
    return token


def _live(raw: str, purpose: Purpose):
    return OneTimeToken.objects.filter(
        token_hash=_hash(raw),
        purpose=purpose,
        used_at=None,
        expires_at__gt=timezone.now(),
        user__is_active=True,
    )
