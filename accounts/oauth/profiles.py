"""Somebody as a provider knows them, with only what can be used here. Pure functions."""

from typing import NamedTuple
from urllib.parse import urlsplit

from accounts import validation
from accounts.oauth.errors import OAuthFailed
from chatsvg.errors import Invalid
from chatsvg.text import clean

SUBJECT_MAX, AVATAR_MAX = 255, 500


class Profile(NamedTuple):
    """`subject` is the provider's own id; `email` is empty unless the provider verified it."""

    provider: str
    subject: str
    email: str
    name: str
    avatar: str


def make(
    provider: str, *, subject: object, email: object, names: tuple[object, ...], avatar: object
) -> Profile:
    """The profile that a provider's answer stands for. Raises OAuthFailed where it names nobody."""
    address = _address(email)
    called = next(filter(None, map(_name, names)), address.partition("@")[0])
    return Profile(provider, _subject(subject), address, called, _avatar(avatar))


def _subject(value: object) -> str:
    known = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(known, str) or not known or clean(known) != known:
        raise OAuthFailed()
    if len(known) > SUBJECT_MAX:
        raise OAuthFailed()
    return known


def _address(value: object) -> str:
    """In lower case; empty where it cannot be an address here.

    A sign that becomes a Latin letter in lower case (the Kelvin sign does) would make the address
    of one person out of another's.
    """
    try:
        address = validation.email({"email": value})
    except Invalid:
        return ""
    return address if address.isascii() == str(value).isascii() else ""


def _name(value: object) -> str:
    """On one line and as long as names here may be; empty where there is none."""
    if not isinstance(value, str):
        return ""
    line = " ".join(clean(value).split())
    units = line.encode("utf-16-le")[: 2 * validation.NAME_MAX]
    return units.decode("utf-16-le", "ignore").strip()


def _avatar(value: object) -> str:
    """An https address of reasonable length, else nothing."""
    if not isinstance(value, str) or len(value) > AVATAR_MAX:
        return ""
    if not value.isascii() or not value.isprintable() or " " in value:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme == "https" and parts.hostname else ""
