"""Telling people what happened to their account: in the bell, and by mail."""

from accounts import mail
from accounts.models import User
from accounts.signals import security_noticed


def notice(user: User, message: str) -> None:
    """Tell the owner, inside the transaction of what happened. `message` is one sentence."""
    security_noticed.send(User, user=user, message=message)
    mail.post("security", to=user.email, user=user, message=message)
