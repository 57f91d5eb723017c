"""The cookies of a visit backstage. They are sent to `/api/admin/…` and `/backstage…` alone."""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.backstage.services import LINK_LIFETIME, VISIT_LIFETIME

PASS, ASKED = "admin-pass", "admin-asked"
ON_PAGES = "backstage-pass"  # the same, for our own page of the figures
_PATH, _PAGES = "/api/admin", "/backstage"


def give_pass(response: HttpResponse, secret: str) -> None:
    """What opens the figures. Strict: only pages of our own site, the client's too, send it."""
    seconds = VISIT_LIFETIME.total_seconds()
    _set(response, PASS, secret, seconds=seconds, samesite="Strict")
    # Lax: the click in the mailbox leads on to the page
    _set(response, ON_PAGES, secret, seconds=seconds, samesite="Lax", path=_PAGES)


def mark_asker(response: HttpResponse, secret: str) -> None:
    """What the browser that asks is known by when it comes back from a mailbox on another site."""
    _set(response, ASKED, secret, seconds=LINK_LIFETIME.total_seconds(), samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Make the browser forget its pass."""
    give_pass(response, "")
    for name in (PASS, ON_PAGES):
        response.cookies[name]["max-age"] = 0
        response.cookies[name]["expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"


def read_pass(request: HttpRequest) -> str:
    return request.COOKIES.get(PASS, "")


def read_pass_of_pages(request: HttpRequest) -> str:
    return request.COOKIES.get(ON_PAGES, "")


def read_asker(request: HttpRequest) -> str:
    return request.COOKIES.get(ASKED, "")


def _set(
    response: HttpResponse,
    name: str,
    value: str,
    *,
    seconds: float,
    samesite: Literal["Lax", "Strict"],
    path: str = _PATH,
) -> None:
    """A client on another site (its previews) needs None, as for every other cookie of ours."""
    response.set_cookie(
        name,
        value,
        max_age=int(seconds),
        path=path,
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="None" if settings.COOKIE_SAMESITE == "None" else samesite,
    )
