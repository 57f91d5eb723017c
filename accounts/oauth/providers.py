"""Where people may sign in besides here: what is configured, and where it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts.models import Provider
from accounts.oauth.errors import NotOffered
from accounts.oauth.profiles import Profile

if TYPE_CHECKING:
    from accounts.oauth.http import Client  # Authlib: 150 modules, which the first dance loads

LABELS = {Provider.GOOGLE: "Google", Provider.GITHUB: "GitHub"}


@dataclass(frozen=True)
class Endpoint:
    """A provider that is configured: who we are there, and the addresses of its dance."""

    name: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str
    authorize_url: str
    token_url: str
    scope: str
    profile: Callable[["Client", dict, str], Profile]
    issuer: str = ""  # of an OpenID provider

    @property
    def label(self) -> str:
        return LABELS[Provider(self.name)]

    def client(self) -> "Client":
        """For one dance; use it as a context manager."""
        from accounts.oauth.http import Client

        return Client(
            client_id=self.client_id,
            client_secret=self.secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106  # a method's name
            redirect_uri=self.redirect_uri,
            scope=self.scope,
            code_challenge_method="S256",
        )


def configured() -> dict[str, Endpoint]:
    """By name, in the order in which they are shown."""
    known = (_google(), _github())
    return {one.name: one for one in known if one.client_id and one.secret}


def get(name: str) -> Endpoint:
    """Raises NotOffered where it is not configured."""
    if (endpoint := configured().get(name)) is None:
        raise NotOffered()
    return endpoint


def _google() -> Endpoint:
    return Endpoint(
        name=Provider.GOOGLE.value,
        client_id=settings.GOOGLE_CLIENT_ID,
        secret=settings.GOOGLE_CLIENT_SECRET,
        redirect_uri=settings.GOOGLE_REDIRECT_URI,
        authorize_url=settings.GOOGLE_AUTHORIZE_URL,
        token_url=settings.GOOGLE_TOKEN_URL,
        scope="openid email profile",
        profile=_google_profile,
        issuer=settings.GOOGLE_ISSUER,
    )


def _github() -> Endpoint:
    return Endpoint(
        name=Provider.GITHUB.value,
        client_id=settings.GITHUB_CLIENT_ID,
        secret=settings.GITHUB_CLIENT_SECRET,
        redirect_uri=settings.GITHUB_REDIRECT_URI,
        authorize_url=f"{settings.GITHUB_BASE_URL}/login/oauth/authorize",
        token_url=f"{settings.GITHUB_BASE_URL}/login/oauth/access_token",
        scope="user:email",
        profile=_github_profile,
    )


def _google_profile(*dance: Any) -> Profile:
    from accounts.oauth import google

    return google.profile(*dance)


def _github_profile(*dance: Any) -> Profile:
    from accounts.oauth import github

    return github.profile(*dance)
