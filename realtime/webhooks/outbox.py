"""The way of a delivery from its row to somebody's server.

A worker takes a lease and sends. If it dies in between, the lease runs out and another one sends
the same again, with the same `webhook-id`: at least once. Retries go on for more than a day.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chatsvg import outbound
from chatsvg.database import give_back, patiently
from chatsvg.outbound import resolving
from chatsvg.text import storable
from realtime.webhooks import endings, payloads, signing
from realtime.webhooks.models import (
    ANSWER_MAX,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)

logger = logging.getLogger(__name__)
PAUSES = (5, 30, 120, 600, 3600, 10800, 21600, 36000, 36000)  # seconds: 30 hours in all
TRIES = len(PAUSES) + 1
JITTER = 0.1  # of a pause, up or down
LONGEST_PAUSE = 86400  # seconds that a Retry-After may ask for
AT_ONCE = 2  # requests to one endpoint
OF_A_PERSON = 4  # requests to all endpoints of one person: half of what a process sends at once
GONE = 410

# The endpoints that have waited longest, and of each its oldest deliveries: one that is slow, or
# has thousands of them, holds up no other; nor do several slow ones of one person. Who is found
# leased was lost with its worker.
_CLAIM = """
WITH occupied AS (
    SELECT endpoint.user_id FROM realtime_webhookdelivery AS busy
    JOIN realtime_webhookendpoint AS endpoint ON endpoint.id = busy.endpoint_id
    WHERE busy.status = 'pending' AND busy.leased_until > %(at)s
    GROUP BY endpoint.user_id HAVING count(*) >= %(person)s
), waiting AS (
    SELECT delivery.endpoint_id AS id, min(delivery.due_at) AS since
    FROM realtime_webhookdelivery AS delivery
    JOIN realtime_webhookendpoint AS endpoint ON endpoint.id = delivery.endpoint_id
    WHERE delivery.status = 'pending' AND delivery.due_at <= %(at)s
        AND endpoint.disabled_at IS NULL
        AND endpoint.user_id NOT IN (SELECT user_id FROM occupied)
    GROUP BY delivery.endpoint_id ORDER BY since
), chosen AS MATERIALIZED (
    SELECT due.id FROM waiting CROSS JOIN LATERAL (
        SELECT delivery.id FROM realtime_webhookdelivery AS delivery
        WHERE delivery.endpoint_id = waiting.id
            AND delivery.status = 'pending' AND delivery.due_at <= %(at)s
        ORDER BY delivery.due_at, delivery.id
        LIMIT greatest(0, %(each)s - (
            SELECT count(*) FROM realtime_webhookdelivery AS busy
            WHERE busy.endpoint_id = waiting.id AND busy.status = 'pending'
                AND busy.leased_until > %(at)s
        ))
        FOR UPDATE SKIP LOCKED
    ) AS due LIMIT %(most)s
)
UPDATE realtime_webhookdelivery AS delivery
SET tries = delivery.tries + 1,
    failures = delivery.failures + (delivery.leased_until IS NOT NULL)::int,
    leased_until = %(until)s, due_at = %(until)s
