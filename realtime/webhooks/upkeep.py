"""Forgetting what was sent long ago."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from realtime.webhooks.models import WebhookMessage, WebhookSecret

KEPT = timedelta(days=30)
BATCH = 1_000


def purge() -> int:
    """Forget messages older than KEPT with their deliveries, and secrets that sign no more; say how
    many messages. Found by the ids, which begin with the time."""
    now = timezone.now()
    WebhookSecret.objects.filter(expires_at__lt=now).delete()
    first_kept = UUID(int=int((now - KEPT).timestamp() * 1000) << 80)
    old = WebhookMessage.objects.filter(pk__lt=first_kept).order_by("pk")
    gone = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        WebhookMessage.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone
