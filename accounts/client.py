"""Where a request comes from, behind a configured number of trusted proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from chatsvg.text import clean

AGENT_MAX = 512  # characters


def address(request: HttpRequest) -> str | None:
    """The client's IP address. Only the entries that our own proxies added are believed."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    raw = hops[-trusted] if trusted and len(hops) >= trusted else request.META.get("REMOTE_ADDR")
    try:
        # PostgreSQL stores no zone ("fe80::1%eth0")
        return str(ipaddress.ip_address((raw or "").partition("%")[0]))
    except ValueError:
        return None


def device(request: HttpRequest) -> dict:
    """`ip` and `user_agent`, as a session keeps them."""
    agent = clean(request.headers.get("User-Agent", ""))
    return {"ip": address(request), "user_agent": agent[:AGENT_MAX]}
