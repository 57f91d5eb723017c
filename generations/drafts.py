"""The prompt of somebody who has yet to sign in, kept in a signed cookie until they have."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, SECONDS = "draft", 30 * 60
_FIELDS = ("prompt", "style", "model", "privacy", "remix")
_LONGEST = 700  # characters of a field; a cookie may have 4 kB in all


def keep(response: HttpResponse, typed: dict[str, str]) -> None:
    draft = {name: typed.get(name, "")[:_LONGEST] for name in _FIELDS}
    response.set_cookie(
        COOKIE,
        signing.dumps(draft, salt=COOKIE, compress=True),
        max_age=SECONDS,
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept(request: HttpRequest) -> dict[str, str]:
    """What was kept, or nothing."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=SECONDS)
    except signing.BadSignature:
        return {}


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
