"""What people may do about their password."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import mail, one_time, services
from accounts.emails import verification
from accounts.errors import LinkSpent, WrongCredentials
from accounts.models import Session, User
from accounts.notices import notice
from accounts.oauth_server import grants
from accounts.passwords import breached
from accounts.passwords.errors import NoPassword, ResetLinkSpent, WrongPassword
from accounts.sessions.services import end_all
from chatsvg import ratelimits
from chatsvg.ratelimits.rules import AUTH, Rule

GUESSES = Rule("rl:auth:confirm", AUTH.rates, AUTH.sentence)  # wrong ones, by person
CHANGED = "Your password was changed."
RESET = (
    "Your password was reset, every device was signed out, and connected apps were disconnected."
)


def ask_reset(email: str) -> None:
    """Have a link sent, if somebody has this address.

    Nobody looks here whether: known and unknown addresses are the same work.
    """
    mail.post("reset", to=email)


def reset(raw: str, new: str, *, device: str = "") -> User:
    """Set a new password by the link of a mail, sign every device out, disconnect every app, and
    make other links void.

    The link proves the mailbox. An account that had no password has one from now on. Raises
    BreachedPassword, or ResetLinkSpent; then nothing has changed.
    """
    breached.check(new)
    if one_time.find(raw, one_time.Purpose.RESET_PASSWORD) is None:
        raise ResetLinkSpent()
    encoded = make_password(new)  # slow: no transaction is open
    try:
        with transaction.atomic():
            user = one_time.use(raw, one_time.Purpose.RESET_PASSWORD).user
            _drop_foreign_identities(user)
            verification.mark_verified(user)
            _replace(user, encoded)
            end_all(user, because="reset")
            grants.end_all(user, because="reset")
            notice(user, RESET, about="sign-in", device=device)
    except LinkSpent as error:
        raise ResetLinkSpent() from error
    return user


def change(user: User, session: Session, *, current: str, new: str) -> None:
    """Set a new password, sign every other device out, and make links void.

    Raises WrongPassword, NoPassword, BreachedPassword, or TooMany after too many wrong ones.
    """
    known = confirm(user, current)
    breached.check(new)
    encoded = make_password(new)  # slow: no transaction is open
    with transaction.atomic():
        user = one_time.lock(user)
        if user.password != known.password:
            raise WrongPassword()
        _replace(user, encoded)
        end_all(user, because="password", keep=session)
        notice(user, CHANGED, about="sign-in", device=session.user_agent)


def confirm(user: User, password: str) -> User:
    """Have somebody who is signed in prove that it is them; as the person was then.

    Raises WrongPassword, NoPassword, or TooMany after too many wrong ones. That is asked again at
    the end: of many guesses at once, no more learn anything than one by one.
    """
    if not user.has_usable_password():
        raise NoPassword()
    ratelimits.check(GUESSES, user.pk)
    try:
        known = services.check(email=user.email, password=password)
    except WrongCredentials as error:
        ratelimits.take(GUESSES, user.pk)
        raise WrongPassword() from error
    ratelimits.check(GUESSES, user.pk)
    return known


def _replace(user: User, encoded: str) -> None:
    user.password = encoded
    user.save(update_fields=["password", "updated_at"])
    one_time.void(user)


def _drop_foreign_identities(user: User) -> None:
    """Whoever made the account may not have been who has the mailbox, until it is proved: what
    they linked to it goes, unless the provider knows it by the same address."""
    if user.email_verified_at is None:
        user.identities.exclude(email__iexact=user.email).delete()
