"""Letting pass, or refusing, by a rule."""

import time
from math import floor
from typing import NamedTuple

from django.conf import settings

from chatsvg.errors import TooMany
from chatsvg.ratelimits import counter, headers
from chatsvg.ratelimits.headers import Standing
from chatsvg.ratelimits.rules import Rule
from chatsvg.ratelimits.windows import State, Window


class Verdict(NamedTuple):
    """Whether a rule lets pass, and how full its decisive window is (None if it limits nothing)."""

    rule: Rule
    has_room: bool
    standing: Standing | None


def take(rule: Rule, who: object) -> None:
    """Count one for `who`. Raises TooMany where the rule has no room; then it is not counted."""
    admit(ask(rule, who, take=True))


def check(rule: Rule, who: object) -> None:
    """Raise TooMany where the rule has no room for `who`; count nothing."""
    admit(ask(rule, who, take=False))


def ask(rule: Rule, who: object, *, take: bool) -> Verdict:
    """What the rule says to `who`, for callers who decide themselves."""
    if not settings.RATELIMIT_ENABLED or not rule.rates:
        return Verdict(rule, True, None)
    base = f"{settings.RATELIMIT_PREFIX}:{rule.name}:{who}"
    windows = [Window(f"{base}:{rate.times}/{rate.seconds}", *rate) for rate in rule.rates]
    answer = counter.of(settings.REDIS_URL).ask(windows, take=take)
    standings = [_standing(*pair) for pair in zip(windows, answer.states, strict=True)]
    return Verdict(rule, answer.has_room, _decisive(standings, has_room=answer.has_room))


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


def _standing(window: Window, state: State) -> Standing:
    return Standing(window.times, max(0, window.times - state.used), state.reset_at)


def _decisive(standings: list[Standing], *, has_room: bool) -> Standing:
    """The one with the least room; of those that are full, the one that stays so for longest."""
    if has_room:
        return min(standings, key=lambda standing: standing.remaining)
    full = [standing for standing in standings if not standing.remaining]
    return max(full, key=lambda standing: standing.reset_at)


def _seconds_until(at: float) -> int:
    """Whole seconds after which `at` is certainly past."""
    return max(0, floor(at - time.time())) + 1
