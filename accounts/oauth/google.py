"""Google, or whoever else speaks OpenID Connect at the configured addresses.

Facts: developers.google.com/identity/openid-connect/openid-connect, read in 2026.
"""

from time import monotonic
from typing import Any

from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from accounts.models import Provider
from accounts.oauth import profiles
from accounts.oauth.errors import OAuthFailed
from accounts.oauth.http import Client, read_json
from accounts.oauth.profiles import Profile

ALGORITHMS = ["RS256"]
LEEWAY_SECONDS = 60  # between their clock and ours
KEYS_SECONDS = 3600
_known: dict[str, tuple[KeySet, float]] = {}


def profile(client: Client, token: dict, nonce: str) -> Profile:
    """Who the ID token of a code exchange is about. Raises OAuthFailed or one of http.TROUBLE."""
    claims = _claims(client, token, nonce)
    verified = claims.get("email_verified") is True or claims.get("email_verified") == "true"
    return profiles.make(
        Provider.GOOGLE,
        subject=claims.get("sub"),
        email=claims.get("email") if verified else None,
        names=(claims.get("name"), claims.get("given_name")),
        avatar=claims.get("picture"),
    )


def _claims(client: Client, token: dict, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that was made by the issuer, for us, now, and for this dance."""
    raw, issuer = token.get("id_token"), settings.GOOGLE_ISSUER
    if not isinstance(raw, str):
        raise OAuthFailed()
    signed = _opened(client, raw)
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        {
            # Google's documentation allows for its name without the scheme
            "iss": {"essential": True, "values": [issuer, issuer.removeprefix("https://")]},
            "aud": {"essential": True, "value": settings.GOOGLE_CLIENT_ID},
        },
        {
            "nonce": nonce,
            "client_id": settings.GOOGLE_CLIENT_ID,
            "access_token": token.get("access_token"),
        },
    )
    try:
        claims.validate(leeway=LEEWAY_SECONDS)
    except (TypeError, AttributeError) as error:  # a claim of a type that nobody expects
        raise OAuthFailed() from error
    return claims


def _opened(client: Client, raw: str) -> jwt.Token:
    """The token, if one of the issuer's keys signed it. An unknown key is looked up."""
    try:
        return jwt.decode(raw, _keys(client), algorithms=ALGORITHMS)
    except InvalidKeyIdError:
        return jwt.decode(raw, _keys(client, afresh=True), algorithms=ALGORITHMS)


def _keys(client: Client, *, afresh: bool = False) -> KeySet:
    url = settings.GOOGLE_JWKS_URL
    keys, until = _known.get(url, (None, 0.0))
    if keys is None or afresh or until < monotonic():
        keys = _import(read_json(client, url, anonymous=True))
        _known[url] = keys, monotonic() + KEYS_SECONDS
    return keys


def _import(said: Any) -> KeySet:
    try:
        return KeySet.import_key_set(said)
    except (TypeError, KeyError, AttributeError) as error:
        raise OAuthFailed() from error
