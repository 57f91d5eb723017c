"""The cards of jobs, and the drawings that they became."""

import re

import pytest

from accounts.keys import asked
from accounts.keys import services as keys
from generations import names, services
from generations.models import Generation, Job
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_reload_shows_jobs_under_way(browser, job):
    page = text(browser.get("/app"))

    assert f'id="job-{job.pk}"' in page
    assert 'hx-trigger="refresh, every 2s"' in page


def test_page_of_a_job_loads_itself_anew_without_scripts_and_the_plain_one_leaves_writers_alone(
    browser, job
):
    refresh = f'<meta http-equiv="refresh" content="3;url=/app?job={job.pk}&amp;at='

    assert f"<noscript>{refresh}" in text(browser.get(f"/app?job={job.pk}"))
    plain = text(browser.get("/app"))
    assert "http-equiv" not in plain
    assert f'<a class="button ghost small" href="/app?job={job.pk}">Watch it</a>' in plain


def test_finished_job_is_shown_as_an_image_and_no_longer_asked_about(browser, drawn):
    reply = browser.get(f"/app?job={drawn.pk}")

    page = text(reply)
    assert f'src="/files/{drawn.generation.storage_key}"' in page
    assert 'data-status="SUCCEEDED"' in page
    assert "every 2s" not in page
    assert "http-equiv" not in page
    assert drawn.generation.svg not in page
    assert inline_code(reply) == []


def test_fragment_of_an_ended_job_brings_credits_and_recent_drawings(browser, drawn):
    reply = browser.get(f"/app/jobs/{drawn.pk}", **HTMX)

    page = text(reply)
    assert "<html" not in page
    assert re.search('id="credits" [^>]*hx-swap-oob="true"', page)
    assert 'id="cost" hx-swap-oob="true"' in page
    assert 'id="recent"' in page
    assert "no-store" in reply["Cache-Control"]


def test_job_of_a_program_has_no_card_though_it_is_heard_of(browser, person, drawn):
    path = f"/app/jobs/{drawn.pk}?begun"
    assert f'id="job-{drawn.pk}"' in text(browser.get(path, **HTMX))
    made = keys.create(person, asked.key({"name": "A program", "environment": "test"}))
    Job.objects.filter(pk=drawn.pk).update(key=made.key)

    page = text(browser.get(path, **HTMX))

    assert f'id="job-{drawn.pk}"' not in page
    assert f'data-drawing="{drawn.generation_id}"' in page  # among the recent ones
    assert 'id="credits"' in page


def test_drawings_that_are_all_deleted_were_drawn_nonetheless(browser, drawn):
    assert "Nothing drawn yet" not in text(browser.get("/app"))

    browser.post(f"/d/{drawn.generation_id}/delete")

    for path in ("/app", "/history"):
        page = text(browser.get(path))
        assert "Nothing here any more" in page
        assert "Nothing drawn yet" not in page


def test_fragment_of_a_waiting_job_brings_no_recent_drawings(browser, job):
    page = text(browser.get(f"/app/jobs/{job.pk}", **HTMX))

    assert 'data-status="QUEUED"' in page
    assert 'id="recent"' not in page


def test_job_opened_as_a_page_leads_to_the_app(browser, job):
    assert browser.get(f"/app/jobs/{job.pk}")["Location"] == f"/app?job={job.pk}"


def test_cancel_stops_the_job_and_gives_the_credit_back(browser, job):
    reply = browser.post(f"/app/jobs/{job.pk}/cancel", **HTMX)

    page = text(reply)
    assert 'data-status="CANCELED"' in page
    assert "You canceled this drawing." in page
    assert 'id="low-credits" hx-swap-oob="true"' in page
    assert "You were not charged." in page
    assert "data-credits>10</strong>" in page


def test_cancel_without_scripts_leads_back(browser, job):
    reply = browser.post(f"/app/jobs/{job.pk}/cancel")

    assert (reply.status_code, reply["Location"]) == (303, f"/app?job={job.pk}")


def test_cancel_too_late_shows_the_drawing(browser, drawn):
    page = text(browser.post(f"/app/jobs/{drawn.pk}/cancel", **HTMX))

    assert 'data-status="SUCCEEDED"' in page


def test_failed_job_offers_another_try_with_the_same_recipe(browser, person):
    job = factories.job(person, prompt='a "quoted" fox', is_private=True)
    services.cancel(person, job.pk)

    page = text(browser.get(f"/app?job={job.pk}"))

    assert "Try again" in page
    assert 'name="prompt" value="a &quot;quoted&quot; fox"' in page
    assert 'name="privacy" value="private"' in page


def test_picture_source_and_download_give_the_drawing(browser, drawn):
    drawing = drawn.generation

    source = browser.get(f"/app/drawings/{drawing.pk}/svg")
    picture = browser.get(browser.get(f"/app/drawings/{drawing.pk}")["Location"])
    file = browser.get(browser.get(f"/app/drawings/{drawing.pk}/download")["Location"])

    assert text(source) == text(picture) == drawing.svg
    assert source["Content-Type"] == "text/plain; charset=utf-8"
    assert text(file) == drawing.svg
    assert file["Content-Disposition"] == names.attachment(drawing)


def test_recent_drawings_are_the_last_six_in_few_queries(
    browser, person, django_assert_num_queries
):
    for number in range(7):
        drawing = Generation.objects.create(
            user=person,
            prompt=f"drawing number {number}",
            style="flat",
            model="studio",
            provider="studio",
            is_private=True,
            svg="<svg/>",
            size_bytes=6,
            sanitizer_version=1,
            storage_key=f"k{number}",
        )
        if number in (0, 6):
            # session, notifications, what models took of late, jobs, drawings
            with django_assert_num_queries(5):
                page = text(browser.get("/app"))

    assert f'href="/d/{drawing.pk}"' in page
    assert page.count('class="shelf-item') == 6
    assert "drawing number 0" not in page
    assert "signature=" in page


def test_others_see_nothing(drawn, person):
    stranger = Browser().sign_in(factories.person())
    paths = [
        f"/app/jobs/{drawn.pk}",
        f"/app/drawings/{drawn.generation.pk}",
        f"/app/drawings/{drawn.generation.pk}/svg",
        f"/app/drawings/{drawn.generation.pk}/download",
    ]

    assert [stranger.get(path, **HTMX).status_code for path in paths] == [404] * 4
    assert stranger.post(f"/app/jobs/{drawn.pk}/cancel").status_code == 404
    assert "fox asleep</p>" not in text(stranger.get(f"/app?job={drawn.pk}&recipe={drawn.pk}"))


def test_signed_out_fragments_lead_to_sign_in(drawn):
    browser = Browser()
    paths = [f"/app/jobs/{drawn.pk}", f"/app/drawings/{drawn.generation.pk}/svg", "/app/credits"]

    assert [browser.get(path)["Location"] for path in paths] == ["/signin?next=/app"] * 3
    assert browser.get(paths[0], **HTMX)["HX-Redirect"] == "/signin?next=/app"
