"""What an app says of itself when it registers (RFC 7591), read and bounded; and the answer.

Raises Authlib's errors, which have the names that the RFC gives them.
"""

import json
import unicodedata
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from authlib.oauth2.rfc7591 import InvalidClientMetadataError, InvalidRedirectURIError

from accounts.models import OAuthClient
from accounts.oauth_server import metadata, redirects, scopes

BODY_MAX = 8192  # bytes
URIS_MOST, NAME_MAX = 10, 100
_HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")  # could make a name look like another


class Wish(NamedTuple):
    """A valid registration."""

    name: str
    redirect_uris: list[str]
    authentication: OAuthClient.Authentication


def read(body: bytes) -> Wish:
    """The registration in a body. What it says besides is not kept."""
    data = _json(body)
    uris = _redirect_uris(data.get("redirect_uris"))
    _check(data.get("grant_types"), "authorization_code", "grant_types")
    _check(data.get("response_types"), "code", "response_types")
    method = _authentication(data.get("token_endpoint_auth_method"))
    return Wish(_name(data.get("client_name"), uris), uris, method)


def _json(body: bytes) -> dict[str, Any]:
    if len(body) > BODY_MAX:
        raise InvalidClientMetadataError(f"The metadata is too long (max {BODY_MAX} bytes).")
    try:
        data = json.loads(body.decode())
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise InvalidClientMetadataError("The body must be a JSON object.")
    return data


def _redirect_uris(value: object) -> list[str]:
    if not isinstance(value, list) or not 0 < len(value) <= URIS_MOST:
        raise InvalidRedirectURIError(f"redirect_uris must be a list of 1 to {URIS_MOST} URIs.")
    if not all(redirects.is_allowed(one) for one in value):
        raise InvalidRedirectURIError(
            "redirect_uris must be https URIs, or http ones of localhost, 127.0.0.1 or [::1], "
            f"without a fragment, of at most {redirects.LENGTH_MAX} characters."
        )
    return list(dict.fromkeys(value))


def _check(value: object, needed: str, field: str) -> None:
    """What else is asked for is not given, as the answer says."""
    if value is not None and (not isinstance(value, list) or needed not in value):
        raise InvalidClientMetadataError(f"{field} must be a list with {needed}.")


def _authentication(value: object) -> OAuthClient.Authentication:
    """The RFC's default is a secret by HTTP Basic."""
    known = OAuthClient.Authentication
    if value is None:
        return known.BASIC
    if not isinstance(value, str) or value not in known.values:
        raise InvalidClientMetadataError(
            f"token_endpoint_auth_method must be one of {', '.join(known.values)}."
        )
    return known(value)


def _name(value: object, uris: list[str]) -> str:
    """A name as people see it; where it has none, where it sends them."""
    if value is not None and not isinstance(value, str):
        raise InvalidClientMetadataError("client_name must be text.")
    seen = (sign if unicodedata.category(sign) not in _HIDDEN else " " for sign in value or "")
    name = " ".join("".join(seen).split())[:NAME_MAX].rstrip()
    return name or (urlsplit(uris[0]).hostname or "")[:NAME_MAX]


def told(client: OAuthClient, secret: str) -> dict[str, Any]:
    """What a client is answered: all that it is registered with."""
    known = {
        "client_id": str(client.pk),
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "grant_types": metadata.GRANT_TYPES,
        "response_types": ["code"],
        "token_endpoint_auth_method": client.authentication,
        "scope": " ".join(scopes.ALL),
    }
    if secret:
        known |= {"client_secret": secret, "client_secret_expires_at": 0}  # never
    return known
