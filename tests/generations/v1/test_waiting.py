"""`Prefer: wait=n` (RFC 7240): the drawing itself, where it is done in time."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection

from credits.models import Plan
from generations import pipeline
from generations.models import Job
from generations.v1 import asked, waiting
from tests import factories
from tests.generations.v1.programs import Program, make, person_on, refused


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("wait=5", 5),
        ("Wait = 5", 5),
        ('wait="5"', 5),
        ("respond-async, wait=5", 5),
        ("wait=5; foo=bar, handling=lenient", 5),
        ("wait=5, wait=50", 5),
        ("wait=600", 60),
        ("wait=0", 0),
        ("wait=-1", 0),
        ("wait=1.5", 0),
        ("wait=x, wait=5", 0),
        ("wait", 0),
        ("waiting=5", 0),
        ("wait=" + "9" * 5000, 0),
    ],
)
def test_preference(header, seconds):
    assert asked.wait(header) == seconds


def draw_soon(count: int) -> threading.Thread:
    """A worker: draws that many jobs, as they come."""

    def work():
        try:
            done = 0
            while done < count:
                for job in Job.objects.filter(status="QUEUED"):
                    pipeline.run(job.pk)
                    done += 1
                time.sleep(0.02)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("n", [1, 2])
def test_drawing_that_is_done_in_time_is_the_answer(transactional_db, n):
    program = Program(make(person_on(Plan.SUPPORTER)).raw)
    worker = draw_soon(n)
    sent = {"Prefer": "wait=20", "Idempotency-Key": "once"}

    reply = program.draw(n=n, sent=sent)
    worker.join()

    assert (reply.status_code, reply["Preference-Applied"]) == (200, "wait=20")
    told = reply.json()
    assert told["job"] == program.job(told["job"]["id"]).json()["job"] | {"url": told["job"]["url"]}
    assert told["job"]["svg"].startswith("<svg")
    assert len(told.get("jobs", [1])) == n
    again = program.draw(n=n, sent=sent)
    assert (again.content, again["Preference-Applied"]) == (reply.content, "wait=20")


def test_drawing_that_is_not_is_a_job_as_ever(program):
    reply = program.draw(sent={"Prefer": "wait=1"})

    assert reply.status_code == 202
    assert reply["Location"] == f"/v1/svg/job/{reply.json()['jobId']}"
    assert int(reply["Retry-After"]) > 0


def test_job_may_be_waited_for_and_what_has_ended_at_once(program):
    job_id = program.draw(idempotencyKey="once").json()["jobId"]
    pipeline.run(job_id)

    status = program.get(f"/svg/job/{job_id}", Prefer="wait=60")
    repeat = program.draw(idempotencyKey="once", sent={"Prefer": "wait=60"})

    assert status["Preference-Applied"] == "wait=60"
    assert (repeat.status_code, repeat.json()["job"]["id"]) == (200, job_id)


def test_refused_request_does_not_wait(program):
    assert refused(program.draw(style="duotone", sent={"Prefer": "wait=60"}))[0] == 400


@pytest.mark.django_db(transaction=True)
def test_waiting_holds_no_connection_and_looks_seldom(monkeypatch):
    job = factories.job()
    slept = []

    def sleep(seconds):
        assert connection.connection is None
        slept.append(seconds)
        if len(slept) == 12:
            pipeline.run(job.pk)

    monkeypatch.setattr(waiting, "sleep", sleep)

    waiting.until_ended(uuid4(), [job.pk], seconds=60)

    assert len(slept) == 12
    assert slept == sorted(slept)
    assert slept[-1] == waiting.LONGEST_PAUSE


def test_no_more_wait_than_there_are_places(settings, db):
    key, other = uuid4(), uuid4()
    with waiting._places.one(key), waiting._places.one(key), waiting._places.one(key):
        assert waiting.until_ended(key, [], seconds=1) is not None
        with waiting._places.one(key):
            assert waiting.until_ended(key, [], seconds=1) is None
            assert waiting.until_ended(other, [], seconds=1) is not None
            settings.WAITS_AT_ONCE = 4
            assert waiting.until_ended(other, [], seconds=1) is None
    assert waiting.until_ended(key, [], seconds=1) is not None


def test_without_a_place_it_is_a_job_as_ever(program, settings):
    settings.WAITS_AT_ONCE = 0

    reply = program.draw(sent={"Prefer": "wait=60"})

    assert (reply.status_code, "Preference-Applied" in reply) == (202, False)
