"""Where an app may have people sent back to: https, or a port of their own machine. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

LENGTH_MAX = 1000
_SIGNS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")  # of RFC 3986, without a fragment
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_allowed(uri: object) -> bool:
    """Whether a client may register it."""
    if not isinstance(uri, str) or len(uri) > LENGTH_MAX or not _SIGNS.fullmatch(uri):
        return False
    parts = _split(uri)
    if parts is None or not parts.hostname or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def is_one_of(registered: list[str], asked: str) -> bool:
    """Whether a client may use it now: letter by letter, but for the port of its own machine
    (RFC 8252 §7.3)."""
    if asked in registered:
        return True
    if not is_allowed(asked) or not is_loopback(asked):
        return False
    return _portless(asked) in {_portless(one) for one in registered if is_loopback(one)}


def is_loopback(uri: str) -> bool:
    """Whether it stays on the machine of whoever goes there."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK


def host(uri: str) -> str:
    """What people are shown of it."""
    parts = _split(uri)
    return parts.netloc if parts else ""


def _portless(uri: str) -> tuple[str | None, str, str]:
    parts = urlsplit(uri)
    return parts.hostname, parts.path, parts.query


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts
