"""The only place that sets or clears the cookies of a session."""

from django.conf import settings
from django.http import HttpResponse

from accounts import jwt, tokens

ACCESS, REFRESH, CSRF = "token", "refreshToken", "csrf-token"
_LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
CSRF_SECONDS = settings.REMEMBER_ME_DAYS * 86400  # as long as the longest refresh token, sliding


def _set(response: HttpResponse, name: str, value: str, *, seconds: int, script: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings.COOKIE_SECURE,
        httponly=not script,
        samesite=settings.COOKIE_SAMESITE,
    )


def sign_in(response: HttpResponse, issued: tokens.Issued) -> None:
    """Give the browser an access token and the refresh token that continues the session."""
    _set(
        response,
        ACCESS,
        jwt.sign(issued.session),
        seconds=settings.ACCESS_TOKEN_SECONDS,
        script=False,
    )
    seconds = tokens.idle_seconds(issued.session)
    _set(response, REFRESH, issued.refresh, seconds=seconds, script=False)


def sign_out(response: HttpResponse) -> None:
    """Make the browser forget both, with the attributes that it needs to believe it."""
    for name in (ACCESS, REFRESH):
        _set(response, name, "", seconds=0, script=False)
        response.cookies[name]["expires"] = _LONG_AGO


def keep_csrf(response: HttpResponse, value: str) -> None:
    """Set the CSRF cookie to the value that the browser has already, so that its time slides."""
    _set(response, CSRF, value, seconds=CSRF_SECONDS, script=True)
