"""The first limiter that a request meets, and what all limiters say in the answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

from accounts import client
from accounts.oauth import redirects
from accounts.oauth.errors import TooOften
from chatsvg import problems, ratelimits
from chatsvg.caching import NO_STORE
from chatsvg.errors import TooMany
from chatsvg.faces import is_for_programs
from chatsvg.ratelimits import headers, rules
from chatsvg.ratelimits.places import place

Handler = Callable[[HttpRequest], HttpResponse]
_UNLIMITED = ("/api/health", "/api/ready")


class RateLimits:
    """`rl:api` by address, before CSRF and authentication; X-RateLimit headers on every answer.

    A refusal that a page's view does not show itself becomes a page.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with headers.noting() as noted:
            response = self._refusal(request) or self.get_response(request)
        headers.write(response, noted)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _refuse(request, error) if isinstance(error, TooMany) else None

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        path = request.path_info
        if not path.startswith("/api/") or path in _UNLIMITED or is_for_programs(path):
            return None  # programs are counted by their keys
        try:
            ratelimits.take(rules.API, place(client.address(request)))
        except TooMany as refusal:
            return _refuse(request, refusal)
        return None


def _refuse(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """JSON or a page; whoever is on the way to sign in elsewhere comes back to the sign-in page."""
    if _is_navigation(request):
        return HttpResponseRedirect(redirects.to_sign_in(TooOften.code), headers=NO_STORE)
    response = problems.answer(request, refusal.status, str(refusal), **refusal.extra)
    return problems.refused(response, refusal)


def _is_navigation(request: HttpRequest) -> bool:
    """Whether a browser goes there, although it is a route of the API."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(getattr(view, "view_class", None), "is_navigation", False)
