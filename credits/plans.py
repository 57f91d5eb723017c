"""Prices and allowances (DESIGN §5, §14). Constants, not rows."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices

from chatsvg.ratelimits.rules import DAY, HOUR, MINUTE, Rate

DRAWING_PRICE = 1  # credits
SIGN_UP_CREDITS = 10
FREE_REFILL = 10  # what FREE is filled up to, not added
REFILL_EVERY = timedelta(days=30)
SUPPORTER_CREDITS = 200  # when it begins, and with every paid period after that
SUPPORTER_PRICE = 9  # CURRENCY a month
SUPPORTER_PAID_LEAST = 9  # stays where it is when the price rises: who has subscribed pays the old
CURRENCY = "USD"


class Plan(TextChoices):
    FREE = "FREE"
    SUPPORTER = "SUPPORTER"


@dataclass(frozen=True)
class Allowance:
    """What a plan allows: drawings asked for per UTC day, under way at once, and how fast.

    None is unlimited. `api_keys` are live ones: test keys come with every plan.
    """

    drawings_per_day: int
    drawings_under_way: int
    rates: tuple[Rate, ...]
    drawings_per_month: int | None = None  # by calendar month, UTC
    api_keys: int = 0

    def times(self, seconds: int) -> int | None:
        """How many drawings may be asked for in so many seconds; None where nothing is said."""
        return next((rate.times for rate in self.rates if rate.seconds == seconds), None)


@dataclass(frozen=True)
class Offer:
    """A plan as it is offered. `price` is in US dollars a month."""

    name: str
    description: str
    price: int
    credits_at_start: int
    credits_each_period: int
    support: str  # "community", "email" or "priority"


ALLOWANCES = {
    Plan.FREE: Allowance(
        drawings_per_day=50,
        drawings_under_way=5,
        rates=(Rate(10, MINUTE), Rate(60, HOUR)),
    ),
    Plan.SUPPORTER: Allowance(
        drawings_per_day=5_000,
        drawings_under_way=20,
        rates=(Rate(60, MINUTE), Rate(1_000, HOUR), Rate(5_000, DAY)),
        drawings_per_month=2_000,
        api_keys=5,
    ),
}

OFFERS = {
    Plan.FREE: Offer(
        name="Free",
        description="For trying things out, and for a drawing now and then.",
        price=0,
        credits_at_start=SIGN_UP_CREDITS,
        credits_each_period=FREE_REFILL,
        support="community",
    ),
    Plan.SUPPORTER: Offer(
        name="Supporter",
        description="For people who draw a lot, or from their own programs.",
        price=SUPPORTER_PRICE,
        credits_at_start=SUPPORTER_CREDITS,
        credits_each_period=SUPPORTER_CREDITS,
        support="email",
    ),
}
"""In the order in which they are shown."""
