"""The bell: telling people something once, and what they have not seen yet."""

import json
import logging
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from chatsvg import retention, statements
from chatsvg.paging import InvalidCursor
from realtime import events, publish
from realtime.models import Notification
from realtime.notifications.notes import Note

logger = logging.getLogger(__name__)
COUNTED = 1_000  # more that nobody has seen are not counted
SEEN_AT_ONCE = 5_000
MESSAGE_MOST = 500  # characters

_INSERT = """
INSERT INTO realtime_notification (id, user_id, type, title, message, data, about)
VALUES (%(id)s, %(user)s, %(type)s, %(title)s, %(message)s, %(data)s, %(about)s)
ON CONFLICT DO NOTHING
RETURNING created_at
"""


def tell(user_id: UUID, note: Note, *, is_live: bool = True) -> None:
    """Store a note in the caller's transaction, once, and push it on commit where `is_live`.

    Locks nothing that anybody waits for: call it before the person's feed is locked. A note that
    cannot be stored is logged; what it tells of happens all the same.
    """
    told = Notification(
        user_id=user_id,
        type=note.type,
        title=note.title,
        message=note.message[:MESSAGE_MOST],
        data=note.data,
        about=note.about,
    )
    try:
        with transaction.atomic():
            stored_at = _insert(told)
    except Exception as error:
        if connection.needs_rollback:
            raise  # the whole transaction is lost, such as with its connection
        logger.error(  # the error's text may hold what the note says
            "notification.lost user=%s type=%s error=%s", user_id, note.type, type(error).__name__
        )
    else:
        if stored_at and is_live:
            told.created_at = stored_at
            message = events.notification_created(told)
            transaction.on_commit(partial(publish.to_user, user_id, message), robust=True)


def _insert(told: Notification) -> datetime | None:
    """When it was stored; None where the same was told before."""
    fields: dict[str, Any] = {
        "id": told.pk,
        "user": told.user_id,
        "type": str(told.type),
        "title": told.title,
        "message": told.message,
        "data": None if told.data is None else json.dumps(told.data),
        "about": told.about,
    }
    stored = statements.row(_INSERT, fields)
    return stored[0] if stored else None


class Page(NamedTuple):
    """Some notifications, newest first, and the cursor of the next page; None at the end."""

    notifications: list[Notification]
    next_cursor: str | None


def latest(user, *, limit: int, after: UUID | None = None) -> Page:
    """A page behind the notification `after`. Raises InvalidCursor where that is none of theirs."""
    mine = Notification.objects.filter(user=user).order_by("-created_at", "-id")
    rows = list((_behind(mine, after) if after else mine)[: limit + 1])
    is_last = len(rows) <= limit
    return Page(rows[:limit], None if is_last else str(rows[limit - 1].pk))


def _behind(mine: QuerySet[Notification], pk: UUID) -> QuerySet[Notification]:
    if (known := mine.filter(pk=pk).first()) is None:
        raise InvalidCursor()
    before = mine.filter(created_at__lte=known.created_at)  # for the index
    return before.filter(Q(created_at__lt=known.created_at) | Q(pk__lt=known.pk))


def unread(user, *, most: int = COUNTED) -> int:
    """How many they have not seen; counted up to `most`."""
    return Notification.objects.filter(user=user, read_at=None)[:most].count()


@transaction.atomic
def see(user) -> None:
    """Everything that is there has been seen. What is committed a moment later has not.

    The rows are locked in their order, many at once, so that two tabs do not wait for each other.
    """
    new = Notification.objects.filter(user=user, read_at=None).order_by("pk")
    locked = new.select_for_update().values_list("pk", flat=True)
    while seen := list(locked[:SEEN_AT_ONCE]):
        Notification.objects.filter(pk__in=seen).update(read_at=Now())
        if len(seen) < SEEN_AT_ONCE:
            return


def purge() -> int:
    """Forget those of more than NOTIFICATIONS_DAYS ago; say how many."""
    first_kept = retention.first_id(retention.limit(settings.NOTIFICATIONS_DAYS))
    return retention.forget(Notification.objects.filter(pk__lt=first_kept).order_by("pk"))
