"""`/status` and `/api/status`: what was recorded, and nothing else."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from jsonschema import Draft202012Validator

from accounts import tokens
from chatsvg.openapi.operations import OPERATIONS
from chatsvg.status import Reading, bars, snapshot
from tests import pages
from tests.chatsvg.status.conftest import NOW

MINUTE = timedelta(minutes=1)


def row(seen, key):
    return next(row for row in seen.rows if row.key == key)


# --- What is said ---------------------------------------------------------------------------------


def test_without_any_record_nothing_is_claimed(db, parts, at):
    seen = at()

    assert (seen.state, seen.headline) == ("none", "No fresh data")
    assert row(seen, "bell").state == "none"
    assert row(seen, "bell").worked is None
    assert {bar.state for bar in (*row(seen, "bell").hours, *row(seen, "bell").days)} == {"none"}
    assert seen.troubles == []


def test_while_nobody_records_the_web_says_what_it_can_tell_itself(parts, at, record_all):
    record_all("door", "o", last=NOW - timedelta(hours=1))

    seen = at()

    assert (row(seen, "door").state, row(seen, "bell").state) == ("ok", "none")
    assert seen.headline == "No fresh data"
    assert seen.last_at == (NOW - timedelta(hours=1)).replace(second=0)


def test_while_nobody_records_what_is_down_is_told(db, parts, at):
    parts["door"] = Reading("failed", "It is stuck.")

    assert at().headline == "Door is down"


def test_when_all_is_well_it_says_so(parts, at, record_all):
    for part in ("door", "bell"):
        record_all(part, "ooo")

    seen = at()

    assert (seen.state, seen.headline) == ("ok", "All systems operational")
    assert row(seen, "door").worked == 100


def test_part_without_a_fresh_check_is_no_data_and_is_named(parts, at, record_all):
    record_all("door", "oooo")
    record_all("bell", "o---")

    seen = at()

    assert row(seen, "bell").state == "none"
    assert seen.headline == "Everything that we measure works"
    assert seen.text == "There is no fresh data about: Bell."


@pytest.mark.parametrize(
    ("door", "bell", "state", "headline"),
    [
        ("s", "o", "slow", "Door is degraded"),
        ("f", "s", "failed", "Door is down"),
        ("f", "f", "failed", "Bell and Door are down"),
    ],
)
def test_worst_state_makes_the_headline(parts, at, record_all, door, bell, state, headline):
    record_all("door", door)
    record_all("bell", bell)

    seen = at()

    assert (seen.state, seen.headline) == (state, headline)


def test_uptime_is_of_recorded_checks_alone_and_never_rounded_up(parts, at, record_all):
    record_all("door", "f" + "-" * 100 + "o" * 2)
    record_all("bell", "-")

    seen = at()

    assert (row(seen, "door").worked, row(seen, "door").since) == (66.66, NOW.date())
    assert row(seen, "bell").worked is None


def test_strips_show_when(parts, at, record_all):
    record_all("door", "offfo", last=NOW - timedelta(hours=2))
    record_all("door", "os", last=NOW - timedelta(days=1, hours=3))
    record_all("door", "o")

    door = row(at(), "door")

    assert len(door.hours) == 48
    assert len(door.days) == 90
    assert [bar.label for bar in door.hours if bar.state == "failed"] == [
        "09:30–10:00 UTC: 4 checks, 3 failed"
    ]
    assert door.days[-1].label == "15 Mar 2026: 6 checks, 3 failed"
    assert door.days[-2] == bars.Bar("slow", "14 Mar 2026: 2 checks, 1 degraded")
    assert door.days[0] == bars.Bar("none", "16 Dec 2025: no data")
    assert door.days_said.startswith("Last 90 days: 2 of 90 with data; 14 Mar 2026")


# --- Incidents ------------------------------------------------------------------------------------


def test_incident_is_from_the_first_failure_to_the_last(parts, at, record_all):
    record_all("door", "offfoooooo")

    (one,) = at().troubles

    assert (one.name, one.ended_at - one.began_at) == ("Door", 3 * MINUTE)
    assert one.began_at == NOW.replace(second=0) - 8 * MINUTE


def test_part_that_comes_and_goes_is_one_incident(parts, at, record_all):
    record_all("door", "ofofooooooofooooo")

    assert [one.ended_at - one.began_at for one in at().troubles] == [MINUTE, 3 * MINUTE]


def test_incident_lasts_while_the_part_is_down(parts, at, record_all):
    record_all("door", "offf")

    (one,) = at().troubles

    assert one.ended_at is None


def test_incidents_across_what_was_tidied_are_one(parts, at, record_all, settings):
    from chatsvg.status import record

    settings.STATUS_CHECKS_DAYS = 2
    midnight = NOW.replace(hour=0, minute=0) - timedelta(days=2)
    record_all("door", "offffo", last=midnight + 2 * MINUTE)
    record.tidy(NOW)

    (one,) = at().troubles

    assert one.ended_at - one.began_at == 4 * MINUTE


# --- On the wire ----------------------------------------------------------------------------------


def test_page_shows_everything_and_asks_little(
    client, parts, at, record_all, django_assert_max_num_queries
):
    record_all("door", "of")
    at()
    snapshot.forget()

    with django_assert_max_num_queries(8):
        reply = client.get("/status")

    text = pages.text(reply)
    assert reply.status_code == 200
    assert "Door is down" in text
    assert (
        'aria-label="Last 24 hours: 2 of 48 with data; 12:00–12:30 UTC: 1 check, 1 failed' in text
    )
    assert pages.inline_code(reply) == []


def test_page_is_read_once_for_many(client, db, parts, at, django_assert_num_queries):
    at()

    with django_assert_num_queries(0):
        client.get("/status")
        client.get("/api/status")


def test_part_of_the_page_is_had_by_itself(client, db, parts, at):
    at()

    reply = client.get("/status", headers={"HX-Request": "true"})

    assert pages.text(reply).lstrip().startswith('<div id="status"')
    assert "HX-Request" in reply["Vary"]


def test_programs_read_the_same(client, parts, at, record_all):
    record_all("door", "offffo")
    at()

    reply = client.get("/api/status")

    told = reply.json()
    shape = OPERATIONS["GET /api/status"].gives[200]
    assert list(Draft202012Validator(shape).iter_errors(told)) == []
    assert told["components"][1] == {
        "id": "door",
        "name": "Door",
        "status": "operational",
        "detail": "",
        "latencyMs": None,
        "checkedAt": "2026-03-15T12:00:00.000Z",
        "uptime": 33.33,
        "recordedSince": "2026-03-15",
    }
    assert [one["component"] for one in told["incidents"]] == ["Door"]


# --- When something is away -----------------------------------------------------------------------


@pytest.fixture
def no_database(monkeypatch):
    monkeypatch.setattr(snapshot, "database_answers", lambda: False)
    snapshot._Kept.until = 0.0


def test_without_the_database_the_page_says_so(
    client, parts, django_assert_num_queries, db, no_database
):
    client.cookies["token"] = "of.somebody.signed-in"

    with django_assert_num_queries(0):
        reply = client.get("/status")

    assert (reply.status_code, reply["Retry-After"]) == (503, "30")
    assert "Our database does not answer" in pages.text(reply)
    assert client.get("/status", headers={"HX-Request": "true"}).status_code == 200


def test_without_the_database_nobody_has_to_be_known(client, db, parts, no_database, monkeypatch):
    """Who was here a while ago: their access token ran out, and cannot be renewed."""

    def rotate(token):
        raise OperationalError

    monkeypatch.setattr(tokens, "rotate", rotate)
    client.cookies["refreshToken"] = "of.somebody"
    client.raise_request_exception = False

    page, other = client.get("/status"), client.get("/pricing", headers={"Accept": "text/html"})

    assert "Our database does not answer" in pages.text(page)
    assert "refreshToken" not in page.cookies
    assert "We will be right back" in pages.text(other)


def test_without_the_database_programs_are_told(client, db, parts, no_database):
    reply = client.get("/api/status")

    assert (reply.status_code, reply.json()["status"]) == (503, "down")


def test_without_the_database_what_was_read_last_stays(parts, at, record_all, monkeypatch):
    record_all("door", "o")
    at()
    monkeypatch.setattr(snapshot, "database_answers", lambda: False)
    snapshot._Kept.until = 0.0

    seen = snapshot.now()

    assert row(seen, "door").days[-1].state == "ok"
    assert row(seen, "door").state == "none"
