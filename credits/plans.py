"""Prices and allowances (DESIGN §5, §14). Constants, not rows."""

from dataclasses import dataclass
from datetime import timedelta

from credits.models import Plan

DRAWING_PRICE = 1  # credits
SIGN_UP_CREDITS = 10
FREE_REFILL = 10  # what FREE is filled up to, not added
REFILL_EVERY = timedelta(days=30)


@dataclass(frozen=True)
class Allowance:
    """What a plan allows: drawings asked for per UTC day, and drawings under way at once."""

    drawings_per_day: int
    drawings_under_way: int


ALLOWANCES = {
    Plan.FREE: Allowance(drawings_per_day=50, drawings_under_way=5),
    Plan.SUPPORTER: Allowance(drawings_per_day=5_000, drawings_under_way=20),
}
