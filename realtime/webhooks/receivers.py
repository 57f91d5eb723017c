"""News from the apps below becomes events for endpoints, in the transaction that makes the news."""

from django.dispatch import receiver

from accounts.profile.archive import json_list
from accounts.signals import data_wanted, user_deleted, user_suspended
from chatsvg.text import timestamp
from credits.signals import available_changed
from generations.signals import job_ended
from realtime.webhooks import alarms, posting, serializers, services
from realtime.webhooks.models import WebhookDelivery


@receiver(job_ended)
def tell_end(sender, job, **kwargs):
    posting.job_ended(job)


@receiver(available_changed)
def note_credits(sender, wallet, **kwargs):
    alarms.note(wallet)


@receiver(user_suspended)
def suspend(sender, user, **kwargs):
    services.suspend(user)


@receiver(user_deleted)
def forget(sender, user, **kwargs):
    services.forget(user)


@receiver(data_wanted)
def hand_over(sender, user, **kwargs):
    mine = services.endpoints_of(user)
    sent = WebhookDelivery.objects.owned_by(user).select_related("message").order_by("id")
    return [
        ("webhooks.json", json_list(serializers.endpoint(one) for one in mine)),
        ("webhook_deliveries.json", json_list(_told(one) for one in sent.iterator())),
    ]


def _told(delivery):
    return {
        "webhookId": str(delivery.endpoint_id),
        "messageId": delivery.message.public_id,
        "type": delivery.message.type,
        "status": str(delivery.status),
        "tries": delivery.tries,
        "createdAt": timestamp(delivery.created_at),
        "endedAt": timestamp(delivery.ended_at),
    }
