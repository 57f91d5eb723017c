"""Signed double submit: a random value and its HMAC, the same 64 hex in cookie and request."""

import hmac
import re
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from accounts.cookies import CSRF
from accounts.errors import CsrfFailed
from chatsvg import keyring

FIELD, HEADER = "csrf-token", "X-CSRF-Token"
_SHAPE = re.compile("[0-9a-f]{64}")


def make() -> str:
    """A new token."""
    nonce = secrets.token_hex(16)
    return nonce + keyring.mac(_signed(nonce)).hex()[:32]


def is_ours(token: str) -> bool:
    """Whether we signed it."""
    return bool(_SHAPE.fullmatch(token)) and keyring.is_mac(
        bytes.fromhex(token[32:]), _signed(token[:32])
    )


def _signed(nonce: str) -> bytes:
    return f"csrf:{nonce}".encode()


def origin_allowed(request: HttpRequest, origin: str) -> bool:
    """Our own origin, the React client's, or one of its previews."""
    if _is_own(request, origin) or origin == settings.FRONTEND_URL:
        return True
    pattern = settings.FRONTEND_PREVIEW_REGEX
    return bool(pattern and re.fullmatch(pattern, origin))


def check(request: HttpRequest) -> None:
    """Raise CsrfFailed unless the request proves that a page of ours (or the client) sent it.

    A signed header is enough beside an allowed Origin, even if another tab changed the cookie;
    without Origin, and for form fields, it must equal the cookie (DESIGN §14).
    """
    cookie = request.COOKIES.get(CSRF, "")
    header = request.headers.get(HEADER, "")
    origin = _origin(request)
    if not _comes_from_us(request, origin):
        raise CsrfFailed()
    sent = header or _field(request)
    if not cookie or not is_ours(sent):
        raise CsrfFailed()
    equal = hmac.compare_digest(sent.encode(), cookie.encode())
    if not equal and not (header and origin is not None):
        raise CsrfFailed()


def _is_own(request: HttpRequest, origin: str) -> bool:
    public = urlsplit(settings.PUBLIC_URL)
    return origin in (
        f"{request.scheme}://{request.get_host()}",
        f"{public.scheme}://{public.netloc}",
    )


def _origin(request: HttpRequest) -> str | None:
    """The request's Origin; None where the browser (or no browser) names none.

    A form on a page of ours with `Referrer-Policy: no-referrer` names "null" (Fetch §3.2), and the
    browser itself says same-origin; of anything else that has no origin it says cross-site.
    """
    origin = request.headers.get("Origin")
    if origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return None
    return origin


def _comes_from_us(request: HttpRequest, origin: str | None) -> bool:
    """Whether Origin and Sec-Fetch-Site, as far as they were sent, name a page that may write.

    Browsers send Origin along with every write from another origin: a write that comes from
    another (sub)domain without one, or from our own origin across sites, is no page of ours.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if origin is None:
        return site not in ("cross-site", "same-site")
    if site == "cross-site" and _is_own(request, origin) and origin != settings.FRONTEND_URL:
        return False
    return origin_allowed(request, origin)


def _field(request: HttpRequest) -> str:
    """The hidden field of a page's form; JSON bodies carry the header instead."""
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return request.POST.get(FIELD, "")
    return ""
