"""Letting pass, or refusing, by a rule."""

import time
from math import floor
from typing import NamedTuple

from django.conf import settings

from chatsvg.errors import TooMany
from chatsvg.ratelimits import counter, headers
from chatsvg.ratelimits.headers import Standing
from chatsvg.ratelimits.rules import Rate, Rule
from chatsvg.ratelimits.windows import State, Window


class Verdict(NamedTuple):
    """Whether a rule lets pass, and how full its decisive window is (None if it limits nothing)."""

    rule: Rule
    has_room: bool
    standing: Standing | None


def take(rule: Rule, who: object, *, places: int = 1) -> None:
    """Count so many for `who`. Raises TooMany where the rule has no room for all of them; then
    none is counted."""
    admit(ask(rule, who, take=True, places=places))


def check(rule: Rule, who: object) -> None:
    """Raise TooMany where the rule has no room for `who`; count nothing."""
    admit(ask(rule, who, take=False))


def ask(rule: Rule, who: object, *, take: bool, places: int = 1) -> Verdict:
    """What the rule says to `who`, for callers who decide themselves."""
    if not settings.RATELIMIT_ENABLED or not rule.rates:
        return Verdict(rule, True, None)
    base = f"{settings.RATELIMIT_PREFIX}:{rule.name}:{who}"
    windows = [Window(f"{base}:{rate.times}/{rate.seconds}", *rate) for rate in rule.rates]
    answer = counter.of(settings.REDIS_URL).ask(windows, take=take, places=places)
    standings = [_standing(rule, *pair) for pair in zip(windows, answer.states, strict=True)]
    decisive = _decisive(standings, places if not answer.has_room else 0)
    others = tuple(one for one in standings if one is not decisive)
    told = decisive._replace(is_refusal=not answer.has_room, others=others)
    return Verdict(rule, answer.has_room, told)


def admit(verdict: Verdict) -> None:
    """Put a verdict in the answer's headers, and raise TooMany where it is a refusal."""
    rule, has_room, standing = verdict
    if standing is None:
        return
    if not has_room:
        headers.note(standing)
        raise TooMany(rule.sentence, retry_after=_seconds_until(standing.reset_at))
    if not rule.quiet:
        headers.note(standing)


def _standing(rule: Rule, window: Window, state: State) -> Standing:
    remaining = max(0, window.times - state.used)
    name = rule.policy(Rate(window.times, window.seconds))
    return Standing(window.times, remaining, state.reset_at, name, window.seconds)


def _decisive(standings: list[Standing], wanted: int) -> Standing:
    """The one with the least room; of those without room for what was wanted, the one that stays
    so for longest."""
    full = [standing for standing in standings if standing.remaining < wanted]
    if not full:
        return min(standings, key=lambda standing: standing.remaining)
    return max(full, key=lambda standing: standing.reset_at)


def _seconds_until(at: float) -> int:
    """Whole seconds after which `at` is certainly past."""
    return max(0, floor(at - time.time())) + 1
