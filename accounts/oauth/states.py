"""Dances that have begun: each is used up by one callback, in the browser that began it."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import NamedTuple

from authlib.common.security import generate_token
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import OAuthState, Session

LIFETIME = timedelta(minutes=10)
VERIFIER_LENGTH = 64  # RFC 7636 asks for 43 to 128
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Begun(NamedTuple):
    """A row, and the two secrets of which it keeps only hashes."""

    row: OAuthState
    state: str
    browser: str


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def begin(provider: str, *, browser: str, redirect: str, session: Session | None) -> Begun:
    """Remember a dance. A browser that has a secret keeps it, so that two tabs may dance at once.

    With `session`, what comes back is connected to its person.
    """
    state = secrets.token_urlsafe(32)
    known = browser if _TOKEN.fullmatch(browser) else secrets.token_urlsafe(32)
    row = OAuthState.objects.create(
        provider=provider,
        state_hash=_hash(state),
        browser_hash=_hash(known),
        verifier=generate_token(VERIFIER_LENGTH),
        nonce=secrets.token_urlsafe(32),
        redirect=redirect,
        session_id=session.pk if session else None,
        expires_at=timezone.now() + LIFETIME,
    )
    return Begun(row, state, known)


def take(provider: str, *, state: str, browser: str) -> OAuthState | None:
    """Use a dance up, if it is one of this browser. Nobody gets it twice; None if it is no good."""
    ours = {"state_hash": _hash(state), "browser_hash": _hash(browser)}
    row = OAuthState.objects.filter(**ours).select_related("session__user").first()
    if row is None or not OAuthState.objects.filter(pk=row.pk).delete()[0]:
        return None
    return row if row.provider == provider and row.expires_at > timezone.now() else None


def purge() -> int:
    """Forget those that nobody finished."""
    return OAuthState.objects.filter(expires_at__lt=Now()).delete()[0]
