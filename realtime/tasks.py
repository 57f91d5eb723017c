"""Names that the broker knows."""

import logging

from celery import shared_task

from realtime.notifications import services
from realtime.webhooks import posting, sender, upkeep

logger = logging.getLogger(__name__)


@shared_task(name="realtime.purge_notifications")
def purge_notifications() -> None:
    """Forget old notifications. May run any number of times."""
    logger.info("notifications.purged rows=%s", services.purge())


@shared_task(name=posting.TASK)
def send_webhooks(argument: str = "") -> None:
    """Wake the threads of this process that send. Without the broker they look by themselves."""
    sender.wake()


@shared_task(name="realtime.purge_webhooks")
def purge_webhooks() -> None:
    """Forget old messages. May run any number of times."""
    logger.info("webhooks.purged messages=%s", upkeep.purge())
