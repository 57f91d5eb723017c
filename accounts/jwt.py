"""Access tokens: signed (HS256), short-lived, read without the database."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from functools import cache
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings

from accounts.models import Session
from chatsvg.errors import SignedOut

if TYPE_CHECKING:
    from rest_framework_simplejwt.backends import TokenBackend

_OURS = {"userId", "sid", "iat", "exp"}


class Access(NamedTuple):
    """What an access token says: whose it is, and which session it belongs to."""

    user_id: UUID
    session_id: UUID


@cache
def _backend(key: str) -> "TokenBackend":
    """Loaded by whoever signs or reads tokens: it brings Django's own test tools, and the workers,
    which only import this, have better uses for 3 MB."""
    from rest_framework_simplejwt.backends import TokenBackend

    return TokenBackend("HS256", signing_key=key)


def sign(session: Session) -> str:
    """A JWT with `userId, sid, iat, exp` and nothing else."""
    now = int(time())
    return _backend(settings.JWT_SECRET).encode(
        {
            "userId": str(session.user_id),
            "sid": str(session.pk),
            "iat": now,
            "exp": now + settings.ACCESS_TOKEN_SECONDS,
        }
    )


def read(raw: str) -> Access:
    """What `raw` says. Raises SignedOut where it is malformed, forged, expired or never expires."""
    try:
        payload = _payload(raw)
        if "exp" not in payload:
            raise KeyError("exp")
        return Access(UUID(payload["userId"]), UUID(payload["sid"]))
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise SignedOut("Invalid token") from error


def _payload(raw: str) -> Any:
    """What was signed with JWT_SECRET, or with an older one that is still believed."""
    if said := _as_we_write(raw, settings.JWT_SECRET):
        return said
    try:
        return _decoded(raw, settings.JWT_SECRET)
    except SignedOut:
        for key in settings.JWT_SECRET_FALLBACKS:
            with suppress(SignedOut):
                return _decoded(raw, key)
        raise


def _decoded(raw: str, key: str) -> Any:
    from rest_framework_simplejwt.exceptions import TokenBackendError

    try:
        return _backend(key).decode(raw)  # type: ignore[arg-type]
    except TokenBackendError as error:
        raise SignedOut("Invalid token") from error


def _as_we_write(raw: str, key: str) -> dict[str, Any] | None:
    """What a token says that `sign` made and that holds now, a quarter of what the library takes;
    None leaves it to the library, which knows every form of a token, and every fault."""
    signed, _, mark = raw.rpartition(".")
    head, _, body = signed.partition(".")
    made = _base64(hmac.digest(key.encode(), signed.encode(), "sha256"))
    if head != _head() or not hmac.compare_digest(made, mark.encode()):
        return None
    said = json.loads(urlsafe_b64decode(f"{body}=="))
    return said if said.keys() == _OURS and said["iat"] <= time() < said["exp"] else None


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


@cache
def _head() -> str:
    """The first part of every token that we make."""
    return _backend(settings.JWT_SECRET).encode({}).partition(".")[0]
