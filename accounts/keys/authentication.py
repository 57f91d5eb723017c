"""Who calls `/v1`: a key, as far as its addresses, plan, scopes and limits go. Cookies are nothing
here.
"""

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
    KeySuspended,
    ScopeMissing,
)
from accounts.models import ApiKey, User
from chatsvg import ratelimits
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place


class KeyAuthentication(BaseAuthentication):
    """X-API-Key, or Authorization: Bearer. What is refused is counted by address.

    Keys that are good pass whatever others fail from the same address: they cannot be guessed, and
    many programs share one.
    """

    def authenticate(self, request) -> tuple[User, ApiKey]:
        here = client.address(request._request)
        try:
            key = services.recognise(_presented(request))
        except KeyRefused:
            ratelimits.take(rules.KEY_REFUSALS, place(here))
            raise
        request._request.api_key = key
        if key.ip_list and not networks.allows(key.ip_list, here):
            ratelimits.take(rules.KEY_REFUSALS, place(here))
            raise AddressRefused()
        return key.user, key

    def authenticate_header(self, request) -> str:
        return KeyNotSent().headers["WWW-Authenticate"]


def _presented(request) -> str:
    """Raises KeyNotSent."""
    key = request.headers.get("X-API-Key", "").strip()
    if key:
        return key
    scheme, _, bearer = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not bearer.strip():
        raise KeyNotSent()
    return bearer.strip()


class KeyMayCall(BasePermission):
    """The plan carries a production key, and the key has the view's `scope`."""

    def has_permission(self, request, view):
        key = request.auth
        if not key.is_test and not request.user.wallet.allowance.api_keys:
            raise KeySuspended()
        if view.scope not in key.scopes:
            raise ScopeMissing(f"This API key does not have the scope {view.scope}")
        return True


class KeyRates(BaseThrottle):
    """The plan's rates for all keys of a person together, and the key's own. Raises TooMany."""

    def allow_request(self, request, view):
        own = _own_rule(request.auth)
        ratelimits.check(own, request.auth.pk)  # first: what it refuses takes no place of the plan
        plan = request.user.wallet.allowance.rates
        ratelimits.take(replace(rules.KEYS, rates=plan), request.user.pk)
        ratelimits.take(own, request.auth.pk)
        return True


def _own_rule(key: ApiKey) -> rules.Rule:
    most = key.custom_rate_limit
    rates = (rules.Rate(most, rules.MINUTE),) if most else ()
    return replace(rules.KEY, rates=rates)
