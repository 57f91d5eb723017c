"""Who calls: an app with an access token of ours, or a program with an API key. By header alone."""

from dataclasses import dataclass
from urllib.parse import parse_qs
from uuid import UUID

from django.http import HttpRequest

from accounts import client
from accounts.keys import authentication
from accounts.models import ApiKey, User
from accounts.oauth_server import tokens
from accounts.oauth_server.errors import TokenNotSent, TokenRefused
from accounts.oauth_server.tokens import Grant
from chatsvg import ratelimits
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place
from generations.mcp.errors import TokenInQuery

_BEARER = "bearer"
_KEYS = "sk_"
_NAMES = {"access_token", "token", "api_key", "apikey", "x-api-key", "key"}


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, as far as what they gave an app or a program goes."""

    pass_: ApiKey | Grant

    @property
    def pk(self) -> UUID:
        return self.pass_.pk

    @property
    def user(self) -> User:
        return self.pass_.user

    @property
    def user_id(self) -> UUID:
        return self.pass_.user.pk

    @property
    def custom_rate_limit(self) -> int | None:
        return self.pass_.custom_rate_limit

    @property
    def is_test(self) -> bool:
        return self.pass_.is_test

    @property
    def key(self) -> ApiKey | None:
        return self.pass_ if isinstance(self.pass_, ApiKey) else None

    def need(self, scope: str) -> None:
        """Raise ScopeMissing, or KeySuspended where the plan carries no key."""
        if isinstance(self.pass_, ApiKey):
            authentication.permit(self.pass_, scope)
        else:
            self.pass_.need(scope)

    def count(self) -> None:
        """Count something that costs us work, as a request to `/v1` is counted. Raises TooMany."""
        authentication.count(self)  # type: ignore[arg-type]  # a grant's limits are as a key's

    def count_talk(self) -> None:
        """Count what costs next to nothing: clients say a lot before they want anything."""
        ratelimits.take(rules.API_PERSON, self.user.pk)


def recognise(request: HttpRequest, query: str) -> Caller:
    """Whoever sent a request. Raises a SignedOut, AddressRefused, TokenInQuery or TooMany."""
    here = client.address(request)
    bearer = _bearer(request)
    if "X-API-Key" not in request.headers and not bearer:
        raise TokenNotSent()
    if _NAMES & {name.lower() for name in parse_qs(query, keep_blank_values=True)}:
        raise TokenInQuery()
    if "X-API-Key" in request.headers or bearer.startswith(_KEYS):
        return Caller(authentication.present(request.headers, here))
    try:
        return Caller(tokens.resolve(bearer))
    except TokenRefused:
        ratelimits.take(rules.KEY_REFUSALS, place(here))
        raise


def _bearer(request: HttpRequest) -> str:
    scheme, _, bearer = request.headers.get("Authorization", "").strip().partition(" ")
    return bearer.strip() if scheme.lower() == _BEARER else ""
