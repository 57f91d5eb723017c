"""Names that the broker knows."""

import logging

from celery import shared_task
from django.utils import timezone

from credits import services

logger = logging.getLogger(__name__)


@shared_task(name="credits.refill")
def refill() -> None:
    """Give every FREE wallet that is due its credits of the period. May run any number of times."""
    due = services.refill_due(at=timezone.now())
    logger.info("credits.refilled wallets=%s", due)
