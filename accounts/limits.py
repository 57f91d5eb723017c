"""How often somebody may fail to sign in, and how many accounts may come from one address.

What was refused for its form alone does not count: it tells nothing about anybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError

from accounts.errors import EmailTaken, WrongCredentials
from accounts.models import Session
from chatsvg import keyring, ratelimits
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import network, place


def check_address(ip: str | None) -> None:
    """Raise TooMany where too much has failed from this address."""
    ratelimits.check(rules.AUTH, place(ip))


@contextmanager
def attempt(email: str, ip: str | None) -> Iterator[None]:
    """Around the check of a password: counts a failure. Raises TooMany where too many failed.

    Asked again at the end: of many guesses at once, no more learn anything than one by one.
    """
    _ask(email, ip, take=False)
    try:
        yield
    except (WrongCredentials, ValidationError):
        _ask(email, ip, take=True)
        raise
    _ask(email, ip, take=False)


@contextmanager
def sign_up(ip: str | None) -> Iterator[None]:
    """Around the making of an account: counts it, or the failure. Raises TooMany."""
    here = place(ip)
    ratelimits.check(rules.SIGN_UPS, here)
    ratelimits.check(rules.AUTH, here)
    try:
        yield
    except EmailTaken:
        ratelimits.take(rules.AUTH, here)
        raise
    ratelimits.ask(rules.SIGN_UPS, here, take=True)


def _ask(email: str, ip: str | None, *, take: bool) -> None:
    """Ask (and count in) the address first: one that is blocked does not fill the account's."""
    ratelimits.admit(ratelimits.ask(rules.AUTH, place(ip), take=take))
    verdict = ratelimits.ask(rules.ACCOUNT, _digest(email), take=take)
    if verdict.has_room or not _is_at_home(email, ip):
        ratelimits.admit(verdict)


def _is_at_home(email: str, ip: str | None) -> bool:
    """Whether this account was signed in from there: strangers cannot lock its owner out."""
    if ip is None:
        return False
    sessions = Session.objects.filter(user__email=email)
    near = network(ip)
    if near.num_addresses == 1:
        return sessions.filter(ip_address=ip).exists()
    return sessions.filter(ip_address__range=(str(near[0]), str(near[-1]))).exists()


def _digest(email: str) -> str:
    """Stands for an account in a key, which everybody who reads Redis can see."""
    return keyring.mac(f"ratelimit:{email}".encode()).hex()[:32]
