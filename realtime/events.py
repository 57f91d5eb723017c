"""The name of a group, and the JSON of every message (DESIGN §9)."""

from uuid import UUID

from chatsvg.text import timestamp
from generations.errors import sentence
from generations.models import Job, JobEvent
from realtime.models import Notification
from realtime.notifications.serializers import shown


def group_of_user(user_id: UUID) -> str:
    return f"user.{user_id}"


def job_updated(event: JobEvent) -> dict:
    """A change of a job, once it is committed. `id` grows per person, `seq` per job.

    QUEUED again carries the reason (`errorCode`) and the time (`retryAt`) of the next try.
    """
    message = {
        "type": "job.updated",
        "id": event.cursor,
        "jobId": str(event.job_id),
        "seq": event.seq,
        "status": str(event.status),
        "stage": str(event.stage),
        "progress": event.progress,
        "generationId": str(event.generation_id) if event.generation_id else None,
        "errorCode": event.error_code or None,
        "errorMessage": sentence(event.error_code, has_ended=event.status in Job.ENDED),
        "at": timestamp(event.at),
    }
    if event.retry_at:
        message["retryAt"] = timestamp(event.retry_at)
    return message


def job_progressed(job_id: UUID, *, stage: str, progress: int) -> dict:
    """A hint between two changes: without `id` and `seq`, and nobody misses it if it is lost."""
    return {
        "type": "job.progressed",
        "jobId": str(job_id),
        "status": Job.Status.RUNNING.value,
        "stage": str(stage),
        "progress": progress,
    }


def job_sketched(job_id: UUID, *, elements: int, progress: int, svg: str) -> dict:
    """What a model has drawn so far: a hint, too. Each stands by itself, and replaces the last."""
    return {
        "type": "job.sketched",
        "jobId": str(job_id),
        "status": Job.Status.RUNNING.value,
        "stage": Job.Stage.DRAWING.value,
        "progress": progress,
        "elements": elements,
        "svg": svg,
    }


def notification_created(notification: Notification) -> dict:
    """A new line in the bell: one more that is unseen. A hint: who missed it asks over HTTP."""
    return {"type": "notification.created", "notification": shown(notification)}
