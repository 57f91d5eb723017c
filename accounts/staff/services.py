"""What members of staff may do to people."""

from django.db import transaction

from accounts import one_time
from accounts.models import User
from accounts.sessions import services as sessions
from accounts.signals import user_suspended
from accounts.staff.errors import NotAnybody, NotYours


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
