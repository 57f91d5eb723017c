"""`/d/<id>`: who sees a drawing on its own, and what of it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations import discarding, pipeline, services
from generations.models import Attempt, Job
from tests import factories
from tests.generations.gallery.drawings import draw
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
SECRET = "a zebra nobody may know of"
BIG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 2.5 64 32"><g><path d="M0 0"/></g></svg>'


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def made(user, **recipe):
    job = services.submit(user, factories.recipe(**recipe), idempotency_key=uuid4().hex).job
    pipeline.run(job.pk)
    return Job.objects.get(pk=job.pk).generation


def page(browser, drawing):
    return text(browser.get(f"/d/{drawing.pk}"))


def test_public_drawing_is_everybodys_with_its_prompt_and_facts(person):
    (drawing,) = draw(person, prompt="a red fox <b>", svg=BIG, size_bytes=2345, style="line-art")

    reply = Browser().get(f"/d/{drawing.pk}")
    shown = text(reply)

    assert reply.status_code == 200
    assert "<h1>a red fox &lt;b&gt;</h1>" in shown
    for fact in ("-1 2.5 64 32", "2.3 kB", "<dd>3</dd>", "Line Art", "1 Mar 2026, 12:00 UTC"):
        assert fact in shown
    assert f'src="/d/{drawing.pk}/drawing.svg"' in shown
    assert str(person.pk) not in shown
    assert {"private", "no-store"} <= set(reply["Cache-Control"].split(", "))
    assert not inline_code(reply)


def test_page_tells_nobody_who_drew_it_what_it_cost_and_how_it_went():
    person = factories.person(name="Zebulon")
    browser, drawing = Browser().sign_in(person), made(person)
    telling = ("How it was made", "<dt>Cost</dt>", "Who sees it", "Only you see this")

    for stranger in (Browser(), Browser().sign_in(factories.person())):
        shown = page(stranger, drawing)
        assert not [word for word in (*telling, person.email, person.name) if word in shown]
        assert f"/d/{drawing.pk}/delete" not in shown
    own = page(browser, drawing)
    assert not [word for word in telling if word not in own]
    assert f"/d/{drawing.pk}/delete" in own


@pytest.mark.parametrize("path", ["", "/actions", "/export", "/drawing.svg", "/shared.png"])
def test_private_drawing_is_as_missing_as_one_that_never_was(person, path):
    (drawing,) = draw(person, is_private=True, prompt=SECRET)

    for stranger in (Browser(), Browser().sign_in(factories.person())):
        there = stranger.get(f"/d/{drawing.pk}{path}")
        nowhere = stranger.get(f"/d/{uuid4()}{path}")
        assert there.status_code == nowhere.status_code == 404
        assert SECRET not in text(there)


def test_private_drawing_is_its_persons_and_no_search_engines(browser, person):
    (drawing,) = draw(person, is_private=True)

    shown = page(browser, drawing)

    assert '<meta name="robots" content="noindex">' in shown
    assert "og:image" not in shown
    assert browser.get(f"/d/{drawing.pk}/drawing.svg").status_code == 200


def test_picture_is_inert_and_asked_for_anew(person):
    (drawing,) = draw(person)

    reply = Browser().get(f"/d/{drawing.pk}/drawing.svg")
    again = Browser().get(f"/d/{drawing.pk}/drawing.svg", **{"If-None-Match": reply["ETag"]})

    assert reply.content.decode() == drawing.svg
    assert again.status_code == 304
    for one in (reply, again):
        assert "sandbox" in one["Content-Security-Policy"]
        assert one["Cache-Control"] == "private, no-cache"


def test_discarded_drawing_is_nowhere(browser, person):
    (drawing,) = draw(person)
    discarding.discard(person, [drawing.pk])

    for path in ("", "/actions", "/export", "/shared.png"):
        assert browser.get(f"/d/{drawing.pk}{path}").status_code == 404


def test_shared_address_has_a_picture(person):
    (drawing,) = draw(person)
    visitor = Browser()

    shown = page(visitor, drawing)
    picture = visitor.get(f"/d/{drawing.pk}/shared.png")

    assert (
        f"/d/{drawing.pk}/shared.png" in shown.partition('property="og:image" content="')[2][:120]
    )
    assert picture.content.startswith(b"\x89PNG")
    assert picture["Cache-Control"] == "public, no-cache"
    known = {"If-None-Match": picture["ETag"]}
    assert visitor.get(f"/d/{drawing.pk}/shared.png", **known).status_code == 304
    services.unpublish(person, drawing.pk)
    assert visitor.get(f"/d/{drawing.pk}/shared.png", **known).status_code == 404


def test_how_it_was_made_is_told_in_plain_words(browser, person):
    drawing = made(person)
    job = drawing.job
    job.attempts.all().delete()
    for repair, outcome, model in (
        (0, "failed", "gpt-5.2-2025-12-11"),
        (0, "answered", "gpt-4o"),
        (1, "answered", "gpt-4o"),
    ):
        Attempt.objects.create(
            job=job, number=1, repair=repair, outcome=outcome, model=model, provider="openai"
        )
    drawing.provider, drawing.notes = "openai", ["Something was <left> out."]
    drawing.save()

    shown = page(browser, drawing)

    assert "GPT-5.2 was asked and sent no drawing." in shown
    assert "GPT-4o drew a draft." in shown
    assert "GPT-4o was shown what was wrong, and mended it." in shown
    assert "<dt>Drawn by</dt><dd>GPT-4o</dd>" in shown
    assert "Something was &lt;left&gt; out." in shown


def test_drawing_of_one_go_says_so_and_that_studio_drew_it(browser, person):
    drawing = made(person, model="gpt-5.2-2025-12-11")

    shown = page(browser, drawing)

    assert "Studio (built in) drew it in one go" in shown
    assert "<dt>Model</dt><dd>GPT-5.2</dd>" in shown
    assert "<dt>Drawn by</dt><dd>Studio (built in)</dd>" in shown


def test_drawing_without_its_job_has_a_page(browser, person):
    (drawing,) = draw(person)

    assert "How it was made" in page(browser, drawing)


def test_page_costs_as_many_queries_for_many_relatives(browser, person):
    (parent,) = draw(person)
    few, many = (draw(person, remix_of=parent)[0] for _ in range(2))
    draw(person, remix_of=few)
    draw(person, 9, remix_of=many)

    with CaptureQueriesContext(connection) as first:
        page(browser, few)
    with CaptureQueriesContext(connection) as second:
        page(browser, many)

    assert len(first) == len(second) <= 12


def test_menu_offers_what_its_reader_may_do(browser, person):
    public, private = (draw(person, is_private=one)[0] for one in (False, True))
    test = draw(person, is_private=True, credits_used=0)[0]

    def offered(reader, drawing):
        shown = text(reader.get(f"/d/{drawing.pk}/actions"))
        return [
            name for name in ("/publish", "/unpublish", "/delete", "/app?remix=") if name in shown
        ]

    assert offered(Browser(), public) == ["/app?remix="]
    assert offered(browser, public) == ["/unpublish", "/delete", "/app?remix="]
    assert offered(browser, private) == ["/publish", "/delete", "/app?remix="]
    assert offered(browser, test) == ["/delete", "/app?remix="]
