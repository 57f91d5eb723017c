"""How long it goes on, as pages tell it: by the line, and by what was drawn of late."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import cards, estimates, queue
from generations.models import Job
from tests import factories
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def took(*seconds: float, model="studio", is_test=False, ago=60):
    """Jobs of somebody that were drawn in so many seconds."""
    user = factories.person(credits_left=len(seconds))
    begun = timezone.now() - timedelta(seconds=ago)
    for each in seconds:
        job = factories.job(user, model=model)
        Job.objects.filter(pk=job.pk).update(
            status="SUCCEEDED",
            progress=100,
            charge="FREE" if is_test else "CAPTURED",
            is_test=is_test,
            price=0 if is_test else 1,
            started_at=begun,
            finished_at=begun + timedelta(seconds=each),
        )


def usual() -> dict[str, str]:
    return {model: str(told) for model, told in estimates.usual(estimates.of_late()).items()}


def test_usual_is_where_most_recent_jobs_of_the_model_lie():
    took(1, 4, 5, 6, 8, 9, 60, model="gpt-4o")
    took(0.1, 0.2, 0.3)

    assert usual() == {"gpt-4o": "4–9 s", "studio": "about a second"}


def test_usual_says_nothing_where_little_is_known():
    took(4, 5, model="gpt-4o")

    assert usual() == {}


def test_tests_by_studio_do_not_count_for_the_model_they_named():
    took(0.1, 0.1, 0.1, model="gpt-4o", is_test=True)

    assert usual() == {}


def test_form_says_how_long_the_model_takes(person):
    took(4, 5, 9, model="gpt-4o")

    page = text(Browser().get("/app"))

    assert 'value="gpt-4o" data-hint="' in page
    assert "Usually 4–8 s." in page


def test_card_says_how_many_wait_before_and_how_long_that_takes(person):
    took(4, 4, 4)
    for _ in range(2):
        factories.job()
    job = factories.job(person)
    begun = timezone.now()

    page = text(Browser().sign_in(person).get(f"/app/jobs/{job.pk}", **HTMX))

    assert "2 drawings ahead of yours" in page
    assert "usually 4 s" in page
    passed = (timezone.now() - begun).total_seconds()
    assert 11.5 - passed < float(re.search('data-left="([^"]+)"', page)[1]) <= 12


def test_card_without_data_promises_nothing(person):
    job = factories.job(person)

    page = text(Browser().sign_in(person).get(f"/app/jobs/{job.pk}", **HTMX))

    assert "ahead of yours" not in page
    assert "usually" not in page
    assert "data-left=" not in page


def waited(job, seconds: float):
    """The job, asked for so long ago."""
    then = timezone.now() - timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(created_at=then, available_at=then)
    return job


def run(job, seconds: float):
    """The job, begun so long ago."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        status="RUNNING",
        charge="CAPTURED",
        started_at=now - timedelta(seconds=seconds),
        lease_expires_at=now,
    )
    return job


@pytest.mark.parametrize("known", [(), (4, 4, 4)])
def test_line_that_stands_still_is_told_and_no_seconds_are_promised(person, known):
    took(*known)
    job = waited(factories.job(person), 20)

    page = text(Browser().sign_in(person).get(f"/app/jobs/{job.pk}", **HTMX))

    assert "Drawings wait longer than usual at the moment." in page
    assert "data-left=" not in page


def test_line_that_moves_is_not_late_however_long_one_waits(person):
    took(4, 4, 4)
    waited(factories.job(person), 30)
    factories.job(person)
    run(factories.job(), 0)

    newest, first = cards.of(Job.objects.owned_by(person))

    assert not newest.wait.is_late and not first.wait.is_late
    assert 0 < first.wait.left <= 4
    assert 29 < newest.wait.left <= 35  # as long as it was for the first, and the drawing itself


def test_drawing_that_takes_long_is_told(person):
    took(4, 4, 4)
    job = run(factories.job(person), 20)

    page = text(Browser().sign_in(person).get(f"/app/jobs/{job.pk}", **HTMX))

    assert "This one takes longer than usual." in page
    assert "data-left=" not in page


def test_line_is_counted_up_to_a_bound(monkeypatch, person):
    monkeypatch.setattr(queue, "MANY", 2)
    jobs = [factories.job(person) for _ in range(4)]

    line = queue.line()

    assert [line.before(job.pk) for job in jobs] == [0, 1, 2, 2]
    assert "2 or more drawings ahead of yours" in text(
        Browser().sign_in(person).get(f"/app/jobs/{jobs[-1].pk}", **HTMX)
    )


def test_job_that_is_tried_again_is_nobody_s_predecessor(person):
    later = factories.job(person)
    Job.objects.filter(pk=later.pk).update(
        available_at=timezone.now() + timedelta(seconds=9), error_code="OPENAI_RATE_LIMIT"
    )
    job = factories.job(person)

    first, again = cards.of(Job.objects.owned_by(person))

    assert first.job == job
    assert first.wait.ahead == 0
    assert again.wait.again_at > timezone.now()
    assert again.again == "The drawing model is very busy right now. Trying again."


def test_what_is_left_shrinks_while_it_is_drawn(person):
    took(10, 10, 10)
    run(factories.job(person), 4)

    [card] = cards.of(Job.objects.owned_by(person))

    assert 5 < card.wait.left <= 6


def test_cards_cost_few_queries_however_many(person, django_assert_num_queries):
    for _ in range(3):
        factories.job(person)

    with django_assert_num_queries(4):  # jobs; what was drawn of late, who waits, who draws
        assert len(cards.on_desk(person, ())) == 3
