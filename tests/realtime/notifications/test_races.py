"""Threads at the same rows of a real PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection, transaction

from credits import services as credits
from generations import pipeline, services, svg
from generations.models import Attempt, Job
from realtime.models import Notification
from realtime.notifications import notes
from realtime.notifications.services import see, tell, unread
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7H1z"/></svg>'


def together(*acts):
    """All at once, each on a connection of its own; what each gave back."""
    start = threading.Barrier(len(acts))

    def work(act):
        try:
            connection.ensure_connection()
            start.wait(10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(work, acts))


def count(user, kind):
    return Notification.objects.filter(user=user, type=kind).count()


def test_what_is_committed_while_somebody_looks_stays_unseen():
    user = factories.person()
    written, seen = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            tell(user.pk, notes.security("late"))
            written.set()
            assert seen.wait(10)

    def look():
        assert written.wait(10)
        see(user)
        seen.set()

    together(write, look)

    assert unread(user) == 1
    assert Notification.objects.get(user=user, read_at=None).message == "late"


def test_every_notification_is_counted_until_it_is_seen():
    user = factories.person()
    see(user)

    def write():
        for number in range(40):
            tell(user.pk, notes.security(f"number {number}"))

    def look():
        for _ in range(40):
            see(user)

    together(write, write, look, look)

    unseen = Notification.objects.filter(user=user, read_at=None).count()
    assert unread(user) == unseen
    assert Notification.objects.filter(user=user).count() == 81
    see(user)
    assert unread(user) == 0


def test_the_same_note_from_many_is_stored_once():
    user = factories.person()
    note = notes.credits_purchased(200, "payment:1")

    def write():
        with transaction.atomic():
            tell(user.pk, note)

    together(*[write] * 8)

    assert count(user, "CREDITS_PURCHASED") == 1


def test_two_workers_with_one_job_tell_its_end_once():
    user = factories.person(credits_left=1)
    job = factories.job(user)

    together(*[lambda: pipeline.run(job.pk)] * 4)

    assert count(user, "JOB_SUCCEEDED") == 1
    assert count(user, "LOW_CREDITS") == 1


def test_worker_that_was_replaced_tells_nothing():
    user = factories.person(credits_left=1)
    stale = pipeline.claim(factories.job(user).pk)
    attempt = Attempt.objects.create(job=stale, number=1, outcome="answered", answer=DRAWING)
    services.requeue_lost(stale.pk)

    def late():
        try:
            pipeline.finish(stale, attempt, svg.sanitize(DRAWING))
        except pipeline.LeaseLost:
            return "lost"

    together(late, lambda: pipeline.run(stale.pk))

    assert count(user, "JOB_SUCCEEDED") == 1
    assert count(user, "LOW_CREDITS") == 1


def test_many_drawings_at_once_tell_each_end_and_one_crossing():
    user = factories.person(credits_left=8)
    credits.set_plan(user.pk, "SUPPORTER", reason="many at once")
    jobs = [factories.job(user) for _ in range(8)]

    together(*[lambda job=job: pipeline.run(job.pk) for job in jobs])

    assert count(user, "JOB_SUCCEEDED") == 8
    assert count(user, "LOW_CREDITS") == 1


def test_cancel_against_completion_tells_one_or_the_other():
    for _ in range(20):
        user = factories.person(credits_left=1)
        job = pipeline.claim(factories.job(user).pk)
        attempt = Attempt.objects.create(job=job, number=1, outcome="answered", answer=DRAWING)

        together(
            partial(told, pipeline.finish, job, attempt, svg.sanitize(DRAWING)),
            partial(told, services.cancel, user, job.pk),
        )

        done = Job.objects.get(pk=job.pk).status == "SUCCEEDED"
        assert count(user, "JOB_SUCCEEDED") == count(user, "LOW_CREDITS") == int(done)
        assert count(user, "CREDITS_REFUNDED") == int(not done)
        assert count(user, "JOB_FAILED") == 0


def told(act, *args):
    with suppress(pipeline.LeaseLost, services.JobEnded):
        act(*args)


def test_refund_from_many_is_told_once():
    user = factories.person()
    job = factories.job(user)
    pipeline.run(job.pk)

    together(*[lambda: credits.refund(user.pk, reference=job.reference)] * 6)

    assert count(user, "CREDITS_REFUNDED") == 1
