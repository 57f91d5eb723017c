"""Passwords that everybody who guesses tries first, found without asking anybody."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

from accounts.passwords.errors import BreachedPassword
from accounts.validation import PASSWORD_MIN


def check(password: str) -> None:
    """Raise BreachedPassword where it stands in a list of leaked ones, in whatever case."""
    known = settings.BREACHED_PASSWORD_CHECK and _leaked(settings.BREACHED_PASSWORDS_FILE)
    if known and password.lower().strip() in known:
        raise BreachedPassword()


@cache
def _leaked(file: str) -> frozenset[str]:
    """Django's list, the 20,000 commonest of Pwned Passwords, and the installation's own.

    Only what is long enough to be chosen here. Read when it is first needed: 2 MB, 10 ms.
    """
    known = set(CommonPasswordValidator().passwords)
    if file:
        known |= CommonPasswordValidator(Path(file)).passwords
    return frozenset(password for password in known if len(password) >= PASSWORD_MIN)
