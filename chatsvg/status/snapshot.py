"""What the page shows, read at most every few seconds in a process, however many look at it."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from chatsvg.database import AWAY, give_back
from chatsvg.health import database_answers
from chatsvg.status import bars, history, incidents, look, sentences
from chatsvg.status.bars import Bar
from chatsvg.status.here import DATABASE
from chatsvg.status.models import StatusCheck
from chatsvg.status.parts import Part, Reading
from chatsvg.status.registry import parts

SECONDS = 5.0  # for which what was read is shown
AWAY_READING = Reading("failed", "It does not answer.")


@dataclass(frozen=True)
class Row:
    """One part on the page. `state`: ok, slow, failed or none."""

    key: str
    name: str
    about: str
    measure: str
    is_vital: bool = False
    state: str = "none"
    detail: str = ""
    ms: float | None = None
    checked_at: datetime | None = None
    hours: Sequence[Bar] = ()
    days: Sequence[Bar] = ()
    hours_said: str = ""
    days_said: str = ""
    worked: float | None = None
    since: date | None = None

    @property
    def label(self) -> str:
        return sentences.LABELS[self.state]


@dataclass(frozen=True)
class Trouble:
    """An incident as it is shown."""

    name: str
    began_at: datetime
    ended_at: datetime | None  # None: it lasts


@dataclass(frozen=True)
class Snapshot:
    at: datetime
    rows: Sequence[Row] = ()
    troubles: Sequence[Trouble] = ()
    last_at: datetime | None = None
    is_recorded: bool = True  # lately
    is_database_away: bool = False
    state: str = "none"
    headline: str = ""
    text: str = ""
    days: int = field(default_factory=lambda: settings.STATUS_DAYS)


class _Kept:
    lock = threading.Lock()
    snapshot: Snapshot | None = None
    until = 0.0


def now() -> Snapshot:
    """How everything does. It never raises because PostgreSQL or Redis are away."""
    with _Kept.lock:
        if _Kept.snapshot is None or time.monotonic() > _Kept.until:
            _Kept.snapshot = _told(_read(timezone.now(), _Kept.snapshot))
            _Kept.until = time.monotonic() + SECONDS
        return _Kept.snapshot


def forget() -> None:
    """What is shown next is read anew."""
    _Kept.snapshot, _Kept.until = None, 0.0


def _read(at: datetime, before: Snapshot | None) -> Snapshot:
    if not database_answers():
        return _without_database(at, before)
    try:
        return _recorded(at)
    except AWAY:
        give_back()
        return _without_database(at, before)


def _told(snapshot: Snapshot) -> Snapshot:
    state, headline, text = sentences.overall(snapshot)
    return replace(snapshot, state=state, headline=headline, text=text)


# --- From the records ---


def _recorded(at: datetime) -> Snapshot:
    known, checks = parts(), history.latest(at)
    found = {key: _reading(check) for key, check in checks.items()}
    is_recorded = bool(checks)
    if not is_recorded:
        found = look.from_here(known)
    slots, days = history.slots(at), history.days(at)
    rows = [
        _row(part, found, slots.get(part.key, {}), days.get(part.key, {}), at) for part in known
    ]
    if is_recorded:
        rows = [
            replace(row, checked_at=checks[row.key].at) if row.key in checks else row
            for row in rows
        ]
    return Snapshot(
        at,
        rows,
        _troubles(known, found, at),
        last_at=history.last_at(),
        is_recorded=is_recorded,
    )


def _reading(check: StatusCheck) -> Reading:
    return Reading(check.state, check.detail, check.ms)  # type: ignore[arg-type]


def _row(
    part: Part,
    found: Mapping[str, Reading],
    slots: Mapping[datetime, history.Count],
    days: Mapping[date, history.Count],
    at: datetime,
) -> Row:
    hours = bars.of_hours(slots, at)
    long = bars.of_days(days, at.date(), settings.STATUS_DAYS)
    row = Row(part.key, part.name, part.about, part.measure, part.is_vital)
    return replace(
        _now(row, found.get(part.key)),
        hours=hours,
        days=long,
        hours_said=bars.summary(hours, "Last 24 hours"),
        days_said=bars.summary(long, f"Last {settings.STATUS_DAYS} days"),
        worked=history.total(days.values()).worked,
        since=min(days, default=None),
    )


def _now(row: Row, reading: Reading | None) -> Row:
    bare = replace(row, state="none", detail="", ms=None, checked_at=None)
    if reading is None:
        return bare
    return replace(bare, state=reading.state, detail=reading.detail, ms=reading.ms)


def _troubles(known: Sequence[Part], found: Mapping[str, Reading], at: datetime) -> list[Trouble]:
    """One that reaches to now, of a part that is down still, has not ended."""
    names = {part.key: part.name for part in known}
    first = at - timedelta(days=settings.STATUS_DAYS)
    return [
        Trouble(names[one.part], one.began_at, None if _lasts(one, found, at) else one.ended_at)
        for one in incidents.recent(first)
        if one.part in names
    ]


def _lasts(one: incidents.Incident, found: Mapping[str, Reading], at: datetime) -> bool:
    reading = found.get(one.part)
    is_down = reading is not None and reading.state == "failed"
    return is_down and at - one.ended_at < incidents.APART


# --- Without them ---


def _without_database(at: datetime, before: Snapshot | None) -> Snapshot:
    """The strips as they were read last, if they were; what needs the database is unknown."""
    known = [part for part in parts() if part.key in ("web", "live")]
    found = {**look.from_here(known), DATABASE: AWAY_READING}
    shown = before.rows if before else [_bare(part, at) for part in parts()]
    return Snapshot(
        at,
        [_now(row, found.get(row.key)) for row in shown],
        before.troubles if before else (),
        last_at=before.last_at if before else None,
        is_recorded=False,
        is_database_away=True,
    )


def _bare(part: Part, at: datetime) -> Row:
    return _row(part, {}, {}, {}, at)
