"""Prices and allowances (DESIGN §5, §14). Constants, not rows."""

from dataclasses import dataclass
from datetime import timedelta

from chatsvg.ratelimits.rules import DAY, HOUR, MINUTE, Rate
from credits.models import Plan

DRAWING_PRICE = 1  # credits
SIGN_UP_CREDITS = 10
FREE_REFILL = 10  # what FREE is filled up to, not added
REFILL_EVERY = timedelta(days=30)


@dataclass(frozen=True)
class Allowance:
    """What a plan allows: drawings asked for per UTC day, under way at once, and how fast."""

    drawings_per_day: int
    drawings_under_way: int
    rates: tuple[Rate, ...]


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
    ),
}
