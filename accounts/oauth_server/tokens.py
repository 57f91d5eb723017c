"""Tokens of connected apps: exchanged for a code, refreshed, presented, revoked.

They leave here once and are never stored. A refresh token works once. Its successor is an HMAC of
it, so that an app that asks twice, because an answer was lost, gets the same one again for a few
seconds; any older one means that somebody has a copy, and ends the grant (as `accounts.tokens`).
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import one_time
from accounts.models import (
    OAuthAccessToken,
    OAuthCode,
    OAuthGrant,
    OAuthRefreshToken,
    User,
)
from accounts.notices import notice
from accounts.oauth_server import clients, grants, metadata
from accounts.oauth_server.errors import ScopeMissing, Spent, TokenRefused
from chatsvg import keyring

ACCESS, REFRESH = "oat_", "ort_"  # how they begin, for whoever looks for leaked secrets
ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=30)  # since it was last used
GRANT_LIFETIME = timedelta(days=180)  # then the person is asked again


class Issued(NamedTuple):
    """An access token and the refresh token that continues it, in the clear."""

    access: str
    refresh: str
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom an access token stands for: what an API key is to `/v1`."""

    id: UUID
    user: User  # with their wallet
    scopes: tuple[str, ...]
    client_name: str
    is_test: bool = False
    custom_rate_limit: int | None = None

    @property
    def pk(self) -> UUID:
        return self.id

    def need(self, scope: str) -> None:
        """Raise ScopeMissing where it does not have this scope."""
        if scope not in self.scopes:
            raise ScopeMissing(scope, held=self.scopes)


def resolve(raw: str) -> Grant:
    """What an access token stands for now, in one query. Raises TokenRefused."""
    now = timezone.now()
    token = (
        OAuthAccessToken.objects.filter(
            token_hash=one_time.digest(raw),
            expires_at__gt=now,
            grant__revoked_at=None,
            grant__expires_at__gt=now,
            grant__resource=metadata.resource(),
            grant__user__is_active=True,
        )
        .select_related("grant__client", "grant__user__wallet")
        .first()
        if raw.startswith(ACCESS)
        else None
    )
    if token is None:
        raise TokenRefused()
    grant = token.grant
    grants.touch(grant)
    return Grant(grant.pk, grant.user, tuple(token.scopes), grant.client.name)


def exchange(code: OAuthCode) -> Issued:
    """The first tokens of a grant, for a code whose verifier was shown. Raises Spent.

    A code that is shown once more, with the verifier, may be in two hands: its grant ends.
    """
    issued = spent = None
    with transaction.atomic():
        user = one_time.lock(code.user)  # first the person, as everybody else does
        held = OAuthCode.objects.select_for_update(of=("self",)).filter(pk=code.pk)
        found = held.select_related("client", "grant").first()
        if found and found.grant:
            spent = found.grant
        elif found and user.is_active and found.expires_at > timezone.now():
            issued = _begin(found, user, at=timezone.now())
    if spent:
        grants.end(spent, because=grants.STOLEN)  # committed, so that nothing undoes it
    if issued is None:
        raise Spent()
    return issued


def _begin(code: OAuthCode, user: User, *, at: datetime) -> Issued:
    """Make the grant; its person hears of an app that is new to them."""
    if not grants.is_known(user, code.client):
        notice(user, f"The app “{code.client.name}” was connected to your account.", about="app")
    grant = user.oauth_grants.create(
        client=code.client,
        scopes=code.scopes,
        resource=code.resource,
        expires_at=at + GRANT_LIFETIME,
    )
    code.grant = grant
    code.save(update_fields=["grant"])
    clients.touch(code.client.pk, at=at)
    raw = REFRESH + secrets.token_urlsafe(32)
    _add(grant, raw, at=at)
    return Issued(_access(grant, grant.scopes, at=at), raw, grant.scopes)


