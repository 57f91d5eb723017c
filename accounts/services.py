"""What people may do about who they are."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import limits, tokens
from accounts.emails import verification
from accounts.errors import EmailAuthDisabled, EmailTaken, WrongCredentials
from accounts.models import Session, User
from accounts.passwords import breached
from accounts.signals import user_registered

_NOBODY = make_password("nobody has this password")  # so that unknown addresses cost as much time


def register(*, email: str, password: str, name: str, ip: str | None = None) -> User:
    """Make an account that has accepted the terms.

    Raises BreachedPassword, EmailTaken, or TooMany where too much failed, or too many succeeded,
    from this address; then nothing is stored.
    """
    breached.check(password)
    with limits.sign_up(ip):
        return _make(email=email, password=password, name=name, ip=ip)


@transaction.atomic
def _make(*, email: str, password: str, name: str, ip: str | None) -> User:
    user = User(email=email, name=name, terms_accepted_at=timezone.now(), terms_accepted_ip=ip)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken() from error
    user_registered.send(User, user=user)
    verification.greet(user)
    return user


def check(*, email: str, password: str) -> User:
    """The person with this e-mail and password. Raises WrongCredentials, in equal time for all."""
    user = User.objects.filter(email=email, is_active=True).first()
    known = user is not None and user.has_usable_password()
    encoded = user.password if user is not None and known else _NOBODY
    if not check_password(password, encoded) or user is None or not known:
        raise WrongCredentials()
    return user


def login(
    *,
    email: str,
    password: str,
    remember_me: bool = False,
    ip: str | None = None,
    user_agent: str = "",
) -> tokens.Issued:
    """Start a session for the right password.

    Raises WrongCredentials, or TooMany where that happened too often: whatever the password.
    """
    with limits.attempt(email, ip):
        user = check(email=email, password=password)
    return _start(user, remember_me=remember_me, ip=ip, user_agent=user_agent)


@transaction.atomic
def _start(user: User, **device: Any) -> tokens.Issued:
    """A session, unless the password was changed since it was checked: that ends all sessions, and
    waits for none that is about to begin."""
    same = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
    if same.select_for_update(no_key=True).first() is None:
        raise WrongCredentials()
    return tokens.issue(user, **device)


def logout(refresh: str, session: Session | None = None) -> None:
    """End the session of a refresh token, and only that one; where it has none, `session`."""
    if ended := tokens.find(refresh) or session:
        tokens.revoke(ended, because="logout")


def require_email_auth() -> None:
    """First at every way in by password. Raises EmailAuthDisabled where they are switched off."""
    if not settings.EMAIL_AUTH_ENABLED:
        raise EmailAuthDisabled()


@transaction.atomic
def ensure_user(email: str, *, password: str, name: str, staff: bool = False) -> tuple[User, bool]:
    """The person with this e-mail, made if there is none; and whether they were made now."""
    if user := User.objects.filter(email=email).first():
        return user, False
    user = User.objects.create_user(email, password, name=name, is_staff=staff, is_superuser=staff)
    user_registered.send(User, user=user)
    return user, True
