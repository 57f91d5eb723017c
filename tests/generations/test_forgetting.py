"""What is forgotten of old jobs, and what never is."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from chatsvg import env, retention
from chatsvg.celery import app
from generations import forgetting, pipeline, tasks
from generations.audit import findings
from generations.models import Attempt, Job, JobEvent
from realtime import feed
from tests import factories


@pytest.fixture
def old_and_young(person, monkeypatch):
    """Two drawings of theirs: one from before what is kept, one from after that."""
    old = drawn(person)
    time.sleep(0.002)  # ids begin with the millisecond
    limit = timezone.now()
    monkeypatch.setattr(retention, "limit", lambda days: limit)
    return old, drawn(person)


def drawn(user):
    job = factories.job(user)
    pipeline.run(job.pk)
    Attempt.objects.create(
        job=job, number=1, outcome="answered", answer="<svg/>", raw_error="x", prompt_tokens=7
    )
    return Job.objects.get(pk=job.pk)


def faults():
    return [fault for finding in findings() for fault in finding.faults]


def test_log_of_an_old_job_is_forgotten_as_a_whole(old_and_young, person):
    old, young = old_and_young
    mine = JobEvent.objects.filter(user=person)
    count = mine.filter(job=old).count()

    assert forgetting.events() == count > 1
    assert forgetting.events() == 0

    assert not mine.filter(job=old).exists()
    assert mine.filter(job=young).count() == count
    assert Job.objects.filter(pk=old.pk, generation__isnull=False).exists()
    assert faults() == []


def test_who_resumes_from_before_goes_on_with_what_is_there(old_and_young, person):
    _, young = old_and_young
    forgetting.events()

    messages = feed.after(person.pk, 0)

    assert {message["jobId"] for message in messages} == {str(young.pk)}
    assert messages[-1]["id"] == feed.latest(person.pk)


def test_log_that_is_missing_too_early_is_a_fault(old_and_young):
    _, young = old_and_young
    JobEvent.objects.filter(job=young).delete()

    assert {str(young.pk) in fault for fault in faults()} == {True}


def test_what_was_forgotten_before_more_days_were_kept_is_no_fault(old_and_young, monkeypatch):
    forgetting.events()
    monkeypatch.setattr(retention, "limit", lambda days: timezone.now() - timedelta(days=days))

    assert faults() == []


def test_log_of_what_is_under_way_stays(person, monkeypatch):
    factories.job(person)
    limit = timezone.now() + timedelta(seconds=1)
    monkeypatch.setattr(retention, "limit", lambda days: limit)

    assert forgetting.events() == 0
    assert JobEvent.objects.filter(user=person).exists()


def test_what_models_said_is_forgotten_and_what_it_cost_is_not(old_and_young, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 1)
    old, young = old_and_young

    count = Attempt.objects.filter(job=old).count()

    assert forgetting.answers() == count
    assert forgetting.answers() == 0

    said = {one.job_id: one for one in Attempt.objects.exclude(prompt_tokens=None)}
    assert (said[old.pk].answer, said[old.pk].raw_error, said[old.pk].prompt_tokens) == ("", "", 7)
    assert said[young.pk].answer == "<svg/>"


def test_many_rows_go_batch_by_batch(old_and_young, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(retention, "BATCH", 1)
    rows = JobEvent.objects.filter(job__in=old_and_young).order_by("pk")
    count = rows.count()

    with django_assert_num_queries(2 * count + 1):
        assert retention.forget(rows) == count


def test_schedule_forgets():
    assert tasks.forget_old.name in {one["task"] for one in app.conf.beat_schedule.values()}


def test_nothing_can_be_forgotten_at_once(monkeypatch):
    monkeypatch.setenv("EVENTS_DAYS", "0")

    with pytest.raises(ImproperlyConfigured, match="EVENTS_DAYS must be 1 or more"):
        env.days("EVENTS_DAYS", 30)
