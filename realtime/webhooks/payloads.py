"""The body of a webhook: exactly `type`, `timestamp` and `data`."""

import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from chatsvg.text import timestamp
from generations.models import Job
from generations.v1 import shown
from realtime.webhooks.models import WebhookMessage


def body(message: WebhookMessage) -> bytes:
    """The JSON to be signed and sent, as things are now: links in it are fresh."""
    told = {"type": message.type, "timestamp": timestamp(message.at), "data": _data(message)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _data(message: WebhookMessage) -> dict[str, Any]:
    if message.job_id is None:
        return dict(message.data or {})
    job = _jobs().get(pk=message.job_id)
    return {**_shown(job), "sequence": message.sequence}


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("generation")


def _shown(job: Job) -> dict[str, Any]:
    """What `/v1/svg/job/<id>` says of it."""
    return shown.job(job, settings.PUBLIC_URL)
