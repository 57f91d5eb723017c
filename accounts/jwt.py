"""Access tokens: signed (HS256), short-lived, read without the database."""

from functools import cache
from time import time
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from accounts.models import Session
from chatsvg.errors import SignedOut


class Access(NamedTuple):
    """What an access token says: whose it is, and which session it belongs to."""

    user_id: UUID
    session_id: UUID


@cache
def _backend(key: str) -> TokenBackend:
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
        payload: Any = _backend(settings.JWT_SECRET).decode(raw)  # type: ignore[arg-type]
        if "exp" not in payload:
            raise KeyError("exp")
        return Access(UUID(payload["userId"]), UUID(payload["sid"]))
    except (TokenBackendError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise SignedOut("Invalid token") from error
