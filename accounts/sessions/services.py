"""The devices on which somebody is signed in, and how they are signed out."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts import tokens
from accounts.errors import SessionMissing
from accounts.models import RefreshToken, Session, User
from chatsvg import retention

PURGE_BATCH = 500
FRESH = timedelta(minutes=10)


def live_sessions(user: User) -> list[Session]:
    """One for each device that can still come back, the last used first."""
    usable = Q(tokens__rotated_at=None, tokens__expires_at__gt=Now())
    return list(user.sessions.live().filter(usable).distinct().order_by("-last_used_at", "-id"))


def end(user: User, session_id: UUID | None) -> None:
    """Sign one device out. Raises SessionMissing where it is not one of theirs, or over."""
    session = session_id and user.sessions.live().filter(pk=session_id).first()
    if not session:
        raise SessionMissing()
    tokens.revoke(session, because="revoked")


def end_all(user: User, *, because: str, keep: Session | None = None) -> int:
    """Sign every device out, but one that may be kept; say how many those were."""
    sessions = user.sessions.live()
    others = sessions.exclude(pk=keep.pk) if keep else sessions
    return sum(tokens.revoke(session, because=because) for session in others)


def is_fresh(session: Session) -> bool:
    """Whether its person signed in, or gave the password once more, within FRESH."""
    return (session.proved_at or session.created_at) > timezone.now() - FRESH


def note_proof(session: Session) -> None:
    """Its person has given the password once more: it counts as fresh from now on."""
    Session.objects.filter(pk=session.pk).update(proved_at=Now())


def purge() -> int:
    """Forget sessions that ended long ago, with the tokens that were kept to find theft."""
    before = retention.limit(settings.SESSION_EVIDENCE_DAYS)
    over = Session.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before))
    forgotten = 0
    while batch := list(over.values_list("pk", flat=True)[:PURGE_BATCH]):
        forgotten += len(batch)
        _forget(batch)
    return forgotten


@transaction.atomic
def _forget(sessions: list[UUID]) -> None:
    """The links of their chains first: Django would unlink tokens before it deletes them, and a
    rotated one may not be without its successor."""
    chains = RefreshToken.objects.filter(session__in=sessions)
    chains.update(rotated_at=None, successor=None)
    Session.objects.filter(pk__in=sessions).delete()
