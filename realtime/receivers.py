"""News from the apps below, told to whom it concerns."""

from django.dispatch import receiver

from accounts.profile.archive import json_list
from accounts.signals import data_wanted, security_noticed, session_ended, user_deleted
from chatsvg.text import timestamp
from generations.signals import job_changed, job_progressed
from realtime import events, publish
from realtime.models import Notification


@receiver(job_changed)
def push_change(sender, event, **kwargs):
    publish.to_user(event.user_id, events.job_updated(event))


@receiver(job_progressed)
def push_hint(sender, job_id, user_id, stage, progress, **kwargs):
    publish.to_user(user_id, events.job_progressed(job_id, stage=stage, progress=progress))


@receiver(session_ended)
def close_sockets(sender, user_id, session_id, **kwargs):
    publish.end_session(session_id)


@receiver(security_noticed)
def keep_security_notice(sender, user, message, **kwargs):
    kind = Notification.Type.ACCOUNT_SECURITY
    Notification.objects.create(user=user, type=kind, title="Account security", message=message)


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    Notification.objects.filter(user=user).delete()


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    mine = Notification.objects.filter(user=user).order_by("created_at", "id")
    return [("notifications.json", json_list(_told(one) for one in mine.iterator()))]


def _told(notification):
    return {
        "id": str(notification.pk),
        "type": notification.type,
        "title": notification.title or None,
        "message": notification.message,
        "data": notification.data,
        "createdAt": timestamp(notification.created_at),
        "readAt": timestamp(notification.read_at),
    }
