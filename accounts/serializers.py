"""The JSON of a person, as CONTRACT §3.2 gives it."""

from django.conf import settings

from accounts.models import Session, User
from chatsvg.text import timestamp


def person(user: User) -> dict:
    """What login and current-user answer."""
    return {**newcomer(user), "plan": user.wallet.plan}


def newcomer(user: User) -> dict:
    """What register answers; `credits` is what can be spent now."""
    return {
        "id": str(user.pk),
        "email": user.email,
        "name": user.shown_name,
        "avatar": picture_url(user),
        "credits": user.wallet.available,
    }


def picture_url(user: User) -> str | None:
    """The whole address of somebody's picture, for other origins: ours, or a provider's."""
    is_ours = user.avatar.startswith("/")
    return (settings.PUBLIC_URL + user.avatar if is_ours else user.avatar) or None


def session_entry(session: Session, current: Session) -> dict:
    """One line of the list of devices."""
    return {
        "id": str(session.pk),
        "createdAt": timestamp(session.created_at),
        "lastUsedAt": timestamp(session.last_used_at),
        "ipAddress": session.ip_address,
        "userAgent": session.user_agent or None,
        "current": session.pk == current.pk,
    }
