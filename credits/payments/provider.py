"""What a provider of payments can do for us: another one joins by doing the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from credits.payments.models import Subscription

Status = Subscription.Status


class Away(Exception):
    """The provider did not answer, or not with anything that makes sense: ask again later."""


class Unknown(Exception):
    """The provider knows of no such subscription."""


class NotSigned(Exception):
    """This did not come from the provider."""


class Malformed(Exception):
    """This cannot have come from the provider."""


@dataclass(frozen=True)
class Remote:
    """A subscription as the provider tells it. `period_end` is None where nothing is said of it,
    or where a payment of it has failed (`is_paid_up`)."""

    status: Status
    plan_id: str = ""
    custom_id: str = ""
    customer_id: str = ""
    approve_url: str = ""
    external_id: str = ""
    period_end: datetime | None = None
    last_paid_at: datetime | None = None
    is_paid_up: bool = True
    shown: dict[str, Any] = field(default_factory=dict)  # what its person may see of it


@dataclass(frozen=True)
class Paid:
    """A payment. `is_refunded`: all of it went back."""

    external_id: str
    amount: Decimal
    currency: str
    paid_at: datetime
    is_refunded: bool = False


@dataclass(frozen=True)
class Refund:
    """Money that went back; `takes_all` where the payment is void, whatever the amount says."""

    payment_id: str
    amount: Decimal
    currency: str
    takes_all: bool = False


@dataclass(frozen=True)
class Event:
    """What the provider told us of its own accord, and proved to have told.

    `remote` is the subscription as it was then, as far as the event says.
    """

    external_id: str
    type: str
    occurred_at: datetime
    subscription_id: str = ""
    custom_id: str = ""
    remote: Remote | None = None
    paid: Paid | None = None
    refund: Refund | None = None
    is_activation: bool = False

    @property
    def is_about_money(self) -> bool:
        """Whether there is anything to do about it."""
        return bool(self.remote or self.paid or self.refund or self.subscription_id)


class Provider(Protocol):
    """All of these ask over the network, within a bounded time, and may raise Away."""

    name: str
    plan_id: str

    def create(self, *, key: str, starts_at: datetime | None = None) -> Remote:
        """A new subscription that awaits approval; the same one for the same `key`. Nothing is
        charged before `starts_at`."""

    def read(self, external_id: str) -> Remote:
        """Raises Unknown."""

    def payments(self, external_id: str, *, since: datetime, until: datetime) -> Iterable[Paid]:
        """What was paid for a subscription in that time. Raises Unknown."""

    def cancel(self, external_id: str) -> bool:
        """Have it ask for no more money. False where there was nothing to cancel: it is over
        already, or was never approved. Raises Unknown."""

    def receive(self, headers: Mapping[str, str], body: bytes) -> Event:
        """What a message says, once it is sure whose it is. Raises NotSigned or Malformed."""
