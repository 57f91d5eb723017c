"""Where apps come: what they read, register, ask of people, and exchange.

Authlib's 100 modules are loaded by the first app that comes, not by every process.
"""

from urllib.parse import urlencode

from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import client
from accounts.oauth_server import clients, cross_origin, metadata
from chatsvg import ratelimits
from chatsvg.errors import DomainError
from chatsvg.ratelimits.places import place
from chatsvg.ratelimits.rules import MINUTE, Rate, Rule

REFUSALS = Rule(
    "rl:oauth:refused",
    (Rate(60, 15 * MINUTE),),
    "Too many requests were refused. Please try again later.",
    quiet=True,
)  # by address; what is good passes whatever others fail
_PUBLIC = {"Cache-Control": "public, max-age=300"}


@cross_origin.open_by("GET", "HEAD")
def server_metadata(request):
    return JsonResponse(metadata.of_server(), headers=_PUBLIC)


@cross_origin.open_by("GET", "HEAD")
def resource_metadata(request):
    return JsonResponse(metadata.of_resource(), headers=_PUBLIC)


@cross_origin.open_by("POST")
def register(request):
    from accounts.oauth_server import registration
    from accounts.oauth_server.server import OAuth2Error, server

    try:
        wish = registration.read(request.body)
    except OAuth2Error as error:
        return server.handle_error_response(request, error)
    made = clients.register(wish, ip=client.address(request))
    return JsonResponse(registration.told(*made), status=201, headers={"Cache-Control": "no-store"})


@cross_origin.open_by("POST")
def token(request):
    from accounts.oauth_server.server import server

    return _counted(request, server.create_token_response)


@cross_origin.open_by("POST")
def revoke(request):
    from accounts.oauth_server.server import Revocation, server

    name = Revocation.ENDPOINT_NAME
    return _counted(request, lambda asked: server.create_endpoint_response(name, asked))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request):
    """GET asks the person; POST is what they say. Whoever is signed out signs in and comes back."""
    from accounts.oauth_server import page
    from accounts.oauth_server.server import OAuth2Error, server

    try:
        grant = server.get_consent_grant(request, request.user)
    except OAuth2Error as error:
        return page.refused(request, error)
    if not request.user.is_authenticated:
        return redirect(f"/signin?{urlencode({'next': request.get_full_path()})}")
    if request.method != "POST":
        return page.consent(request, grant)
    is_allowed = request.POST.get("decision") == "allow"
    try:
        response = server.answer(grant, request.user if is_allowed else None)
    except DomainError as refusal:
        return page.consent(request, grant, refusal)
    return page.discreet(response, "no-referrer")


def _counted(request, answer):
    """What is refused is counted by address. What is no OAuth at all is refused as such."""
    from accounts.oauth_server.server import OAuth2Error, server

    try:
        response = answer(request)
    except OAuth2Error as error:
        response = server.handle_error_response(request, error)
    except UnicodeDecodeError:  # of HTTP Basic
        response = cross_origin.refusal(401, "invalid_client", "The credentials are malformed.")
    if response.status_code >= 400:
        ratelimits.take(REFUSALS, place(client.address(request)))
    return response
