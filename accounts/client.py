"""Where a request comes from, behind a configured number of trusted proxies."""

import ipaddress
import logging
from functools import cache, lru_cache

from django.conf import settings
from django.http import HttpRequest

from chatsvg.text import clean

logger = logging.getLogger(__name__)
AGENT_MAX = 512  # characters


def address(request: HttpRequest) -> str | None:
    """The client's IP address. Only the entries that our own proxies added are believed.

    None where it cannot be known: everybody of whom that is so counts as one for rate limits.
    """
    hops = _hops(request)
    trusted = settings.TRUSTED_PROXIES
    raw = hops[-trusted] if trusted and len(hops) >= trusted else request.META.get("REMOTE_ADDR")
    if not raw:
        _complain()
    return _ip(raw or "")


def _hops(request: HttpRequest) -> list[str]:
    """Who sent the request on, the last one last, but for proxies that talk by a unix socket: they
    have no address, and stand on this machine."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    return [hop for hop in hops if hop and not hop.lower().startswith("unix:")]


@lru_cache(maxsize=1000)
def _ip(text: str) -> str | None:
    """An address without what proxies put around it: a port, brackets, quotes, a zone (which
    PostgreSQL does not store: "fe80::1%eth0")."""
    bare = text.strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        return None


@cache
def _complain() -> None:
    """Once: behind a unix socket, people are told apart by what the proxy in front says alone."""
    logger.error("address.unknown: on a unix socket, TRUSTED_PROXIES must count the proxies")


def device(request: HttpRequest) -> dict:
    """`ip` and `user_agent`, as a session keeps them."""
    agent = clean(request.headers.get("User-Agent", ""))
    return {"ip": address(request), "user_agent": agent[:AGENT_MAX]}
