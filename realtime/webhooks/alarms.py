"""Watching the credits of those who want to hear that they run low: once, until there are more."""

from uuid import UUID

from django.db import transaction

from chatsvg import statements
from credits import services as credits
from credits.models import Wallet
from realtime.webhooks import posting
from realtime.webhooks.models import LOW_CREDITS, CreditsAlarm

# One statement by primary key; nearly everybody has no row.
_NOTE = """
UPDATE realtime_creditsalarm SET is_low = (%(available)s <= threshold)
WHERE user_id = %(user)s AND is_low <> (%(available)s <= threshold)
RETURNING is_low, threshold
"""


def watch(user_id: UUID) -> None:
    """Begin to; what is low already is told to nobody. Inside the caller's transaction."""
    wallet = credits.lock(user_id)
    is_low = wallet.available <= LOW_CREDITS
    CreditsAlarm.objects.get_or_create(user_id=user_id, defaults={"is_low": is_low})


def note(wallet: Wallet) -> None:
    """The caller has locked the wallet, and changed what is available."""
    changed = statements.row(_NOTE, {"available": wallet.available, "user": wallet.pk})
    if changed and changed[0]:
        posting.credits_low(wallet.pk, available=wallet.available, threshold=changed[1])


def threshold(user_id: UUID) -> int:
    known = CreditsAlarm.objects.filter(pk=user_id).values_list("threshold", flat=True).first()
    return LOW_CREDITS if known is None else known


@transaction.atomic
def set_threshold(user_id: UUID, value: int) -> None:
    """What is below the new one already is told to nobody."""
    wallet = credits.lock(user_id)
    fields = {"threshold": value, "is_low": wallet.available <= value}
    CreditsAlarm.objects.update_or_create(user_id=user_id, defaults=fields)
