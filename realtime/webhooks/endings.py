"""What becomes of deliveries and endpoints. The caller has locked both, in an open transaction."""

import logging
from datetime import datetime, timedelta

from realtime.models import Notification
from realtime.notifications.notes import Note
from realtime.notifications.services import tell
from realtime.webhooks.models import WebhookDelivery, WebhookEndpoint

logger = logging.getLogger(__name__)
PATIENCE = timedelta(days=5)  # with an endpoint that takes nothing
_SENTENCES = {
    WebhookEndpoint.Because.GONE: "its server answered that it is gone (410)",
    WebhookEndpoint.Because.FAILING: "it has taken nothing for five days",
}


def succeed(delivery: WebhookDelivery, *, at: datetime) -> None:
    _end(delivery, WebhookDelivery.Status.SUCCEEDED, at)
    if delivery.endpoint.failing_since:
        delivery.endpoint.failing_since = None
        delivery.endpoint.save(update_fields=["failing_since"])


def give_up(delivery: WebhookDelivery, *, at: datetime) -> None:
    """No try any more, unless somebody asks for a replay."""
    _end(delivery, WebhookDelivery.Status.FAILED, at)


def postpone(delivery: WebhookDelivery, until: datetime) -> None:
    delivery.due_at, delivery.leased_until = until, None
    delivery.save(update_fields=["due_at", "leased_until", "failures"])


def begin_again(delivery: WebhookDelivery, *, at: datetime) -> None:
    """As if it was new, under its old id. One that is being sent right now is left alone."""
    if delivery.leased_until and delivery.leased_until > at:
        return
    delivery.status, delivery.ended_at = WebhookDelivery.Status.PENDING, None
    delivery.failures, delivery.due_at, delivery.leased_until = 0, at, None
    delivery.save(update_fields=["status", "ended_at", "failures", "due_at", "leased_until"])


def _end(delivery: WebhookDelivery, status: WebhookDelivery.Status, at: datetime) -> None:
    delivery.status, delivery.ended_at, delivery.leased_until = status, at, None
    delivery.save(update_fields=["status", "ended_at", "leased_until", "failures"])


def note_failure(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """Remember since when nothing is taken; after PATIENCE no more is sent."""
    if endpoint.failing_since is None:
        endpoint.failing_since = at
        endpoint.save(update_fields=["failing_since"])
    elif at - endpoint.failing_since >= PATIENCE:
        disable(endpoint, WebhookEndpoint.Because.FAILING, at=at)


def disable(endpoint: WebhookEndpoint, because: WebhookEndpoint.Because, *, at: datetime) -> None:
    """Send nothing more there, and tell its owner where it was not them. A repeat does nothing."""
    if endpoint.disabled_at:
        return
    endpoint.disabled_at, endpoint.disabled_because = at, because
    endpoint.save(update_fields=["disabled_at", "disabled_because"])
    logger.info("webhook.disabled endpoint=%s because=%s", endpoint.pk, because)
    if because in _SENTENCES:
        tell(endpoint.user_id, _note(endpoint, because, at))


def _note(endpoint: WebhookEndpoint, because: WebhookEndpoint.Because, at: datetime) -> Note:
    shown = endpoint.url if len(endpoint.url) <= 200 else f"{endpoint.url[:199]}…"
    message = f"Your webhook {shown} was disabled: {_SENTENCES[because]}."
    data = {"kind": "webhook-disabled", "webhookId": str(endpoint.pk), "because": str(because)}
    about = f"webhook:{endpoint.pk}:{at:%Y-%m-%dT%H:%M:%S}"
    kind = Notification.Type.SYSTEM_ANNOUNCEMENT
    return Note(kind, "Webhook disabled", message, data, about)


def enable(endpoint: WebhookEndpoint) -> None:
    """What waited goes on."""
    endpoint.disabled_at, endpoint.disabled_because, endpoint.failing_since = None, "", None
    endpoint.save(update_fields=["disabled_at", "disabled_because", "failing_since"])
