"""Short sentences about what was done, for the page that a person sees next."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

COOKIE = "toast"
SECONDS = 10  # as long as the browser keeps it: as long as something may be undone
_SALT = "chatsvg.toasts"


def say(request: HttpRequest, response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    """`response`, and with it `text`; `undo` is the address to post to for taking it back.

    A fragment carries it in a header for js/toast.js; a redirect, in a cookie for the next page.
    """
    told = {"text": text, **({"undo": undo} if undo else {})}
    if request.htmx:  # type: ignore[attr-defined]  # of its middleware
        return trigger_client_event(response, "toast", told)
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=_SALT, compress=True),
        max_age=SECONDS,
        secure=settings.COOKIE_SECURE,
        samesite="Lax",  # and not HttpOnly: js/toast.js clears it once it was shown
    )
    return response


def left(request: HttpRequest) -> dict | None:
    """What the page before has left to say: `text`, and `undo` where there is an address."""
    kept = request.COOKIES.get(COOKIE)
    if not kept:
        return None
    try:
        return signing.loads(kept, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
