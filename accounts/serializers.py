"""The JSON of a person, as CONTRACT §3.2 gives it."""

from accounts.models import User


def person(user: User) -> dict:
    """What login and current-user answer."""
    return {**newcomer(user), "plan": user.wallet.plan}


def newcomer(user: User) -> dict:
    """What register answers; `credits` is what can be spent now."""
    return {
        "id": str(user.pk),
        "email": user.email,
        "name": user.shown_name,
        "avatar": user.avatar or None,
        "credits": user.wallet.available,
    }
