"""Names that the broker knows."""

import logging

from celery import shared_task

from realtime.notifications import services

logger = logging.getLogger(__name__)


@shared_task(name="realtime.purge_notifications")
def purge_notifications() -> None:
    """Forget old notifications. May run any number of times."""
    logger.info("notifications.purged rows=%s", services.purge())
