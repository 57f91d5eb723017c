"""When a server asks to be called again: Retry-After and its kin, as seconds from now."""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 86_400.0  # seconds; longer than any job may take
MILLISECOND_CLOCK = 1e11  # from here on a number is a time in milliseconds since the epoch
SECOND_CLOCK = 1e9  # and from here on one in seconds

_number = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_step = re.compile(r"([0-9.]+)(ms|d|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_RESET, _REMAINING = "x-ratelimit-reset", "x-ratelimit-remaining"


def asked_for(headers: Mapping[str, str], *, is_limited: bool) -> float | None:
    """The delay that a reply's headers name, at most a day; None where they name none.

    How full a budget is counts only where the reply says that it `is_limited` by one.
    """
    milliseconds = parse(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return min(milliseconds / 1000, LONGEST_WAIT)
    told = parse(headers.get("retry-after", ""))
    return told if told is not None or not is_limited else _until_reset(headers)


def parse(value: str) -> float | None:
    """Seconds from now of a number, a time since the epoch, a duration such as 6m0s, or a date."""
    value = value.strip()
    seconds = _clock(float(value)) if _number.fullmatch(value) else _spelled(value)
    return None if seconds is None else min(max(0.0, seconds), LONGEST_WAIT)


def _clock(number: float) -> float:
    if number >= MILLISECOND_CLOCK:
        return number / 1000 - time.time()
    return number - time.time() if number >= SECOND_CLOCK else number


def _spelled(value: str) -> float | None:
    steps = _step.findall(value)
    if steps and "".join(number + unit for number, unit in steps) == value:
        try:
            return sum(float(number) * _SECONDS[unit] for number, unit in steps)
        except ValueError:
            return None
    return _date(value)


def _date(value: str) -> float | None:
    """An HTTP date (RFC 9110 5.6.7)."""
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _until_reset(headers: Mapping[str, str]) -> float | None:
    """Until the budgets that are spent are full again; else until the first of them is.

    OpenAI and its kin name two, of requests and of tokens, and what is left of each.
    """
    resets = {
        name.removeprefix(_RESET): seconds
        for name, value in headers.items()
        if name.startswith(_RESET) and (seconds := parse(value)) is not None
    }
    spent = [s for budget, s in resets.items() if headers.get(_REMAINING + budget) == "0"]
    return max(spent) if spent else min(resets.values(), default=None)
