"""The page on which people are asked about an app, and the one that says why they are not."""

from typing import cast

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import UnsupportedResponseTypeError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.oauth_server import clients, codes, grants, redirects, scopes
from accounts.oauth_server.server import CodeGrant, server
from chatsvg import problems
from chatsvg.errors import DomainError


def consent(
    request: HttpRequest, grant: CodeGrant, refusal: DomainError | None = None
) -> HttpResponse:
    """Who asks, what it may do then, and where the answer goes."""
    client, uri = grant.request.client.row, grant.redirect_uri
    context = {
        "app": client.name,
        "may": [scopes.SENTENCES[one] for one in grant.request.scope.split()],
        "host": redirects.host(uri),
        "is_here": redirects.is_loopback(uri),
        "is_known": grants.is_known(_person(request), client),
        "query": request.GET.urlencode(),
        "refusal": str(refusal or _obstacle(request) or ""),
    }
    response = discreet(render(request, "accounts/authorize.html", context))
    # Browsers hold `form-action` against every redirect that follows a form, and where a client's
    # own page sends them on (to its program, say) is not ours to know. Nothing on this page could
    # put another form there.
    response._csp_replace = {"form-action": None}  # type: ignore[attr-defined]
    return problems.refused(response, refusal) if refusal else response


def refused(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """What is wrong with a request. The browser is sent back with it by itself only where that is
    no way to lead people astray: anybody can register any address (RFC 9700 §4.11)."""
    answer = server.handle_error_response(None, error)
    back = answer.get("Location", "")
    if back and _is_trusted(request, error.redirect_uri):
        return discreet(answer, "no-referrer")
    context = {
        "back": back,
        "host": redirects.host(error.redirect_uri or ""),
        "said": _said(error),
    }
    return discreet(render(request, "accounts/authorize_refused.html", context, status=400))


def _said(error: OAuth2Error) -> str:
    """Never what was sent: the page would say whatever somebody put into a link."""
    if isinstance(error, UnsupportedResponseTypeError):
        return f"{error.error}: The response_type must be code."
    return f"{error.error}: {error.get_error_description()}"


def discreet(response: HttpResponse, referrer: str = "same-origin") -> HttpResponse:
    """The address holds what other sites are not told (as that of `accounts.links`)."""
    response["Referrer-Policy"] = referrer
    return response


def _obstacle(request: HttpRequest) -> DomainError | None:
    try:
        codes.check(_person(request))
    except DomainError as refusal:
        return refusal
    return None


def _is_trusted(request: HttpRequest, uri: str) -> bool:
    """A program on their own machine, or an app that they have connected."""
    if redirects.is_loopback(uri):
        return True
    client = clients.find(request.GET.get("client_id", ""))
    if client is None or not request.user.is_authenticated:
        return False
    return grants.is_known(_person(request), client)


def _person(request: HttpRequest) -> User:
    """Whoever is signed in."""
    return cast(User, request.user)
