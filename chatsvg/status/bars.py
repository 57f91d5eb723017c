"""The strips of the page: one bar for each half hour or day, said in words as well."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from chatsvg.status.history import SLOT, SLOTS, Count, first_slot

ENOUGH_FAILED = 0.5  # of a bar's looks: the whole bar counts as down


class Bar(NamedTuple):
    """`state`: ok, slow, failed, partly (some failed) or none (nobody looked)."""

    state: str
    label: str


def of_hours(counts: Mapping[datetime, Count], now: datetime) -> list[Bar]:
    first = first_slot(now)
    times = [first + SLOT * number for number in range(SLOTS)]
    return [_bar(counts.get(at, Count()), f"{at:%H:%M}–{at + SLOT:%H:%M} UTC") for at in times]


def of_days(counts: Mapping[date, Count], today: date, length: int) -> list[Bar]:
    days = [today - timedelta(days=back) for back in range(length - 1, -1, -1)]
    return [_bar(counts.get(day, Count()), f"{day.day} {day:%b %Y}") for day in days]


def _bar(count: Count, when: str) -> Bar:
    return Bar(_state(count), f"{when}: {_said(count)}")


def _state(count: Count) -> str:
    if not count.all:
        return "none"
    if count.failed:
        return "failed" if count.failed / count.all >= ENOUGH_FAILED else "partly"
    return "slow" if count.slow * 10 > count.all else "ok"


def _said(count: Count) -> str:
    if not count.all:
        return "no data"
    checks = "1 check" if count.all == 1 else f"{count.all} checks"
    told = [f"{count.failed} failed"] * bool(count.failed)
    told += [f"{count.slow} degraded"] * bool(count.slow)
    return f"{checks}, {' and '.join(told) or 'all well'}"


def summary(bars: Sequence[Bar], span: str) -> str:
    """A strip for who does not see it: what was not well, by name."""
    unwell = [bar.label for bar in bars if bar.state not in ("ok", "none")]
    silent = sum(bar.state == "none" for bar in bars)
    if silent == len(bars):
        return f"{span}: no data"
    told = [f"{len(bars) - silent} of {len(bars)} with data", *_few(unwell)]
    return f"{span}: {'; '.join(told)}" + ("" if unwell else ", all well")


def _few(labels: Sequence[str], most: int = 6) -> Iterable[str]:
    yield from labels[-most:]
    if labels[most:]:
        yield f"and {len(labels) - most} earlier"
