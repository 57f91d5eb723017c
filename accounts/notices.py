"""Telling people what happened to their account: in the bell, and by mail."""

from accounts import mail
from accounts.models import User
from accounts.signals import security_noticed


def notice(user: User, message: str, *, about: str = "", **told: str) -> None:
    """Tell the owner, inside the transaction of what happened. `message` is one sentence.

    `about`: "key", "app" or "sign-in", where the bell is to lead there. The mail says as well by
    which `device`, and from which `ip`, where they are given.
    """
    security_noticed.send(User, user=user, message=message, about=about)
    mail.post("security", to=user.email, user=user, message=message, **told)
