"""Proving that a mailbox is theirs; and the first mail that people get."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import mail, one_time
from accounts.emails.errors import AlreadyVerified
from accounts.models import User
from accounts.signals import email_verified
from chatsvg import ratelimits
from chatsvg.ratelimits.rules import HOUR, MINUTE, Rate, Rule

MAILS = Rule(
    "rl:mail",
    (Rate(3, 15 * MINUTE), Rate(6, 3 * HOUR)),
    "Too many mails. Please look into your mailbox, or try again later.",
)  # that somebody has sent, by person


def is_missing(user: User) -> bool:
    """Whether this person should prove their e-mail, and has not."""
    return settings.REQUIRE_VERIFIED_EMAIL and user.email_verified_at is None


def greet(user: User) -> None:
    """The first mail, inside the transaction that makes the person: verify, or else welcome."""
    mail.post("verify" if is_missing(user) else "welcome", to=user.email, user=user)


def ask(user: User) -> None:
    """Send another link. Raises AlreadyVerified, or TooMany."""
    if user.email_verified_at:
        raise AlreadyVerified()
    ratelimits.take(MAILS, user.pk)
    mail.post("verify", to=user.email, user=user)


@transaction.atomic
def verify(raw: str) -> User:
    """Take the mailbox for proved, by the link of a mail. Raises LinkSpent."""
    user = one_time.use(raw, one_time.Purpose.VERIFY_EMAIL).user
    mark_verified(user)
    return user


def mark_verified(user: User) -> None:
    """Inside a transaction that holds the person's row. A repeat changes nothing."""
    if user.email_verified_at:
        return
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at", "updated_at"])
    email_verified.send(User, user=user)
