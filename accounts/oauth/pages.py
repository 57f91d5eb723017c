"""What the sign-in and sign-up pages show of other ways in."""

from django.conf import settings
from django.http import HttpRequest

from accounts.oauth import providers
from accounts.oauth.errors import sentence


def ways_in(request: HttpRequest, destination: str) -> dict:
    """`providers`, `email_auth`, where they lead, and why the last try came to nothing."""
    return {
        "providers": list(providers.configured().values()),
        "email_auth": settings.EMAIL_AUTH_ENABLED,
        "destination": destination,
        "came_to_nothing": sentence(request.GET["error"]) if "error" in request.GET else "",
    }
