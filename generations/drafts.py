"""The prompt of somebody who has yet to sign in, kept in a signed cookie until they have."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE, SECONDS = "draft", 30 * 60
_FIELDS = ("prompt", "style", "model", "privacy")
_LONGEST = 700  # characters; with every other field it stays below a cookie's 4 kB


def keep(response: HttpResponse, typed: dict[str, str]) -> None:
    draft = {name: typed.get(name, "")[:_LONGEST] for name in _FIELDS}
    response.set_signed_cookie(
        COOKIE,
        json.dumps(draft),
        salt=COOKIE,
        max_age=SECONDS,
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept(request: HttpRequest) -> dict[str, str]:
    """What was kept, or nothing."""
    value = request.get_signed_cookie(COOKIE, None, salt=COOKIE, max_age=SECONDS)
    return json.loads(value) if value else {}


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
