"""Who calls `/v1`: a key, as far as its addresses, plan, scopes and limits go. Cookies are nothing
here.
"""

from collections.abc import Mapping
from dataclasses import replace

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from accounts import client
from accounts.keys import networks, services
from accounts.keys.errors import (
    AddressRefused,
    KeyNotSent,
    KeyRefused,
    KeysDiffer,
    KeySuspended,
    ScopeMissing,
)
from accounts.models import ApiKey, User
from chatsvg import logs, ratelimits
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place


def present(headers: Mapping[str, str], address: str | None) -> ApiKey:
    """The key in a request's headers, with its person and wallet. `headers` know any case of names.

    What is refused is counted by address: raises a KeyRefused, AddressRefused or TooMany. Keys that
    are good pass whatever others fail from the same address: they cannot be guessed, and many
    programs share one.
    """
    key = _recognised(headers, address)
    logs.bind(user=key.user_id, key=key.pk)
    _check_address(key, address)
    return key


def _recognised(headers: Mapping[str, str], address: str | None) -> ApiKey:
    try:
        return services.recognise(_sent(headers))
    except KeyRefused:
        ratelimits.take(rules.KEY_REFUSALS, place(address))
        raise


def _check_address(key: ApiKey, address: str | None) -> None:
    if key.ip_list and not networks.allows(key.ip_list, address):
        ratelimits.take(rules.KEY_REFUSALS, place(address))
        raise AddressRefused()


def _sent(headers: Mapping[str, str]) -> str:
    """X-API-Key, or Authorization: Bearer; both, where they are the same. Raises KeyRefused."""
    plain = headers.get("X-API-Key", "").strip()
    scheme, _, bearer = headers.get("Authorization", "").strip().partition(" ")
    bearer = bearer.strip() if scheme.lower() == "bearer" else ""
    if plain and bearer and plain != bearer:
        raise KeysDiffer()
    if not plain and not bearer:
        raise KeyNotSent()
    return plain or bearer


def permit(key: ApiKey, scope: str) -> None:
    """Raise KeySuspended where the plan does not carry a production key, or ScopeMissing."""
    if not key.is_test and not key.user.wallet.allowance.api_keys:
        raise KeySuspended()
    if scope not in key.scopes:
        raise ScopeMissing(f"This API key does not have the scope {scope}")


def count(key: ApiKey) -> None:
    """Count a request: by the plan's rates for all keys of a person together, and by the key's own.
    Raises TooMany."""
    own = _own_rule(key)
    ratelimits.check(own, key.pk)  # first: what it refuses takes no place of the plan
    plan = key.user.wallet.allowance.rates
    ratelimits.take(replace(rules.KEYS, rates=plan), key.user.pk)
    ratelimits.take(own, key.pk)


def _own_rule(key: ApiKey) -> rules.Rule:
    most = key.custom_rate_limit
    rates = (rules.Rate(most, rules.MINUTE),) if most else ()
    return replace(rules.KEY, rates=rates)


class KeyAuthentication(BaseAuthentication):
    """X-API-Key, or Authorization: Bearer."""

    def authenticate(self, request) -> tuple[User, ApiKey]:
        address = client.address(request._request)
        key = _recognised(request.headers, address)
        request._request.api_key = key  # refused or not from here on, its use is noted
        _check_address(key, address)
        return key.user, key

    def authenticate_header(self, request) -> str:
        return KeyNotSent().headers["WWW-Authenticate"]


class KeyMayCall(BasePermission):
    """The plan carries the key, and the key has the scope that the view asks for."""

    def has_permission(self, request, view):
        permit(request.auth, view.scopes.get(request.method, view.scope))
        return True


class KeyRates(BaseThrottle):
    def allow_request(self, request, view):
        count(request.auth)
        return True
