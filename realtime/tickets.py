"""By what somebody watches: a session of theirs, or an API key. And whether it still holds."""

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from accounts.keys.authentication import permit
from accounts.models import ApiKey, Session
from chatsvg.errors import Forbidden

KEY_SCOPE = "svg:read"


class Ticket(NamedTuple):
    """The id of a session or of a key."""

    kind: Literal["session", "key"]
    id: UUID


def of_session(session: Session) -> Ticket:
    return Ticket("session", session.pk)


def of_key(key: ApiKey) -> Ticket:
    return Ticket("key", key.pk)


def holding(tickets: Collection[Ticket]) -> set[Ticket]:
    """Those of them that may watch on."""
    sessions = [ticket.id for ticket in tickets if ticket.kind == "session"]
    keys = [ticket.id for ticket in tickets if ticket.kind == "key"]
    return {*_sessions(sessions), *_keys(keys)}


def _sessions(ids: list[UUID]) -> Iterator[Ticket]:
    if ids:
        for pk in Session.objects.live().filter(pk__in=ids).values_list("pk", flat=True):
            yield Ticket("session", pk)


def _keys(ids: list[UUID]) -> Iterator[Ticket]:
    """Neither revoked nor expired, and of a person and a plan that have them still."""
    if not ids:
        return
    lasting = Q(expires_at=None) | Q(expires_at__gt=Now())
    known = ApiKey.objects.live().filter(lasting, pk__in=ids, user__is_active=True)
    for key in known.select_related("user__wallet"):
        if _is_permitted(key):
            yield of_key(key)


def _is_permitted(key: ApiKey) -> bool:
    try:
        permit(key, KEY_SCOPE)
    except Forbidden:
        return False
    return True
