"""The JSON of a plan, as CONTRACT §3.7 gives it: null is unlimited."""

from chatsvg.ratelimits.rules import HOUR, MINUTE
from credits.models import Plan
from credits.plans import ALLOWANCES, OFFERS, REFILL_EVERY


def plan(key: Plan) -> dict:
    """What a plan is called, costs, gives and allows."""
    offer = OFFERS[key]
    return {
        "plan": key.value,
        "name": offer.name,
        "description": offer.description,
        "price": offer.price,
        "limits": _limits(key),
    }


def _limits(key: Plan) -> dict:
    offer, allowance = OFFERS[key], ALLOWANCES[key]
    limits = {
        "startingCredits": offer.credits_at_start,
        "creditRefillAmount": offer.credits_each_period,
        "creditRefillDays": REFILL_EVERY.days,
        "generationsPerMonth": allowance.drawings_per_month,
        "apiAccess": allowance.api_keys > 0,
        "maxApiKeys": allowance.api_keys,
        "rateLimits": {
            "perMinute": allowance.times(MINUTE),
            "perHour": allowance.times(HOUR),
            "perDay": allowance.drawings_per_day,
        },
        "supportLevel": offer.support,
    }
    return limits if offer.support == "community" else {**limits, "supportChannel": "email"}
