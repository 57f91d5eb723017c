"""The table of limits (CONTRACT §1.9 with its [R]): data alone."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
_PERIODS = {MINUTE: "minute", 15 * MINUTE: "quarter", HOUR: "hour", DAY: "day"}


class Rate(NamedTuple):
    """At most `times` in any `seconds` on end."""

    times: int
    seconds: int


@dataclass(frozen=True)
class Rule:
    """A limit: its rates apply together, and what one of them refuses counts in none.

    A quiet rule is not told in the headers of what it lets pass.
    """

    name: str
    rates: tuple[Rate, ...]
    sentence: str
    quiet: bool = False

    def policy(self, rate: Rate) -> str:
        """What one of its rates is called in RateLimit-Policy, such as `v1-minute`."""
        return _policy(self.name, rate.seconds)


@cache
def _policy(rule: str, seconds: int) -> str:
    name = rule.removeprefix("rl:").replace(":", "-")
    return f"{name}-{_PERIODS.get(seconds, seconds)}"


_REQUESTS = "Too many requests. Please try again later."
_ATTEMPTS = "Too many authentication attempts. Please try again later."
_RESETS = "Too many password reset requests. Please try again later."

API = Rule("rl:api", (Rate(600, 15 * MINUTE),), _REQUESTS)  # by address
API_PERSON = Rule("rl:api:user", (Rate(600, 15 * MINUTE),), _REQUESTS)

AUTH = Rule("rl:auth", (Rate(5, 15 * MINUTE),), _ATTEMPTS)  # failures, by address
ACCOUNT = Rule("rl:auth:account", (Rate(20, 15 * MINUTE),), _ATTEMPTS, quiet=True)  # failures
SIGN_UPS = Rule("rl:auth:signup", (Rate(100, HOUR),), _ATTEMPTS, quiet=True)  # by address
FORGOT = Rule("rl:forgot", (Rate(3, 15 * MINUTE),), _RESETS)  # by address

SVG = Rule("rl:svg", (), "Generation limit reached. Please try again later.")  # rates of the plan
DOWNLOAD = Rule(
    "rl:download", (Rate(20, MINUTE),), "Too many download requests. Please try again later."
)
EXPORTS = Rule("rl:exports", (Rate(120, MINUTE),), _REQUESTS)  # by person, else by address
PICTURES = Rule("rl:pictures", (Rate(30, MINUTE),), _REQUESTS)  # the same, of what is dear to make
BUNDLES = Rule(
    "rl:bundles", (Rate(10, 10 * MINUTE),), "Too many ZIP downloads. Please try again later."
)  # by person: each reads and packs up to some hundred drawings

KEYS = Rule("rl:v1", (), _REQUESTS)  # by person, all keys together; rates of the plan
KEY = Rule("rl:v1:key", (), _REQUESTS)  # the key's own rate
KEY_REFUSALS = Rule("rl:v1:refused", (Rate(60, 15 * MINUTE),), _ATTEMPTS, quiet=True)  # by address
KEY_NOTES = Rule("rl:v1:noted", (Rate(60, MINUTE),), _REQUESTS, quiet=True)  # of refusals

KEY_MAKING = Rule("rl:keys:new", (Rate(20, HOUR),), _REQUESTS)  # by person: each sends a mail
WEBHOOKS = Rule(
    "rl:webhooks", (Rate(60, MINUTE), Rate(300, HOUR)), _REQUESTS
)  # by person: each sends or signs, and an event that nobody takes is ten rows for a month
PAYMENTS = Rule("rl:payments", (Rate(60, 15 * MINUTE),), _REQUESTS)  # by person: each asks PayPal

SUPPORT = Rule(
    "rl:support", (Rate(5, 10 * MINUTE),), "Too many support messages. Please try again later."
)
