"""What the form begins with: a draft, an earlier recipe, a drawing to remix, words of a link."""

import re

import pytest
from django.core import signing
from uuid_utils.compat import uuid7

from generations import drafts, pipeline
from generations.models import Job
from tests import factories
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_signed_out_prompt_survives_the_sign_in(person):
    browser = Browser()

    reply = browser.draw(prompt="my precious idea", style="3d", privacy="private")

    assert (reply.status_code, reply["Location"]) == (303, "/signin?next=/app&for=drawing")
    assert "Your description is kept" in text(browser.get(reply["Location"]))
    assert not Job.objects.exists()
    page = text(browser.sign_in(person).get("/app"))
    assert "my precious idea" in page
    assert 'value="3d" checked' in page
    assert 'value="private" checked' in page
    assert "my precious idea" not in text(browser.get("/app"))


def test_longest_draft_fits_a_cookie(person):
    prompt = "".join(chr(0x4E00 + number * 37 % 20000) for number in range(500))
    browser = Browser()

    browser.draw(prompt=prompt)

    assert len(browser.client.cookies[drafts.COOKIE].value) < 4000
    assert f"{prompt}</textarea>" in text(browser.sign_in(person).get("/app"))


def test_signed_out_htmx_is_sent_to_sign_in():
    browser = Browser()

    reply = browser.post("/app", {"prompt": "my precious idea"}, **HTMX)

    assert reply["HX-Redirect"] == "/signin?next=/app&for=drawing"
    assert drafts.COOKIE in reply.cookies


def test_forged_draft_is_nothing(person):
    browser = Browser().sign_in(person)
    forged = signing.dumps({"prompt": "gotcha gotcha"}, salt="another")
    browser.client.cookies[drafts.COOKIE] = forged

    assert "gotcha" not in text(browser.get("/app"))


def test_recipe_of_an_earlier_job_fills_the_form(browser, person):
    job = factories.job(person, prompt="a fox to be changed", style="gradient")

    page = text(browser.get(f"/app?recipe={job.pk}"))

    assert "a fox to be changed</textarea>" in page
    assert 'value="gradient" checked' in page


def test_remix_fills_the_form_and_keeps_the_lineage(browser, drawn):
    drawing = drawn.generation

    page = text(browser.get(f"/app?remix={drawing.pk}"))
    browser.draw(prompt="a blue fox asleep", remix=drawing.pk)

    assert "a red fox asleep</textarea>" in page
    assert f'<input type="hidden" name="remix" value="{drawing.pk}">' in page
    assert f'Remixing: <a href="/d/{drawing.pk}">a red fox asleep</a>' in page
    assert Job.objects.get(prompt="a blue fox asleep").remix_of_id == drawing.pk


def test_private_drawing_of_somebody_else_is_not_remixed(person):
    private = factories.job(person, is_private=True, prompt="a secret fox asleep")
    pipeline.run(private.pk)
    private.refresh_from_db()
    stranger = Browser().sign_in(factories.person())

    page = text(stranger.get(f"/app?remix={private.generation_id}"))
    reply = stranger.draw(remix=private.generation_id)

    assert "secret" not in page
    assert "Remixing" not in page
    assert (reply.status_code, Job.objects.count()) == (404, 1)
    assert "What you remix is gone." in text(reply)
    assert "Remixing" not in text(reply)


def test_remix_by_a_visitor_survives_the_sign_in(drawn):
    browser = Browser()
    drawing = drawn.generation

    browser.draw(prompt="a green fox asleep", remix=drawing.pk)

    page = text(browser.sign_in(factories.person()).get("/app"))
    assert "a green fox asleep</textarea>" in page
    assert f'name="remix" value="{drawing.pk}"' in page


def test_words_in_the_address_are_typed_already():
    page = text(Browser().get("/app?prompt=A+sleepy+%3Ccat%3E"))

    assert "A sleepy &lt;cat&gt;</textarea>" in page


def test_job_that_is_not_there_is_told_in_the_same_words_whosesoever_it_is(browser, job):
    others, nobodys = factories.job().pk, uuid7()

    pages = [browser.get(f"/app?job={one}") for one in (others, nobodys, "nonsense", "%00")]

    told = {re.search(r'(?s)id="missing".*?</div>', text(page))[0] for page in pages}
    assert [page.status_code for page in pages] == [200] * 4
    assert len(told) == 1
    assert "There is no such drawing job here." in told.pop()
    assert 'id="missing"' not in text(browser.get(f"/app?job={job.pk}"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("recipe=%00", "There is no such drawing job here."),
        ("remix=x", "The drawing to remix is not here."),
    ],
)
def test_what_else_is_not_there_is_told(browser, query, said):
    assert said in text(browser.get(f"/app?{query}"))


def test_visitor_with_the_address_of_a_job_is_asked_to_sign_in(job):
    page = text(Browser().get(f"/app?job={job.pk}"))

    assert f'<a href="/signin?next=%2Fapp%3Fjob%3D{job.pk}">Sign in</a>' in page
    assert f'id="job-{job.pk}"' not in page


def test_empty_address_shows_the_plain_page(browser):
    assert 'id="missing"' not in text(browser.get("/app?job=&recipe=&remix="))
