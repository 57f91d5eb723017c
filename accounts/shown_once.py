"""A secret that a page shows once: on its way there it is sealed in a cookie.

So it stands in no address and no cache, it survives the redirect that follows a form, and neither
a reload nor the way back shows it again.
"""

import base64
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chatsvg import keyring

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

COOKIE, SECONDS = "shown-once", 60
_PURPOSE = b"chatsvg shown once"


def keep(response: HttpResponse, secret: dict[str, str], *, user_id: object, path: str) -> None:
    """For the page at `path`, which the browser asks for next, as nobody but this person."""
    told = json.dumps({"user": str(user_id), "path": path, "secret": secret})
    response.set_cookie(
        COOKIE,
        _box().encrypt(told.encode()).decode(),
        max_age=SECONDS,
        path=path,
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept(request: HttpRequest, *, path: str) -> dict[str, str] | None:
    """What is to be shown to this person on this page, if anything is."""
    sealed = request.COOKIES.get(COOKIE, "")
    if not sealed or request.method != "GET" or not request.user.is_authenticated:
        return None
    from cryptography.fernet import InvalidToken

    try:
        told = json.loads(_box().decrypt(sealed, ttl=SECONDS))
    except InvalidToken:
        return None
    is_meant = (told["user"], told["path"]) == (str(request.user.pk), path)
    return told["secret"] if is_meant else None


def page(request: HttpRequest, template: str, context: dict, *, path: str) -> HttpResponse:
    """A page with what is to be shown there as `made`, this once."""
    made = kept(request, path=path)
    response = render(request, template, {**context, "made": made})
    if made:
        forget(response, path=path)
    return response


def forget(response: HttpResponse, *, path: str) -> None:
    """Now that it was shown."""
    response.delete_cookie(COOKIE, path=path, samesite="Lax")


def _box() -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet  # 8 MB, for who shows or sees a secret

    return MultiFernet(Fernet(base64.urlsafe_b64encode(key)) for key in keyring.macs(_PURPOSE))
