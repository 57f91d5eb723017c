"""The JSON of webhooks."""

from chatsvg.text import timestamp
from realtime.webhooks import signing
from realtime.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookSecret
from realtime.webhooks.services import Made

WARNING = "Store this secret now: it is shown once, and cannot be shown again."


def endpoint(endpoint: WebhookEndpoint) -> dict:
    secrets = sorted(endpoint.secrets.all(), key=lambda one: -one.pk)
    return {
        "id": str(endpoint.pk),
        "url": endpoint.url,
        "description": endpoint.description,
        "events": endpoint.events,
        "test": endpoint.is_test,
        "enabled": endpoint.disabled_at is None,
        "disabledAt": timestamp(endpoint.disabled_at),
        "disabledBecause": endpoint.disabled_because or None,
        "failingSince": timestamp(endpoint.failing_since),
        "createdAt": timestamp(endpoint.created_at),
        "secrets": [_secret(one) for one in secrets],
    }


def made(made: Made) -> dict:
    return {"webhook": endpoint(made.endpoint), "secret": made.secret, "warning": WARNING}


def delivery(delivery: WebhookDelivery) -> dict:
    is_waiting = delivery.status == WebhookDelivery.Status.PENDING
    attempts = sorted(delivery.attempts.all(), key=lambda one: one.pk)
    return {
        "id": str(delivery.pk),
        "webhookId": str(delivery.endpoint_id),
        "messageId": delivery.message.public_id,
        "type": delivery.message.type,
        "status": str(delivery.status),
        "createdAt": timestamp(delivery.created_at),
        "nextAttemptAt": timestamp(delivery.due_at) if is_waiting else None,
        "endedAt": timestamp(delivery.ended_at),
        "attempts": [_attempt(one) for one in attempts],
    }


def _secret(secret: WebhookSecret) -> dict:
    """Never the secret itself; the public key of a pair is for everybody."""
    return {
        "signature": str(secret.kind),
        "createdAt": timestamp(secret.created_at),
        "expiresAt": timestamp(secret.expires_at),
        "publicKey": _public_key(secret),
    }


def _public_key(secret: WebhookSecret) -> str | None:
    if secret.kind != WebhookSecret.Kind.ED25519:
        return None
    try:
        return signing.shown(signing.open_sealed(secret.sealed))
    except signing.Unreadable:
        return None


def _attempt(attempt: WebhookAttempt) -> dict:
    return {
        "at": timestamp(attempt.at),
        "status": attempt.status,
        "error": attempt.error or None,
        "latencyMs": attempt.latency_ms,
        "answer": attempt.answer,
    }
