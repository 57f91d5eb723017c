"""The cookies of a visit backstage. They are sent to `/api/admin/…` and nowhere else."""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.backstage.services import LINK_LIFETIME, VISIT_LIFETIME

PASS, ASKED = "admin-pass", "admin-asked"
_PATH = "/api/admin"


def give_pass(response: HttpResponse, secret: str) -> None:
    """What opens the figures. Strict: only pages of our own site, the client's too, send it."""
    _set(response, PASS, secret, seconds=VISIT_LIFETIME.total_seconds(), samesite="Strict")


def mark_asker(response: HttpResponse, secret: str) -> None:
    """What the browser that asks is known by when it comes back from a mailbox on another site."""
    _set(response, ASKED, secret, seconds=LINK_LIFETIME.total_seconds(), samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Make the browser forget its pass."""
    give_pass(response, "")
    response.cookies[PASS]["max-age"] = 0
    response.cookies[PASS]["expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"


def read_pass(request: HttpRequest) -> str:
    return request.COOKIES.get(PASS, "")


def read_asker(request: HttpRequest) -> str:
    return request.COOKIES.get(ASKED, "")


def _set(
    response: HttpResponse,
    name: str,
    value: str,
    *,
    seconds: float,
    samesite: Literal["Lax", "Strict"],
) -> None:
    """A client on another site (its previews) needs None, as for every other cookie of ours."""
    response.set_cookie(
        name,
        value,
        max_age=int(seconds),
        path=_PATH,
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="None" if settings.COOKIE_SAMESITE == "None" else samesite,
    )
