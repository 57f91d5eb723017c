"""GitHub, or a GitHub Enterprise at the configured addresses.

Facts: docs.github.com/apps/oauth-apps and /rest/users/emails, read in 2026.
"""

from typing import Any

from django.conf import settings

from accounts.models import Provider
from accounts.oauth import profiles
from accounts.oauth.errors import OAuthFailed
from accounts.oauth.http import Client, read_json
from accounts.oauth.profiles import Profile


def profile(client: Client, token: dict, nonce: str) -> Profile:
    """Whose access token it is. Raises OAuthFailed or one of http.TROUBLE."""
    if not isinstance(token.get("access_token"), str):
        raise OAuthFailed()
    user = read_json(client, f"{settings.GITHUB_API_URL}/user")
    emails = read_json(client, f"{settings.GITHUB_API_URL}/user/emails")
    if not isinstance(user, dict) or not isinstance(emails, list):
        raise OAuthFailed()
    return profiles.make(
        Provider.GITHUB,
        subject=user.get("id"),
        email=_primary(emails),
        names=(user.get("name"), user.get("login")),
        avatar=user.get("avatar_url"),
    )


def _primary(emails: list[Any]) -> object:
    """The primary address, if GitHub verified it. The address in a profile is never verified."""
    for entry in emails:
        if isinstance(entry, dict) and entry.get("primary") is True:
            return entry.get("email") if entry.get("verified") is True else None
    return None
