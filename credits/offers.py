"""The plans as people read them: every figure comes from `plans`, and from nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.keys.services import TEST_KEYS
from chatsvg.ratelimits.rules import DAY, HOUR, MINUTE
from credits.models import Plan
from credits.plans import ALLOWANCES, DRAWING_PRICE, OFFERS, REFILL_EVERY, Allowance, Offer

_PER = {MINUTE: "a minute", HOUR: "an hour", DAY: "a day"}
_SUPPORT = {"community": "Community", "email": "By e-mail", "priority": "First in line"}
NOTHING = "–"


@dataclass(frozen=True)
class Card:
    """A plan, and what it says for itself."""

    plan: str
    name: str
    description: str
    price: int  # US dollars a month
    features: list[str]


@dataclass(frozen=True)
class Line:
    """A line of the comparison: a cell for each plan, in the order of the cards."""

    label: str
    cells: list[str]


def cards() -> list[Card]:
    return [
        Card(plan.value, offer.name, offer.description, offer.price, list(_features(plan, offer)))
        for plan, offer in OFFERS.items()
    ]


def comparison() -> list[Line]:
    return [
        Line(label, [tell(plan) for plan in OFFERS])
        for label, tell in {
            "Price": lambda plan: _price(OFFERS[plan]),
            "Initial credits": lambda plan: f"{OFFERS[plan].credits_at_start}",
            "Refill": _refill,
            "A drawing costs": lambda plan: _count(DRAWING_PRICE, "credit"),
            "Drawings a month": lambda plan: _most(ALLOWANCES[plan].drawings_per_month),
            "Drawings a day": lambda plan: _most(ALLOWANCES[plan].drawings_per_day),
            "Under way at once": lambda plan: f"{ALLOWANCES[plan].drawings_under_way}",
            "API access": lambda plan: _access(ALLOWANCES[plan]),
            "Production keys": lambda plan: _most(ALLOWANCES[plan].api_keys or NOTHING),
            "Test keys": lambda plan: f"{TEST_KEYS}",
            "Rate limit": lambda plan: _rates(ALLOWANCES[plan]),
            "Support": lambda plan: _SUPPORT[OFFERS[plan].support],
        }.items()
    ]


def _features(plan: Plan, offer: Offer) -> Iterator[str]:
    allowance, is_free = ALLOWANCES[plan], plan == Plan.FREE
    yield f"{_count(offer.credits_at_start, 'credit')} {'at sign-up' if is_free else 'at once'}"
    yield _refill(plan)
    if allowance.drawings_per_month:
        yield f"Up to {allowance.drawings_per_month:,} drawings a month"
    else:
        yield f"Up to {allowance.drawings_per_day:,} drawings a day"
    yield f"{allowance.drawings_under_way} drawings under way at once"
    if allowance.api_keys:
        yield f"{_count(allowance.api_keys, 'production key')} for the API, with every model"
    yield f"{_count(TEST_KEYS, 'test key')} for the API, which cost nothing"
    yield f"Support: {_SUPPORT[offer.support].lower()}"


def _refill(plan: Plan) -> str:
    """FREE is filled up; what is paid for is added."""
    amount, days = OFFERS[plan].credits_each_period, REFILL_EVERY.days
    if plan == Plan.FREE:
        return f"Filled up to {amount} every {days} days"
    return f"{amount} with every further paid month"


def _price(offer: Offer) -> str:
    return f"${offer.price}/mo" if offer.price else "$0"


def _access(allowance: Allowance) -> str:
    return "Production and test keys" if allowance.api_keys else "Test keys"


def _rates(allowance: Allowance) -> str:
    return ", ".join(f"{rate.times:,} {_PER[rate.seconds]}" for rate in allowance.rates)


def _most(number: int | str | None) -> str:
    if number is None:
        return "As credits allow"
    return number if isinstance(number, str) else f"{number:,}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
