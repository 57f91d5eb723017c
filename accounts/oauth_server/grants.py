"""The apps that people have connected, and how they are disconnected.

A grant ends by its person, by its client (RFC 7009), when one of its tokens is used twice, and
with the account. A reset of the password ends all of them: it is what somebody does who has lost
control of the account, and whoever had it may have connected an app. Signing out ends none, nor
does a change of the password: devices and programs are told apart, as with API keys.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import OAuthAccessToken, OAuthClient, OAuthCode, OAuthGrant, User
from accounts.models.connections import OAuthGrantQuerySet
from accounts.notices import notice
from accounts.oauth_server.errors import GrantMissing

MINUTE = timedelta(minutes=1)
STOLEN = "reuse"
_TOLD = {
    "revoked": "The app “{}” was disconnected from your account.",
    STOLEN: "A used-up token of the app “{}” was used again, so we disconnected the app.",
}


def live(user: User) -> OAuthGrantQuerySet:
    """Those that an app can still come back by."""
    now = timezone.now()
    usable = Q(refresh_tokens__rotated_at=None, refresh_tokens__expires_at__gt=now)
    return OAuthGrant.objects.live(now).filter(usable, user=user)


def of(user: User) -> list[OAuthGrant]:
    """Those that are in force, the newest first."""
    return list(live(user).select_related("client").order_by("-created_at", "-id"))


def is_known(user: User, client: OAuthClient) -> bool:
    """Whether somebody has connected this app already."""
    return live(user).filter(client=client).exists()


def find(user: User, grant_id: UUID | None) -> OAuthGrant:
    """One of theirs that is in force. Raises GrantMissing."""
    found = grant_id and live(user).select_related("client", "user").filter(pk=grant_id).first()
    if not found:
        raise GrantMissing()
    return found


@transaction.atomic
def end(grant: OAuthGrant, *, because: str = "revoked") -> bool:
    """End a grant, for the next request with one of its tokens. A repeat says False."""
    still = OAuthGrant.objects.filter(pk=grant.pk, revoked_at=None)
    if not still.update(revoked_at=timezone.now(), revoked_because=because):
        return False
    if because in _TOLD:
        notice(grant.user, _TOLD[because].format(grant.client.name), about="app")
    return True


def end_all(user: User, *, because: str) -> None:
    """End everything of theirs, inside the transaction of what brought it about."""
    OAuthCode.objects.filter(user=user, grant=None).delete()
    user.oauth_grants.filter(revoked_at=None).update(
        revoked_at=timezone.now(), revoked_because=because
    )


def forget(user: User) -> None:
    """Whom a deleted person trusted is nobody's business: the rows go."""
    OAuthCode.objects.filter(user=user).delete()
    user.oauth_grants.all().delete()


def touch(grant: OAuthGrant) -> None:
    """It was used. Written at most once a minute."""
    now = timezone.now()
    if grant.last_used_at < now - MINUTE:
        stale = OAuthGrant.objects.filter(pk=grant.pk, last_used_at__lt=now - MINUTE)
        stale.update(last_used_at=now)


def purge() -> int:
    """Forget what ended long ago, and tokens that have expired; say how many grants."""
    now = timezone.now()
    before = now - timedelta(days=settings.SESSION_EVIDENCE_DAYS)
    OAuthAccessToken.objects.filter(expires_at__lt=now).delete()
    over = Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    idle = ~Q(refresh_tokens__expires_at__gt=before)
    return OAuthGrant.objects.filter(over | idle).delete()[0]
