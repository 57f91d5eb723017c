"""The JSON of a notification (CONTRACT §3.5)."""

from chatsvg.text import timestamp
from realtime.models import Notification


def shown(notification: Notification) -> dict:
    return {
        "id": str(notification.pk),
        "type": str(notification.type),
        "title": notification.title or None,
        "message": notification.message,
        "data": notification.data,
        "createdAt": timestamp(notification.created_at),
        "readAt": timestamp(notification.read_at),
    }
