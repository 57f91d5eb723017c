"""The JSON of a person, as CONTRACT §3.2 gives it."""

from accounts.models import User


def person(user: User) -> dict:
    """What register, login and current-user answer; `credits` is what can be spent now."""
    wallet = user.wallet
    return {
        "id": str(user.pk),
        "email": user.email,
        "name": user.shown_name,
        "avatar": user.avatar or None,
        "plan": wallet.plan,
        "credits": wallet.available,
    }
