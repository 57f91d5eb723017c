"""Forgetting what was sent long ago."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chatsvg import retention
from realtime.webhooks.models import WebhookDelivery, WebhookMessage, WebhookSecret


def purge() -> int:
    """Forget messages of more than WEBHOOKS_DAYS ago with their deliveries, and secrets that sign
    no more; say how many messages. One that somebody is yet to get stays: tries go on for days."""
    WebhookSecret.objects.filter(expires_at__lt=timezone.now()).delete()
    first_kept = retention.first_id(retention.limit(settings.WEBHOOKS_DAYS))
    on_its_way = WebhookDelivery.objects.pending().filter(
        message=OuterRef("pk"), endpoint__disabled_at=None
    )
    old = WebhookMessage.objects.filter(~Exists(on_its_way), pk__lt=first_kept)
    return retention.forget(old.order_by("pk"))
