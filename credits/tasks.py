"""Names that the broker knows."""

import logging

from celery import shared_task
from django.utils import timezone

from credits import services
from credits.payments import upkeep
from credits.payments.books import CANCEL
from credits.payments.services import find

logger = logging.getLogger(__name__)


@shared_task(name="credits.refill")
def refill() -> None:
    """Give every FREE wallet that is due its credits of the period. May run any number of times."""
    due = services.refill_due(at=timezone.now())
    logger.info("credits.refilled wallets=%s", due)


@shared_task(name=CANCEL)
def cancel_subscription(subscription_id: str) -> None:
    """Cancel at its provider what was asked to be cancelled, unless that was done."""
    upkeep.cancel_asked(find(subscription_id))


@shared_task(name="credits.cancel_subscriptions")
def cancel_subscriptions() -> None:
    """Cancel what a lost message, or a provider that was away, left behind."""
    upkeep.cancel_due()


@shared_task(name="credits.read_subscriptions")
def read_subscriptions() -> None:
    """Ask providers about subscriptions that are due; give up those that were never made."""
    upkeep.abandon_unmade()
    upkeep.read_due()


@shared_task(name="credits.end_plans")
def end_plans() -> None:
    """Take back the plans that nobody pays for any more."""
    upkeep.end_plans()
