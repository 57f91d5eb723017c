"""What members of staff may do to people."""

from django.db import transaction

from accounts import one_time, tokens
from accounts.models import Session, User
from accounts.notices import notice
from accounts.sessions import services as sessions
from accounts.signals import user_suspended
from accounts.staff.errors import NotAnybody, NotYours

ONE_ENDED = "Our support signed you out on a device, at your request or to keep you safe."
ALL_ENDED = "Our support signed you out on every device, at your request or to keep you safe."


@transaction.atomic
def sign_out(session: Session) -> None:
    """End a session, and tell its person. A repeat does nothing."""
    if tokens.revoke(session, because="support"):
        notice(session.user, ONE_ENDED)


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """End every session of theirs, and tell them where there was one."""
    if sessions.end_all(user, because="support"):
        notice(user, ALL_ENDED)


@transaction.atomic
def suspend(user: User, *, staff: User) -> None:
    """Keep somebody out, at once and on every face.

    Raises NotYours where they are staff and `staff` no superuser, or NotAnybody.
    """
    locked = _lock(user, staff)
    sessions.end_all(locked, because="suspended")  # first: those of the suspended are not live
    one_time.void(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active", "updated_at"])
    user_suspended.send(User, user=locked)


@transaction.atomic
def let_in(user: User, *, staff: User) -> None:
    """Let somebody in again. Raises NotYours, or NotAnybody where they are deleted."""
    locked = _lock(user, staff)
    locked.is_active = True
    locked.save(update_fields=["is_active", "updated_at"])


def _lock(user: User, staff: User) -> User:
    locked = one_time.lock(user)
    if locked.deleted_at:
        raise NotAnybody()
    if locked.is_staff and not staff.is_superuser:
        raise NotYours()
    return locked
