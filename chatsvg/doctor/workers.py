"""Who works off the queues."""

from collections.abc import Iterator

from celery import Celery
from django.conf import settings

from chatsvg.doctor.findings import Finding

PING_SECONDS = 1.5  # a worker that draws answers at once: its threads wait


def workers(app: Celery) -> Finding:
    """Somebody works off every queue."""
    try:
        answers = app.control.inspect(timeout=PING_SECONDS).active_queues() or {}
    except Exception as error:  # kombu lets through what its transports raise
        detail = f"They cannot be asked: Redis does not answer ({type(error).__name__})."
        return Finding("off", detail)
    heard = {one["name"] for queues in answers.values() for one in queues}
    unheard = sorted(set(_queues()) - heard)
    if not unheard:
        return Finding("ok", f"{len(answers)} answer, for every queue.")
    return _unattended(unheard, len(answers))


def _unattended(unheard: list[str], count: int) -> Finding:
    detail = f"No worker answers for: {', '.join(unheard)}. {count} answer in all."
    if settings.PRODUCTION:
        remedy = "Start workers for these queues; their logs say why they stopped."
        return Finding("broken", detail, remedy)
    return Finding("note", detail, "manage.py dev starts them.")


def _queues() -> Iterator[str]:
    yield settings.CELERY_TASK_DEFAULT_QUEUE
    for route in settings.CELERY_TASK_ROUTES.values():
        yield route["queue"]
