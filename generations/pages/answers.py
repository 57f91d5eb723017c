"""Answers that pages share: away to another page, and none for strangers."""

from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

SIGN_IN = "/signin?next=/app"


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done; look there."""

    status_code = HTTPStatus.SEE_OTHER


def fragment_of_mine(view):
    """Never cached, and only for the signed-in: others are sent to sign in."""

    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return away(request, SIGN_IN)
        return view(request, *args, **kwargs)

    return guarded


def away(request: HttpRequest, address: str) -> HttpResponse:
    """To another page, for a whole page as for a fragment."""
    return HttpResponseClientRedirect(address) if request.htmx else SeeOther(address)
