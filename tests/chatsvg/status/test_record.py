"""What upkeep writes down of every part (once, whoever looks), and what it forgets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from chatsvg.status import Reading, beats, look, record, recorder
from chatsvg.status.models import ProcessBeat, StatusCheck, StatusDay, StatusIncident
from chatsvg.status.recorder import Recorder
from tests.chatsvg.status.conftest import NOW

MINUTE = timedelta(minutes=1)


def checks() -> dict[str, tuple]:
    rows = StatusCheck.objects.values_list("part", "state", "ms", "detail")
    return {part: rest for part, *rest in rows}


def test_every_part_is_recorded_for_the_minute(db, parts):
    parts["bell"] = Reading("failed", "It is mute.")

    assert record.record(NOW)

    assert checks() == {"door": ["ok", 4.0, "It opens."], "bell": ["failed", None, "It is mute."]}
    assert {check.at for check in StatusCheck.objects.all()} == {NOW.replace(second=0)}


def test_answer_that_takes_too_long_is_slow(db, parts):
    parts["door"] = Reading("ok", "It opens.", 101.0)

    record.record(NOW)

    assert checks()["door"][0] == "slow"


def test_part_that_could_not_be_looked_at_has_no_record(db, parts, caplog):
    parts["bell"] = ZeroDivisionError()

    record.record(NOW)

    assert list(checks()) == ["door"]
    assert "status.broken part=bell" in caplog.text


def test_part_that_never_answers_has_failed(parts):
    import threading

    over = threading.Event()
    from chatsvg.status import Part

    found = look.all_of([Part("deaf", "Deaf", "", over.wait)], seconds=0.01)
    over.set()

    assert found == {"deaf": look.LATE}


def test_second_record_of_a_minute_changes_nothing(db, parts):
    record.record(NOW)
    parts["door"] = Reading("failed")

    assert not record.record(NOW + timedelta(seconds=20))
    record.store(NOW, {"door": Reading("failed")})

    assert checks()["door"][0] == "ok"
    assert StatusDay.objects.get(part="door").ok == 1


@pytest.mark.django_db(transaction=True)
def test_several_processes_record_once(parts):
    def one(_):
        try:
            return record.record(NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        recorded = list(pool.map(one, range(4)))

    assert recorded.count(True) == 1
    assert StatusCheck.objects.count() == 2


def test_day_counts_what_its_checks_said(db, record_all):
    record_all("door", "oosf-o")

    day = StatusDay.objects.get()
    assert (day.ok, day.slow, day.failed) == (3, 1, 1)
    assert (day.day, day.first_at) == (NOW.date(), NOW.replace(second=0) - 5 * MINUTE)


def test_old_checks_go_and_leave_their_day_and_their_incidents(db, record_all, settings):
    settings.STATUS_CHECKS_DAYS, settings.STATUS_DAYS = 2, 90
    long_ago, lately = NOW - timedelta(days=3), NOW - timedelta(days=1)
    record_all("door", "offo", last=long_ago)
    record_all("door", "of", last=lately)

    record.tidy(NOW)
    record.tidy(NOW)

    assert {check.at.date() for check in StatusCheck.objects.all()} == {lately.date()}
    assert StatusDay.objects.count() == 2
    (one,) = StatusIncident.objects.all()
    assert one.began_at == long_ago.replace(second=0) - 2 * MINUTE
    assert one.ended_at - one.began_at == 2 * MINUTE


def test_after_ninety_days_nothing_is_left(db, record_all, settings):
    settings.STATUS_DAYS = 90
    record_all("door", "of", last=NOW - timedelta(days=91))
    record.tidy(NOW - timedelta(days=80))
    assert StatusIncident.objects.exists()

    record.tidy(NOW)

    rows = [model.objects.count() for model in (StatusCheck, StatusDay, StatusIncident)]
    assert rows == [0, 0, 0]


# --- The thread -----------------------------------------------------------------------------------


def test_process_says_that_it_lives_and_what_it_works_off(db):
    beats.beat(["drawings"])
    beats.beat(["drawings"])

    assert (beats.fresh("drawings"), beats.fresh("mail")) == (1, 0)
    beats.end()
    assert beats.fresh("drawings") == 0


def test_process_that_fell_silent_counts_no_more(db):
    beats.beat(["drawings"])
    ProcessBeat.objects.update(seen_at=timezone.now() - beats.FRESH)

    assert beats.fresh("drawings") == 0


def test_recorder_records_once_a_minute(db, parts):
    one = Recorder(["mail"], None)

    for seconds in (0, 15, 29, 30):
        one.turn(NOW + timedelta(seconds=seconds))

    assert StatusCheck.objects.filter(part="door").count() == 2
    assert ProcessBeat.objects.get().queues == ["mail"]


def test_recorder_in_others_place_lets_them_go_first(db, parts):
    one = Recorder(["mail"], None, stands_in=True)
    one.began = NOW - timedelta(seconds=61)

    one.turn(NOW - timedelta(seconds=1))
    assert not StatusCheck.objects.exists()

    one.turn(NOW)
    assert StatusCheck.objects.count() == 2


def test_recorder_in_others_place_waits_until_others_may_have_begun(db, parts):
    one = Recorder(["mail"], None, stands_in=True)
    one.began = NOW - timedelta(seconds=59)

    one.turn(NOW)
    assert not StatusCheck.objects.exists()

    one.turn(NOW + timedelta(seconds=1))
    assert StatusCheck.objects.count() == 2


def test_nothing_is_recorded_where_that_is_switched_off(db, parts, settings):
    settings.STATUS_CHECKS = False

    Recorder([], None).turn(NOW)

    assert not StatusCheck.objects.exists()


def test_time_without_a_database_is_remembered(db, parts, monkeypatch):
    """Nobody could write it down while it lasted."""
    one = Recorder([], None)
    away = psycopg.OperationalError("gone")
    with monkeypatch.context() as broken:
        broken.setattr(beats, "beat", lambda queues: raise_(connection, away))
        broken.setattr(recorder, "_answers", lambda: False)
        for minute in range(3):
            one.turn(NOW + minute * MINUTE)
            one.turn(NOW + minute * MINUTE + timedelta(seconds=15))
    assert not StatusCheck.objects.exists()

    one.turn(NOW + 3 * MINUTE)

    failed = StatusCheck.objects.filter(part="database", state="failed")
    assert [check.at.minute for check in failed.order_by("at")] == [0, 1, 2]


def raise_(connection, error):
    with connection.wrap_database_errors:
        raise error
