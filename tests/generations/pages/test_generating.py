"""Pressing Generate: what is accepted, and what is refused."""

import re
from dataclasses import replace

import pytest

from credits.plans import ALLOWANCES
from generations import services
from generations.models import Job
from tests import factories
from tests.pages import Browser, key_in, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_generate_leads_to_the_job(browser, person):
    reply = browser.draw(privacy="private")

    job = Job.objects.get()
    assert (reply.status_code, reply["Location"]) == (303, f"/app?job={job.pk}#desk")
    assert (job.user, job.prompt, job.style, job.is_private) == (
        person,
        "a red fox asleep",
        "flat",
        True,
    )
    assert "data-credits>9</strong>" in text(browser.get("/app"))


def test_generate_by_htmx_gives_the_form_the_card_and_the_credits(browser):
    key = key_in(browser.get("/app"))
    fields = {"prompt": "a red fox asleep", "style": "cartoon", "key": key}

    reply = browser.post("/app", fields, **HTMX)

    job = Job.objects.get()
    page = text(reply)
    assert reply.status_code == 200
    assert f'id="job-{job.pk}"' in page
    assert 'value="cartoon" checked' in page
    assert "data-credits>9</strong>" in page
    assert key_in(reply) != key


def test_same_form_sent_twice_draws_once(browser):
    key = key_in(browser.get("/app"))

    replies = [browser.draw(key=key) for _ in range(2)]

    assert [reply["Location"] for reply in replies] == [f"/app?job={Job.objects.get().pk}#desk"] * 2
    assert "data-credits>9</strong>" in text(browser.get("/app"))


def test_line_ends_count_as_one_character(browser):
    prompt = "a red fox" + "\r\n" * 100 + "x" * 391

    assert browser.draw(prompt=prompt).status_code == 303
    assert len(Job.objects.get().prompt) == 500


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_refused_prompt_keeps_everything_typed(browser, headers):
    fields = {
        "prompt": "too <b>",
        "style": "3d",
        "model": "gpt-4o",
        "privacy": "private",
        "key": "k",
    }

    reply = browser.post("/app", fields, **headers)

    page = text(reply)
    assert reply.status_code == 400
    assert "A little more, please." in page
    assert 'aria-invalid="true" autofocus' in page
    assert "too &lt;b&gt;" in page
    assert 'value="3d" checked' in page
    assert re.search('<option value="gpt-4o"[^>]* selected>', page)
    assert 'value="private" checked' in page
    assert not Job.objects.exists()


def test_no_credits_left_is_said_in_the_form():
    browser = Browser().sign_in(factories.person(credits_left=0))

    reply = browser.draw()

    assert reply.status_code == 402
    page = text(reply)
    assert "You have no credits left" in page
    assert '<a class="button primary" href="/pricing">' in page
    assert "a red fox asleep" in page


def test_daily_limit_is_said_with_its_time(browser, monkeypatch):
    from credits import plans

    nothing = replace(plans.ALLOWANCES["FREE"], drawings_per_day=0)
    monkeypatch.setitem(plans.ALLOWANCES, "FREE", nothing)

    reply = browser.draw()

    assert reply.status_code == 429
    assert int(reply["Retry-After"]) > 0
    assert "That was it for today." in text(reply)


def test_key_with_another_recipe_is_a_conflict(browser):
    browser.draw(key="one-key")

    reply = browser.draw(key="one-key", prompt="something else entirely")

    assert reply.status_code == 409
    assert "something else entirely" in text(reply)
    assert key_in(reply) != "one-key"


@pytest.mark.parametrize(
    ("guard", "status", "said"),
    [
        ("broken", 503, "<strong>We cannot look at it right now.</strong>"),
        ("strict", 400, "<strong>This is not drawn here.</strong> Foxes are shy."),
    ],
)
def test_guard_s_word_is_told_in_the_form(browser, settings, guard, status, said):
    settings.MODERATION = f"{__name__}.{guard}"

    reply = browser.draw()

    page = text(reply)
    assert reply.status_code == status
    assert said in page
    assert "a red fox asleep</textarea>" in page
    assert ('aria-invalid="true" autofocus' in page) == (guard == "strict")


def broken(prompt):
    raise OSError("nobody there")


def strict(prompt):
    return "Foxes are shy."


def test_too_fast_is_told_with_the_seconds_to_wait(browser, limited):
    for _ in range(ALLOWANCES["FREE"].times(60)):
        browser.draw()
        Job.objects.all().delete()

    reply = browser.draw()

    assert reply.status_code == 429
    assert "That was quick." in text(reply)
    assert f"You can send this in {reply['Retry-After']} s." in text(reply)


def test_retry_that_is_refused_leaves_the_form_alone(person):
    browser = Browser().sign_in(person)
    job = factories.job(person)
    services.cancel(person, job.pk)
    factories.spend(person, 10)

    reply = browser.post(
        "/app",
        {"prompt": job.prompt, "style": "flat", "key": "again", "retry": job.pk},
        **HTMX,
    )

    assert reply.status_code == 402
    assert reply["HX-Reswap"] == "none"
    assert "You have no credits left." in reply["HX-Trigger"]
