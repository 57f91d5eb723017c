"""What happens while the line of jobs is long."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from chatsvg.metrics import _registry
from credits.models import Plan, Wallet
from credits.services import set_plan
from generations import backlog, condition, estimates, services
from generations.errors import TooBusy
from generations.mcp import tools
from generations.models import Job
from generations.v1 import shown
from tests import factories
from tests.generations.v1.programs import Program, make
from tests.pages import Browser, text

pytestmark = pytest.mark.usefixtures("limited", "limits")


@pytest.fixture
def limits(settings, monkeypatch):
    settings.QUEUE_SLOW_SECONDS, settings.QUEUE_FULL_SECONDS = 10, 45
    monkeypatch.setattr(backlog, "SAMPLE_SECONDS", 0.0)
    backlog.sample.forget()
    yield
    backlog.sample.forget()


@pytest.fixture
def oldest(db):
    """A job of somebody's that waits: call it with the seconds."""
    job = factories.job()

    def wait(seconds):
        since = timezone.now() - timedelta(seconds=seconds)
        Job.objects.filter(pk=job.pk).update(available_at=since)
        return job

    return wait


def submit(user, key="key-1", **more):
    return services.submit(user, factories.recipe(), idempotency_key=key, **more).job


def test_long_line_refuses_free_drawings_and_takes_paid_ones(oldest, person):
    payer = factories.person()
    set_plan(payer.pk, Plan.SUPPORTER, reason="test")
    oldest(60)

    with pytest.raises(TooBusy) as refusal:
        submit(person)

    assert refusal.value.retry_after in (50, 51)
    assert not Job.objects.filter(user=person).exists()
    assert Wallet.objects.get(user=person).held == 0
    assert submit(payer).status == Job.Status.QUEUED


def test_refused_key_is_free_once_the_line_is_short_again(oldest, person):
    oldest(46)
    with pytest.raises(TooBusy):
        submit(person)

    oldest(1)

    assert submit(person).status == Job.Status.QUEUED


def test_repeat_is_answered_however_long_the_line(oldest, person):
    oldest(0)
    first = submit(person)
    oldest(100)

    assert submit(person) == first
    with pytest.raises(TooBusy):
        submit(person, "another key")


def test_who_draws_it_themselves_waits_in_no_line(oldest, person):
    oldest(100)

    assert submit(person, wakes=False)


@pytest.mark.parametrize("name", ["QUEUE_FULL_SECONDS", "RATELIMIT_ENABLED"])
def test_nothing_is_refused_where_that_is_switched_off(oldest, person, settings, name):
    setattr(settings, name, 0)
    oldest(100)

    assert submit(person)


def test_retries_yet_to_come_are_no_line(oldest, person):
    oldest(-30)

    assert backlog.age() == 0


@pytest.mark.parametrize(("seconds", "pause"), [(0, 2), (10, 2), (25, 5), (1000, 30)])
def test_polls_slow_down_as_the_line_grows(oldest, seconds, pause):
    oldest(seconds - 0.5)

    assert backlog.pause(2) == pause


def test_line_is_looked_at_once_a_second(oldest, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(backlog, "SAMPLE_SECONDS", 60.0)
    oldest(50)
    backlog.sample.forget()

    with django_assert_num_queries(1):
        ages = {backlog.age() for _ in range(3)}

    assert len(ages) == 1 and ages.pop() >= 50


def test_api_tells_when_to_look_again_and_when_to_ask_again(oldest, signed_in, person):
    job_id = signed_in.submit().json()["job"]["id"]
    assert signed_in.get(f"/svg/generation-jobs/{job_id}")["Retry-After"] == "2"
    oldest(60)

    assert signed_in.get(f"/svg/generation-jobs/{job_id}")["Retry-After"] in ("12", "13")
    refused = signed_in.submit("key-2")
    assert (refused.status_code, refused.json()["errorCode"]) == (503, "OVERLOADED")
    assert refused["Retry-After"] in ("50", "51")
    assert signed_in.submit().json()["duplicate"] is True

    services.cancel(person, job_id)
    assert "Retry-After" not in signed_in.get(f"/svg/generation-jobs/{job_id}")


def test_programs_are_told_by_a_problem_and_may_repeat_with_the_same_key(oldest, person):
    program = Program(make(person, environment="test").raw)

    def draw():
        return program.draw(sent={"Idempotency-Key": "k"})

    oldest(60)
    refused = draw()
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.status_code, refused.json()["errorCode"]) == (503, "OVERLOADED")
    assert refused["Retry-After"] in ("50", "51")

    oldest(20.1)
    taken = draw()
    assert (taken.status_code, taken["Retry-After"]) == (202, "7")
    assert taken.json()["estimatedCompletionTime"] in ("51-81 seconds", "52-82 seconds")
    assert program.get(f"/svg/job/{taken.json()['jobId']}")["Retry-After"] == "7"


def test_assistants_are_told_with_a_time():
    call = SimpleNamespace(visit=SimpleNamespace(status=200))

    told = tools._refused(call, TooBusy(retry_after=50))["structuredContent"]

    assert (told["errorCode"], told["retryAfter"], call.visit.status) == ("OVERLOADED", 50, 503)


def test_page_keeps_what_was_typed_and_says_when(oldest, person):
    browser = Browser().sign_in(person)
    oldest(60)
    page = browser.get("/app")
    assert "Many drawings are waiting" in text(page)

    refused = browser.draw()

    assert refused.status_code == 503
    assert "the free plan takes no new ones for the moment" in text(refused)
    assert ">\na red fox asleep</textarea>" in text(refused)
    assert not Job.objects.filter(user=person).exists()


def test_estimate_is_raised_and_typical_time_too(oldest, person):
    oldest(30)

    assert estimates.estimate("studio").waiting_seconds is None  # nothing was drawn yet
    assert shown._estimated() in ("60-90 seconds", "61-91 seconds")


@pytest.mark.parametrize(("seconds", "level"), [(1, 0), (11, 1), (46, 2)])
def test_metrics_tell_how_far_it_is(oldest, seconds, level):
    oldest(seconds)

    found = [one for one in _registry.collect() if one.name == "chatsvg_load_shedding"]
    assert [sample.value for one in found for sample in one.samples] == [level]


def test_status_says_that_free_drawings_wait(oldest, monkeypatch):
    monkeypatch.setattr(condition.beats, "fresh", lambda name: True)
    oldest(50)

    assert "the free plan takes no new ones" in condition.drawing().detail
