import re
from dataclasses import replace

import pytest
from django.core import signing

from credits.plans import ALLOWANCES
from generations import drafts, pipeline, samples, services
from generations.choices import STYLES
from generations.models import Generation, Job
from tests import factories
from tests.pages import Browser, inline_code, key_in, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


@pytest.fixture
def job(person):
    return factories.job(person)


@pytest.fixture
def drawn(job):
    pipeline.run(job.pk)
    return Job.objects.select_related("generation").get(pk=job.pk)


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


def test_every_style_is_a_picture_to_choose():
    page = text(Browser().get("/app"))

    for style in STYLES:
        assert f'<input type="radio" name="style" value="{style}"' in page
        assert f'src="/samples/fox/{style}.svg"' in page
    assert page.count('value="minimal" checked') == 1


def test_models_that_studio_draws_for_say_so(settings):
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = ""

    page = text(Browser().get("/app"))

    assert "GPT-5.2 (drawn by Studio here)</option>" in page
    assert "the built-in Studio draws in its place." in page


@pytest.mark.parametrize(
    ("credits_left", "said", "banner"),
    [
        (10, "You have <span data-credits-left>10</span>, and 9 after it.", None),
        (3, "You have <span data-credits-left>3</span>, and 2 after it.", "Low on credits:"),
        (0, '<a href="/pricing">Get more credits</a> or wait until', "You have no credits left."),
    ],
)
def test_cost_is_told_before_it_is_spent(credits_left, said, banner):
    page = text(Browser().sign_in(factories.person(credits_left=credits_left)).get("/app"))

    assert said in page
    assert ('data-notice="low-credits"' in page) == bool(banner)
    assert banner is None or f"<strong>{banner}</strong>" in page


def test_guard_that_cannot_be_asked_is_told_in_the_form(browser, settings):
    settings.MODERATION = f"{__name__}.broken"

    reply = browser.draw()

    assert reply.status_code == 503
    assert "We cannot look at it right now." in text(reply)
    assert "a red fox asleep</textarea>" in text(reply)


def broken(prompt):
    raise OSError("nobody there")


def test_guard_that_refuses_says_why_under_the_prompt(browser, settings):
    settings.MODERATION = f"{__name__}.strict"

    reply = browser.draw()

    assert reply.status_code == 400
    assert "<strong>This is not drawn here.</strong> Foxes are shy." in text(reply)
    assert 'aria-invalid="true" autofocus' in text(reply)


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


def test_picture_source_and_download_give_the_drawing(browser, drawn):
    drawing = drawn.generation

    source = browser.get(f"/app/drawings/{drawing.pk}/svg")
    picture = browser.get(browser.get(f"/app/drawings/{drawing.pk}")["Location"])
    file = browser.get(browser.get(f"/app/drawings/{drawing.pk}/download")["Location"])

    assert text(source) == text(picture) == drawing.svg
    assert source["Content-Type"] == "text/plain; charset=utf-8"
    assert text(file) == drawing.svg
    assert f"chatsvg-{drawing.pk}.svg" in file["Content-Disposition"]


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


@pytest.mark.parametrize("query", ["job=nonsense", "job=", "recipe=%00", "job=" + "0" * 36])
def test_nonsense_in_the_address_shows_the_plain_page(browser, query):
    assert browser.get(f"/app?{query}").status_code == 200


def test_samples_are_sanitized_drawings_in_every_style():
    browser = Browser()

    for style in STYLES:
        reply = browser.get(f"/samples/fox/{style}.svg")
        assert (reply.status_code, text(reply)) == (200, samples.draw("fox", style))
        assert "sandbox" in reply["Content-Security-Policy"]
    assert browser.get("/samples/fox/unknown.svg").status_code == 404
    assert browser.get("/samples/unknown/flat.svg").status_code == 404
