"""The end of an account: the person is blanked, what is theirs goes, the books stay."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import mail, one_time
from accounts.models import Mail, OAuthState, Session, User
from accounts.passwords.errors import WrongPassword
from accounts.passwords.services import confirm
from accounts.profile import avatars, exports
from accounts.profile.errors import LastOfStaff, SignInAgain, WrongEmail
from accounts.sessions import services as sessions
from accounts.signals import user_deleted
from accounts.staff import history

LATECOMERS = timedelta(hours=2)  # for how long something of the deleted may still come in
FAREWELL = "account_deleted"


def delete(user: User, session: Session, *, password: str = "", email: str = "") -> None:
    """Delete somebody who has proved that it is them: by the password, or where they have none by
    typing the e-mail within sessions.FRESH of signing in.

    Raises WrongPassword, WrongEmail, SignInAgain, LastOfStaff, or TooMany after too many wrong
    passwords; then nothing has changed. They can sign up again with the same e-mail.
    """
    known = _prove(user, session, password=password, email=email)
    with transaction.atomic():
        locked = one_time.lock(user)
        if locked.deleted_at:
            return
        if locked.password != known.password:
            raise WrongPassword()
        _delete(locked)


def _prove(user: User, session: Session, *, password: str, email: str) -> User:
    if user.has_usable_password():
        return confirm(user, password)
    if email.strip().lower() != user.email:
        raise WrongEmail()
    if not sessions.is_fresh(session):
        raise SignInAgain()
    return user


def _delete(user: User) -> None:
    """In a transaction that holds the person's row."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise LastOfStaff()
    old = user.email
    sessions.end_all(user, because="deleted")
    user_deleted.send(User, user=user)
    Mail.objects.filter(Q(to__iexact=old) | Q(context__reply_to__iexact=old)).delete()
    _forget(user)
    _blank(user)
    mail.post(FAREWELL, to=old)


def _forget(user: User) -> None:
    """What this app has of somebody besides the person's own row. May be repeated."""
    avatars.discard(user)
    exports.discard(user)
    OAuthState.objects.filter(session__user=user).delete()
    user.identities.all().delete()
    user.one_time_tokens.all().delete()
    user.mails.all().delete()
    user.sessions.exclude(ip_address=None, user_agent="").update(ip_address=None, user_agent="")
    history.erase("user", [user.pk])  # which names people by their e-mail


def _blank(user: User) -> None:
    """Nobody any more: an id to which the ledger and the bare jobs belong."""
    user.email = f"deleted-{user.pk}@deleted.invalid"
    user.name = user.avatar = ""
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.email_verified_at = user.terms_accepted_ip = user.last_login = None
    user.deleted_at = timezone.now()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()


def forget_late() -> None:
    """Once more for those deleted lately: a request or a worker may have written something of them
    since. And the last mail is forgotten as soon as it has gone."""
    since = timezone.now() - LATECOMERS
    for user in User.objects.filter(deleted_at__gt=since).order_by("deleted_at"):
        with transaction.atomic():
            user_deleted.send(User, user=user)
            _forget(user)
    Mail.objects.filter(kind=FAREWELL, ended_at__isnull=False).delete()
