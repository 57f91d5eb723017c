"""The mails that prove an address, and that tell of its change."""

from datetime import timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts import one_time
from accounts.emails.services import state
from accounts.mail.letters import Context, kind
from accounts.models import Mail, User

VERIFY_LIFETIME = timedelta(days=3)
CHANGE_LIFETIME = timedelta(hours=24)
Purpose = one_time.Purpose


@kind("welcome")
def welcome(mail: Mail) -> Context | None:
    """Where nothing was given, it says when something will be."""
    user = mail.user
    if user is None or not _is_still_theirs(mail):
        return None
    wallet = user.wallet
    return {"refill_at": wallet.next_refill_at if wallet.is_untouched else None}


@kind("verify")
def verify(mail: Mail) -> Context | None:
    user = mail.user
    if user is None or user.email_verified_at or not _is_still_theirs(mail):
        return None
    raw = one_time.make(user, Purpose.VERIFY_EMAIL, email=mail.to, lifetime=VERIFY_LIFETIME)
    return {
        "link": f"{settings.PUBLIC_URL}/verify-email?token={raw}",
        "for_credits": settings.REQUIRE_VERIFIED_EMAIL,
    }


@kind("email_change_confirm")
def email_change_confirm(mail: Mail) -> Context | None:
    """To the new address, unless the account has changed since, or another one was asked for."""
    user = mail.user
    if user is None or not user.is_active or _is_superseded(mail):
        return None
    if not constant_time_compare(state(user), str(mail.context.get("since"))):
        return None
    raw = one_time.make(user, Purpose.CHANGE_EMAIL, email=mail.to, lifetime=CHANGE_LIFETIME)
    return {"link": f"{settings.PUBLIC_URL}/confirm-email?token={raw}"}


@kind("email_changed")
def email_changed(mail: Mail) -> Context:
    """To the old address, which can do no more than write to us."""
    return {"at": mail.created_at}


def _is_still_theirs(mail: Mail) -> bool:
    user: User | None = mail.user
    return user is not None and user.is_active and user.email == mail.to


def _is_superseded(mail: Mail) -> bool:
    later = Mail.objects.filter(user=mail.user, kind=mail.kind, created_at__gt=mail.created_at)
    return later.exists()
