"""Refresh-token rules: issue, rotate, revoke. The raw token leaves here once and is never stored.

The successor of a token is an HMAC of it, so that two tabs that present the same token within the
grace time both get the same successor although only hashes are kept (DESIGN §14).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import RefreshRefused
from accounts.models import RefreshToken, Session, User
from accounts.notices import notice
from accounts.signals import session_ended
from chatsvg import keyring

STOLEN = "One of your sign-ins was used from two places at once, so we ended it."
ABSOLUTE_DAYS = 90  # no session outlives this, however often it is refreshed


class Issued(NamedTuple):
    """A session and the raw refresh token (64 hex characters) that continues it."""

    session: Session
    refresh: str


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def _successor(raw: str) -> str:
    return _successors(raw)[0]


def _successors(raw: str) -> list[str]:
    """What follows a token: by SECRET_KEY, and by each older one, which may have made it."""
    return [mac.hex() for mac in keyring.macs(f"refresh:{raw}".encode())]


def idle_seconds(session: Session) -> int:
    """How long a refresh token of this session lasts when nobody uses it."""
    days = settings.REMEMBER_ME_DAYS if session.remember_me else settings.REFRESH_DAYS
    return days * 86400


def _add(session: Session, raw: str, *, at: datetime) -> RefreshToken:
    expires = min(at + timedelta(seconds=idle_seconds(session)), session.expires_at)
    return session.tokens.create(token_hash=_hash(raw), expires_at=expires)


@transaction.atomic
def issue(
    user: User, *, remember_me: bool = False, ip: str | None = None, user_agent: str = ""
) -> Issued:
    """Start a session of `user` on one device."""
    now = timezone.now()
    session = Session.objects.create(
        user=user,
        remember_me=remember_me,
        expires_at=now + timedelta(days=ABSOLUTE_DAYS),
        ip_address=ip,
        user_agent=user_agent[:512],
    )
    raw = secrets.token_hex(32)
    _add(session, raw, at=now)
    return Issued(session, raw)


def rotate(raw: str) -> Issued:
    """Exchange a refresh token for its successor.

    The token just rotated gets the same successor again for a few seconds; any older one means that
    somebody has a copy, and ends the session. Raises RefreshRefused.
    """
    with transaction.atomic():
        issued, reused = _rotate(raw, at=timezone.now())
    if reused:
        _end_stolen(reused)  # committed, so that the refusal cannot undo it
    if issued is None:
        raise RefreshRefused(clear=reused is not None)
    return issued


def _rotate(raw: str, *, at: datetime) -> tuple[Issued | None, Session | None]:
    """(what to hand out, or None) and (the session whose token was used again, or None)."""
    family = Session.objects.filter(tokens__token_hash=_hash(raw)).select_related("user")
    session = family.select_for_update(of=("self",)).first()
    if session is None:
        return None, None
    # a statement of its own: one that waited for the lock would not see a successor made meanwhile
    token = session.tokens.select_related("successor").get(token_hash=_hash(raw))
    if token.expires_at <= at or not session.user.is_active:
        return None, None
    if session.revoked_at:
        return None, session
    if token.rotated_at is None:
        token.successor = _add(session, _successor(raw), at=at)
        token.rotated_at = at
        token.save(update_fields=["successor", "rotated_at"])
        Session.objects.filter(pk=session.pk).update(last_used_at=at)
        return Issued(session, _successor(raw)), None
    grace = timedelta(seconds=settings.REFRESH_GRACE_SECONDS)
    successor = token.successor
    if successor and successor.rotated_at is None and at - token.rotated_at <= grace:
        again = (one for one in _successors(raw) if _hash(one) == successor.token_hash)
        found = next(again, None)  # none, where a key made it that this process does not know yet
        return (Issued(session, found) if found else None), None
    return None, session


def find(raw: str) -> Session | None:
    """The live session that a refresh token belongs to, for signing out."""
    token = RefreshToken.objects.select_related("session").filter(token_hash=_hash(raw)).first()
    return token.session if token and token.session.revoked_at is None else None


@transaction.atomic
def _end_stolen(session: Session) -> None:
    """Somebody else has a token of this session: it ends, and its owner hears of it, once."""
    if revoke(session, because="reuse"):
        notice(session.user, STOLEN)


@transaction.atomic
def revoke(session: Session, *, because: str) -> bool:
    """End a session at once, on every face. A repeat changes nothing, and says so by False."""
    ended = Session.objects.filter(pk=session.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_because=because
    )
    if ended:
        transaction.on_commit(
            partial(
                session_ended.send_robust,
                Session,
                user_id=session.user_id,
                session_id=session.pk,
            )
        )
    return bool(ended)
