"""The drawings under way, as every page has them at its edge."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.keys import asked
from accounts.keys import services as keys
from generations import cards, dismissals, pipeline, services
from generations.models import Job
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db


def draw(person, **fields):
    job = factories.job(person, **fields)
    pipeline.run(job.pk)
    return Job.objects.select_related("generation").get(pk=job.pk)


def failed(person, code="TIMEOUT"):
    job = factories.job(person)
    Job.objects.filter(pk=job.pk).update(
        status="FAILED", error_code=code, finished_at=timezone.now(), charge="RELEASED"
    )
    return job


def in_tray(person, dismissed=()) -> list[str]:
    return [str(card.job.pk) for card in cards.in_tray(person, dismissed)]


def test_every_page_has_the_jobs_under_way(browser, job):
    reply = browser.get("/terms")

    page = text(reply)
    assert f'data-tray="{job.pk}"' in page
    assert "1 drawing under way" in page
    assert f'action="/app/jobs/{job.pk}/cancel"' in page
    assert 'name="then" value="/terms"' in page
    assert inline_code(reply) == []


def test_tray_without_jobs_is_empty_and_costs_one_query(browser, django_assert_num_queries, person):
    with django_assert_num_queries(1):
        assert cards.in_tray(person, ()) == []

    assert '<details class="tray-box' not in text(browser.get("/terms"))


def test_visitors_have_no_tray(job):
    assert 'id="tray"' not in text(Browser().get("/terms"))


def test_page_with_the_cards_has_no_tray_beside_them(browser, job):
    page = text(browser.get("/app"))

    assert f'id="job-{job.pk}"' in page
    assert 'id="tray"' not in page


def test_tray_has_what_ended_just_now_but_not_what_was_canceled(person):
    job, picture, trouble = factories.job(person), draw(person), failed(person)
    services.cancel(person, factories.job(person).pk)

    assert in_tray(person) == [str(trouble.pk), str(picture.pk), str(job.pk)]


def test_drawing_in_the_tray_leads_to_its_page(browser, person):
    job = draw(person)

    page = text(browser.get("/terms"))

    assert f'href="/d/{job.generation_id}"' in page
    assert f'src="/files/{job.generation.storage_key}"' in page
    assert "1 just ended" in page
    assert '<details class="tray-box card raised">' in page  # closed: it covers nothing


def test_page_of_the_drawing_tells_of_it_once(browser, person):
    job, other = draw(person), draw(person)

    page = text(browser.get(f"/d/{job.generation_id}"))

    assert f'data-tray="{job.pk}"' not in page
    assert f'data-tray="{other.pk}"' in page


def test_old_ends_are_no_news(person):
    job = draw(person)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(minutes=6))

    assert in_tray(person) == []


def test_jobs_of_programs_fill_no_tray(person, job):
    made = keys.create(person, asked.key({"name": "A program", "environment": "test"}))
    Job.objects.filter(pk=job.pk).update(key=made.key)

    assert in_tray(person) == []


def test_tray_shows_three_that_ended_whatever_they_are(person, django_assert_num_queries):
    ended = [failed(person) for _ in range(4)]
    job = factories.job(person)

    with django_assert_num_queries(1):
        assert in_tray(person) == [str(one.pk) for one in (job, *reversed(ended[1:]))]


def test_tray_shows_six_at_most(person):
    for _ in range(7):
        factories.job(person)

    assert len(in_tray(person)) == 6


def test_dismissed_job_is_shown_no_more(browser, person):
    job = failed(person)
    assert f'data-tray="{job.pk}"' in text(browser.get("/terms"))

    reply = browser.post(f"/app/jobs/{job.pk}/dismiss", {"then": "/terms"})

    assert (reply.status_code, reply["Location"]) == (303, "/terms")
    assert f'data-tray="{job.pk}"' not in text(browser.get("/terms"))
    assert f'id="job-{job.pk}"' not in text(browser.get("/app"))


@pytest.mark.parametrize(
    "then", ["", "https://evil.example/", "//evil.example/", "/\\evil.example"]
)
def test_nobody_is_sent_elsewhere(browser, job, then):
    reply = browser.post(f"/app/jobs/{job.pk}/cancel", {"then": then})

    assert reply["Location"] == f"/app?job={job.pk}"


def test_drawing_that_was_seen_on_its_card_is_no_news(browser, person):
    job = draw(person)

    browser.get(f"/app?job={job.pk}")

    assert f'data-tray="{job.pk}"' not in text(browser.get("/terms"))


def test_failed_job_stays_on_the_desk_until_it_was_dismissed_or_tried_again(browser, person):
    job = failed(person)
    assert f'id="job-{job.pk}"' in text(browser.get("/app"))

    browser.draw(retry=job.pk)

    assert f'id="job-{job.pk}"' not in text(browser.get("/app"))


def test_desk_shows_six_that_failed_and_all_under_way(person):
    ended = [failed(person) for _ in range(7)]
    job = factories.job(person)

    shown = [card.job.pk for card in cards.on_desk(person, ())]

    assert shown == [one.pk for one in (job, *reversed(ended[1:]))]


def test_tray_as_a_fragment_is_private(browser, job):
    reply = browser.get("/app/tray?then=/terms")

    page = text(reply)
    assert f'data-tray="{job.pk}"' in page
    assert "<html" not in page
    assert 'name="then" value="/terms"' in page
    assert "no-store" in reply["Cache-Control"]


def test_others_have_nothing_of_it(job):
    stranger = Browser().sign_in(factories.person())

    assert f'data-tray="{job.pk}"' not in text(stranger.get("/app/tray"))
    assert stranger.post(f"/app/jobs/{job.pk}/dismiss").status_code == 404


def test_tray_that_was_closed_stays_closed(browser, job):
    browser.client.cookies["tray"] = "closed"

    assert '<details class="tray-box card raised">' in text(browser.get("/terms"))


def test_cookie_of_dismissals_keeps_the_newest_and_takes_no_nonsense(rf):
    request, response = rf.get("/"), HttpResponse()
    request.COOKIES[dismissals.COOKIE] = "<script>.zzzzzzzzzzzz.0123456789ab"
    ids = [uuid7() for _ in range(dismissals.MOST)]

    dismissals.add(request, response, *ids)

    assert dismissals.read(request) == {"0123456789ab"}
    told = response.cookies[dismissals.COOKIE].value.split(".")
    assert told == [dismissals.mark(one) for one in ids]
