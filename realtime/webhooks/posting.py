"""Writing down what somebody's endpoints are to be told, inside the transaction that does it.

Where nobody listens, which is nearly always, it costs one query.
"""

import logging
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from chatsvg import statements
from chatsvg.publishing import publish
from generations.models import Job, JobEvent
from realtime.webhooks.models import WebhookDelivery, WebhookMessage

logger = logging.getLogger(__name__)
TASK = "realtime.send_webhooks"

# Whoever deletes an endpoint waits for nobody, and nobody for them: one that is on its way out
# hears of nothing. (A change of its fields does not stand in the way.)
_LISTENING = """
SELECT id FROM realtime_webhookendpoint
WHERE user_id = %s AND is_test = %s AND disabled_at IS NULL AND events @> to_jsonb(%s::text)
FOR KEY SHARE SKIP LOCKED
"""


def job_ended(job: Job) -> None:
    """Tell of a job that has just ended. Call it before the job's event is written."""
    kind = f"generation.{job.status.lower()}"
    try:
        if listening := _listening(job.user_id, kind, is_test=job.is_test):
            with transaction.atomic():
                _post(
                    listening,
                    kind,
                    job.user_id,
                    at=job.finished_at or timezone.now(),
                    **_about(job),
                )
    except Exception as error:
        if connection.needs_rollback:
            raise  # the whole transaction is lost, such as with its connection
        # a job that has ended must end, whatever becomes of its webhooks
        logger.exception("webhook.lost job=%s error=%s", job.pk, type(error).__name__)


def credits_low(user_id: UUID, *, available: int, threshold: int) -> None:
    kind = "credits.low"
    if listening := _listening(user_id, kind, is_test=False):
        data = {"credits": available, "threshold": threshold}
        _post(listening, kind, user_id, at=timezone.now(), data=data)


def test(endpoint_id: UUID, user_id: UUID) -> WebhookDelivery:
    """Something to be received, whatever the endpoint hears of."""
    data = {"webhookId": str(endpoint_id), "message": "This is a test."}
    return _post([endpoint_id], "webhook.test", user_id, at=timezone.now(), data=data)[0]


def wake_on_commit() -> None:
    transaction.on_commit(partial(publish, TASK, ""), robust=True)


def _listening(user_id: UUID, kind: str, *, is_test: bool) -> list[UUID]:
    return [row[0] for row in statements.rows(_LISTENING, [user_id, is_test, kind])]


def _about(job: Job) -> dict[str, Any]:
    """`seq` of the event that comes next: the job's row is locked, so nobody else writes it."""
    last = JobEvent.objects.filter(job=job).aggregate(last=Max("seq"))["last"] or 0
    return {"job": job, "sequence": last + 1}


def _post(
    endpoints: list[UUID], kind: str, user_id: UUID, *, at: datetime, **content: Any
) -> list[WebhookDelivery]:
    message = WebhookMessage.objects.create(type=kind, user_id=user_id, at=at, **content)
    now = timezone.now()
    made = [WebhookDelivery(endpoint_id=one, message=message, due_at=now) for one in endpoints]
    WebhookDelivery.objects.bulk_create(made)
    wake_on_commit()
    return made
