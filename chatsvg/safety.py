"""What answers say that Django's own middleware does not see: of live connections, static files."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

Pair = tuple[bytes, bytes]
_OF_DATA: tuple[Pair, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"private, no-store"),
)


def of_data(scope: dict, given: Iterable[Pair] = ()) -> list[Pair]:
    """The headers that `given` lacks of what goes to programs and scripts: it is no document, kept
    by nobody, and nobody else's to load. `scope` is ASGI's.
    """
    named = {name.lower() for name, _ in given}
    policy = (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode())
    return [pair for pair in (*_OF_DATA, policy, *_of_tls(scope)) if pair[0] not in named]


def _of_tls(scope: dict) -> list[Pair]:
    """As SecurityMiddleware has it: where there is TLS, which a proxy may have taken off."""
    if not settings.SECURE_HSTS_SECONDS or not _is_secure(scope):
        return []
    words = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    words += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
    words += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
    return [(b"strict-transport-security", "; ".join(words).encode())]


def _is_secure(scope: dict) -> bool:
    if not settings.SECURE_PROXY_SSL_HEADER:
        return scope.get("scheme") in ("https", "wss")
    name, wanted = settings.SECURE_PROXY_SSL_HEADER
    wire = name.removeprefix("HTTP_").replace("_", "-").lower().encode()
    told = dict(scope["headers"]).get(wire, b"").decode("latin-1")
    return told.split(",")[0].strip() == wanted


def of_static_file(headers: Any, path: str, url: str) -> None:
    """WhiteNoise's: a picture that is opened as a page runs nothing, and no page frames any."""
    headers["X-Frame-Options"] = "DENY"
    headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
    )
