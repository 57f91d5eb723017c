"""Parts that a test scripts, and a page that is read anew."""

from datetime import UTC, datetime, timedelta

import pytest

from chatsvg.status import Part, Reading, record, registry, snapshot

NOW = datetime(2026, 3, 15, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unread():
    snapshot.forget()
    yield
    snapshot.forget()


@pytest.fixture
def parts(monkeypatch):
    """Two parts, whose readings are what the test says: key -> reading or error."""
    said = {"door": Reading("ok", "It opens.", 4.0), "bell": Reading("ok", "It rings.", 9.0)}

    def look(key):
        def answer():
            if isinstance(said[key], Exception):
                raise said[key]
            return said[key]

        return answer

    def source():
        yield Part("door", "Door", "In.", look("door"), look("door"), slow_ms=100, is_vital=True)
        yield Part("bell", "Bell", "Calls us.", look("bell"))

    monkeypatch.setattr(registry, "_sources", [source])
    return said


@pytest.fixture
def at(monkeypatch):
    """Sets what time the page thinks it is."""

    def set_time(when=NOW):
        monkeypatch.setattr(snapshot.timezone, "now", lambda: when)
        snapshot.forget()
        return snapshot.now()

    return set_time


@pytest.fixture
def record_all(db):
    """Records a reading of one part for each letter: o k, s low, f ailed, - nothing."""
    states = {"o": "ok", "s": "slow", "f": "failed"}

    def fill(part, letters, last=NOW):
        for back, letter in enumerate(reversed(letters)):
            if letter in states:
                when = last - timedelta(minutes=back)
                record.store(when, {part: Reading(states[letter])})

    return fill
