"""Prices and allowances (DESIGN §5, §14). Constants, not rows."""

from dataclasses import dataclass

from credits.models import Plan

DRAWING_PRICE = 1  # credits
SIGN_UP_CREDITS = 10
MONTHLY_CREDITS = {Plan.FREE: 10, Plan.SUPPORTER: 200}


@dataclass(frozen=True)
class Allowance:
    """What a plan allows. Drawings per UTC day; None means no limit of that kind."""

    drawings_per_day: int


ALLOWANCES = {
    Plan.FREE: Allowance(drawings_per_day=50),
    Plan.SUPPORTER: Allowance(drawings_per_day=5_000),
}
