"""How somebody stands with what they pay for, by our own books alone. Nothing is asked of PayPal:
what it tells us comes by itself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from credits.models import Plan, Subscription
from credits.payments import providers
from credits.payments.services import current, start_of_next

Status = Subscription.Status


@dataclass(frozen=True)
class Standing:
    """`state` is one of

    free       nothing is paid for, and nothing was begun
    waiting    begun at PayPal, which has not told us yet that it was approved
    paid       a subscription that goes on
    paused     PayPal could not collect the money, and tries again
    ending     cancelled: the plan lasts until `until`, and may go on from `next_from`
    given      the plan of a supporter, given by staff: there is nothing to cancel
    """

    state: str
    is_supporter: bool
    until: datetime | None = None  # what is paid for
    approve_url: str = ""  # of one that waits for approval at PayPal
    next_from: datetime | None = None  # when one that is begun now charges first; None: at once
    is_open: bool = False  # subscriptions can be had here

    @property
    def is_waiting(self) -> bool:
        return bool(self.approve_url)


def of(user: User) -> Standing:
    row, now = current(user), timezone.now()
    is_supporter = user.wallet.plan == Plan.SUPPORTER
    return Standing(
        state=_state(row, is_supporter, now),
        is_supporter=is_supporter,
        until=row.period_end if row and row.period_end and row.period_end > now else None,
        approve_url="" if row and row.is_live else _approve_url(user),
        next_from=start_of_next(user, now),
        is_open=is_open(),
    )


def _approve_url(user: User) -> str:
    mine = Subscription.objects.filter(user=user, status=Status.APPROVAL_PENDING)
    return mine.values_list("approve_url", flat=True).first() or ""


def is_open() -> bool:
    """Whether this installation takes payments."""
    return providers.PAYPAL in providers.configured()


def _state(row: Subscription | None, is_supporter: bool, at: datetime) -> str:
    if row and row.is_live and not row.cancel_asked_at:
        return "paid" if row.status == Status.ACTIVE else "paused"
    if row and is_supporter and row.is_entitled(at):
        return "ending"
    if is_supporter:
        return "given"
    return "waiting" if row and row.status == Status.APPROVAL_PENDING else "free"
