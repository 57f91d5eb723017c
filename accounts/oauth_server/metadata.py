"""What clients read before they come: RFC 8414 of this server, RFC 9728 of what its tokens open.

Everything is named as PUBLIC_URL has it: the same to everybody, whatever host they asked at.
"""

from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import OAuthClient
from accounts.oauth_server import scopes

RESOURCE_DOCUMENT = "/.well-known/oauth-protected-resource/mcp"
AUTHENTICATION = list(OAuthClient.Authentication.values)
GRANT_TYPES = ["authorization_code", "refresh_token"]


def issuer() -> str:
    return settings.PUBLIC_URL


def resource() -> str:
    """The only thing that our tokens open."""
    return f"{settings.PUBLIC_URL}/mcp"


def is_resource(uri: str) -> bool:
    """Whether a client means it by `resource` (RFC 8707)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    plain = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.removesuffix('/')}"
    return plain == resource() and "?" not in uri and "#" not in uri


def of_server() -> dict:
    here = issuer()
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/oauth/authorize",
        "token_endpoint": f"{here}/oauth/token",
        "registration_endpoint": f"{here}/oauth/register",
        "revocation_endpoint": f"{here}/oauth/revoke",
        "scopes_supported": list(scopes.ALL),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GRANT_TYPES,
        "token_endpoint_auth_methods_supported": AUTHENTICATION,
        "revocation_endpoint_auth_methods_supported": AUTHENTICATION,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def of_resource() -> dict:
    return {
        "resource": resource(),
        "resource_name": "ChatSVG",
        "authorization_servers": [issuer()],
        "scopes_supported": list(scopes.ALL),
        "bearer_methods_supported": ["header"],
    }


def challenge(error: str = "", *, scope: str = "") -> str:
    """The WWW-Authenticate of a refusal: it leads clients to the documents above."""
    members = {
        "realm": "ChatSVG",
        "error": error,
        "scope": scope,
        "resource_metadata": f"{issuer()}{RESOURCE_DOCUMENT}",
    }
    said = ", ".join(f'{name}="{value}"' for name, value in members.items() if value)
    return f"Bearer {said}"