def rotate(raw: str, scopes: Iterable[str] = ()) -> Issued:
    """Exchange a refresh token for its successor and an access token; of `scopes` alone where some
    are named, all of them within the grant. Raises Spent."""
    with transaction.atomic():
        issued, reused = _rotate(raw, list(scopes), at=timezone.now())
    if reused:
        grants.end(reused, because=grants.STOLEN)
    if issued is None:
        raise Spent()
    return issued


def _rotate(
    raw: str, scopes: list[str], *, at: datetime
) -> tuple[Issued | None, OAuthGrant | None]:
    """(what to hand out, or None) and (the grant whose token was used again, or None)."""
    family = OAuthGrant.objects.live(at).filter(refresh_tokens__token_hash=one_time.digest(raw))
    locked = family.select_related("user", "client").select_for_update(of=("self",))
    grant = locked.first()
    if grant is None or not grant.user.is_active:
        return None, None
    # a statement of its own: one that waited for the lock would not see a rotation made meanwhile
    token = grant.refresh_tokens.get(token_hash=one_time.digest(raw))
    if token.expires_at <= at:
        return None, None
    successor = _successors(raw)[0]
    if token.rotated_at is None:
        token.rotated_at = at
        token.save(update_fields=["rotated_at"])
        _forget_expired(grant, at=at)
        _add(grant, successor, at=at)
        clients.touch(grant.client_id, at=at)
        OAuthGrant.objects.filter(pk=grant.pk).update(last_used_at=at)
    else:
        again = _lost_answer(grant, token.rotated_at, raw, at=at)
        if not again:
            return None, grant if again is None else None
        successor = again
    granted = [one for one in grant.scopes if not scopes or one in scopes]
    return Issued(_access(grant, granted, at=at), successor, granted), None


def _lost_answer(grant: OAuthGrant, rotated_at: datetime, raw: str, *, at: datetime) -> str | None:
    """What a used token is answered with once more: soon, and while its successor is unused. Empty
    where a key made that which this process does not know yet."""
    if at - rotated_at > timedelta(seconds=settings.REFRESH_GRACE_SECONDS):
        return None
    made = {one_time.digest(one): one for one in _successors(raw)}
    successor = grant.refresh_tokens.filter(token_hash__in=made).first()
    if successor is None:
        return ""
    return made[successor.token_hash] if successor.rotated_at is None else None


def find_refresh(raw: str) -> OAuthRefreshToken | None:
    known = OAuthRefreshToken.objects.filter(token_hash=one_time.digest(raw))
    return known.select_related("grant__user", "grant__client").first()


def find_access(raw: str) -> OAuthAccessToken | None:
    known = OAuthAccessToken.objects.filter(token_hash=one_time.digest(raw))
    return known.select_related("grant__user", "grant__client").first()


def revoke(token: OAuthAccessToken | OAuthRefreshToken) -> None:
    """What its app wants no more (RFC 7009): an access token, or by its refresh token all of the
    grant."""
    if isinstance(token, OAuthRefreshToken):
        grants.end(token.grant, because="client")
    else:
        token.delete()


def _access(grant: OAuthGrant, scopes: list[str], *, at: datetime) -> str:
    raw = ACCESS + secrets.token_urlsafe(32)
    grant.access_tokens.create(
        token_hash=one_time.digest(raw),
        scopes=scopes,
        expires_at=min(at + ACCESS_LIFETIME, grant.expires_at),
    )
    return raw


def _add(grant: OAuthGrant, raw: str, *, at: datetime) -> None:
    expires = min(at + REFRESH_LIFETIME, grant.expires_at)
    grant.refresh_tokens.create(token_hash=one_time.digest(raw), expires_at=expires)


def _forget_expired(grant: OAuthGrant, *, at: datetime) -> None:
    grant.access_tokens.filter(expires_at__lt=at).delete()
    grant.refresh_tokens.filter(expires_at__lt=at).delete()


def _successors(raw: str) -> list[str]:
    """What follows a token: by SECRET_KEY, and by each older one, which may have made it."""
    macs = keyring.macs(f"oauth-refresh:{raw}".encode())
    return [REFRESH + urlsafe_b64encode(mac).decode().rstrip("=") for mac in macs]
