"""Authorization codes: given when somebody has allowed an app, good for a minute."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import one_time
from accounts.emails import verification
from accounts.models import OAuthClient, OAuthCode, User
from accounts.oauth_server import metadata
from accounts.oauth_server.errors import EmailUnproved
from chatsvg.errors import SignedOut

LIFETIME = timedelta(seconds=60)
KEPT = timedelta(days=1)  # after that, to find those that are used twice


def check(user: User) -> None:
    """Whether this person may connect apps at all. Raises EmailUnproved."""
    if verification.is_missing(user):
        raise EmailUnproved()


@transaction.atomic
def keep(
    raw: str,
    *,
    user: User,
    client: OAuthClient,
    redirect_uri: str,
    scopes: list[str],
    challenge: str,
) -> None:
    """Make a code count. Raises EmailUnproved, or SignedOut where the person was deleted
    meanwhile."""
    locked = one_time.lock(user)
    if not locked.is_active:
        raise SignedOut()
    check(locked)
    OAuthCode.objects.create(
        code_hash=one_time.digest(raw),
        user=locked,
        client=client,
        redirect_uri=redirect_uri,
        scopes=scopes,
        resource=metadata.resource(),
        challenge=challenge,
        expires_at=timezone.now() + LIFETIME,
    )


def find(raw: str, client: OAuthClient) -> OAuthCode | None:
    """One that this client was given, also where it has been used."""
    known = OAuthCode.objects.filter(code_hash=one_time.digest(raw), client=client)
    return known.select_related("user").first()


def purge() -> int:
    return OAuthCode.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()[0]