FROM chosen WHERE delivery.id = chosen.id
RETURNING delivery.id, delivery.tries
"""


class Claim(NamedTuple):
    """Our right to send a delivery, as long as `tries` is what it was."""

    delivery_id: UUID
    tries: int


class Outcome(NamedTuple):
    """What came of one request. `error` is empty where it was taken."""

    status: int | None
    error: str
    seconds: float
    answer: str = ""
    retry_after: float = 0.0


def lease() -> timedelta:
    return timedelta(seconds=3 * settings.WEBHOOK_TIMEOUT_SECONDS + 15)


def claim(most: int, *, at: datetime | None = None) -> list[Claim]:
    """Take up to `most` deliveries that are due, none that anybody else has."""
    now = at or timezone.now()
    fields: dict[str, Any] = {
        "at": now,
        "until": now + lease(),
        "each": AT_ONCE,
        "person": OF_A_PERSON,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, fields)
        return [Claim(*row) for row in cursor.fetchall()]


def send_due(most: int = 100, *, at: datetime | None = None) -> int:
    """Send, one after the other, what is due; say how many were tried."""
    claims = claim(most, at=at)
    for one in claims:
        carry(one, at=at)
    return len(claims)


def carry(
    claimed: Claim,
    *,
    at: datetime | None = None,
    resolve: resolving.Resolver = resolving.addresses,
) -> None:
    """One request, and what follows from its answer."""
    now = at or timezone.now()
    delivery = _ours(claimed)
    if delivery is None:
        return
    is_lost = delivery.failures >= TRIES  # its workers died of it, every time
    outcome = Outcome(None, "lost", 0.0) if is_lost else _send(delivery, resolve)
    patiently(partial(conclude, claimed, outcome, at=now))


def _ours(claimed: Claim) -> WebhookDelivery | None:
    found = WebhookDelivery.objects.pending().select_related("endpoint", "message")
    return found.filter(pk=claimed.delivery_id, tries=claimed.tries).first()


def _send(delivery: WebhookDelivery, resolve: resolving.Resolver) -> Outcome:
    began = time.monotonic()
    try:
        content = payloads.body(delivery.message)
        headers = _headers(delivery, content)
    except signing.Unreadable:
        return Outcome(None, "secret", 0.0)
    give_back()
    try:
        answer = outbound.post(
            delivery.endpoint.url,
            content,
            headers,
            seconds=settings.WEBHOOK_TIMEOUT_SECONDS,
            resolve=resolve,
        )
    except outbound.Failed as error:
        return Outcome(None, error.kind, time.monotonic() - began)
    return _judged(answer)


def _headers(delivery: WebhookDelivery, content: bytes) -> dict[str, str]:
    name, sent_at = delivery.message.public_id, int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": "ChatSVG-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": signing.sign(secrets_of(delivery.endpoint), name, sent_at, content),
    }


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """Those that sign now, the newest first. Raises signing.Unreadable."""
    known = WebhookSecret.objects.filter(endpoint=endpoint).order_by("-id")
    now = timezone.now()
    live = [one for one in known if one.expires_at is None or one.expires_at > now]
    return [signing.open_sealed(one.sealed) for one in live]


def _judged(answer: "outbound.Answer") -> Outcome:
    is_taken = 200 <= answer.status < 300
    error = "" if is_taken else "redirect" if 300 <= answer.status < 400 else "status"
    said = storable(answer.body.decode("utf-8", "replace"))[:ANSWER_MAX]
    wait = _retry_after(answer.headers.get("retry-after", ""))
    return Outcome(answer.status, error, answer.seconds, said, wait)


def _retry_after(value: str) -> float:
    """Seconds, from either form of it (RFC 9110 §10.2.3); 0 where it makes no sense."""
    if value.isascii() and value.isdecimal():
        return float(min(int(value[:9]), LONGEST_PAUSE))
    try:
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return min(max(0.0, seconds), LONGEST_PAUSE)


@transaction.atomic
def conclude(claimed: Claim, outcome: Outcome, *, at: datetime) -> None:
    """Log the request, and end the delivery or have it tried again.

    That it was taken is a fact, whoever has the lease by now; a failure counts for its holder.
    """
    delivery = _locked(claimed.delivery_id)
    if delivery is None:
        return  # deleted meanwhile
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=claimed.tries,
        at=at,
        latency_ms=round(1000 * outcome.seconds),
        status=outcome.status,
        error=outcome.error,
        answer=outcome.answer,
    )
    logger.info(
        "webhook.tried delivery=%s try=%s status=%s error=%s",
        *(delivery.pk, claimed.tries, outcome.status, outcome.error or "none"),
    )
    if delivery.status != WebhookDelivery.Status.PENDING:
        return
    if not outcome.error:
        endings.succeed(delivery, at=at)
    elif delivery.tries == claimed.tries:
        _fail(delivery, outcome, at=at)


def _locked(delivery_id: UUID) -> WebhookDelivery | None:
    """The delivery, locked behind its endpoint: the order of everybody."""
    endpoints = WebhookEndpoint.objects.filter(deliveries=delivery_id)
    endpoint = endpoints.select_for_update(no_key=True, of=("self",)).first()
    if endpoint is None:
        return None
    delivery = WebhookDelivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is not None:
        delivery.endpoint = endpoint
    return delivery


def _fail(delivery: WebhookDelivery, outcome: Outcome, *, at: datetime) -> None:
    delivery.failures += 1
    if delivery.failures >= TRIES or outcome.status == GONE:
        endings.give_up(delivery, at=at)
    else:
        endings.postpone(delivery, at + _pause(delivery.failures, outcome.retry_after))
    if outcome.status == GONE:
        endings.disable(delivery.endpoint, WebhookEndpoint.Because.GONE, at=at)
    elif outcome.error != "secret":  # which is no fault of theirs
        endings.note_failure(delivery.endpoint, at=at)


def _pause(failures: int, retry_after: float) -> timedelta:
    usual = PAUSES[failures - 1] * _uniform(1 - JITTER, 1 + JITTER)
    return timedelta(seconds=max(usual, retry_after))


_uniform: Callable[[float, float], float] = secrets.SystemRandom().uniform
