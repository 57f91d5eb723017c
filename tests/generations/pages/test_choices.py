"""What can be chosen, and what it costs."""

import pytest

from generations import samples
from generations.choices import STYLES
from tests import factories
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


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


def test_credits_are_told_anew_wherever_a_page_tells_of_them(person):
    browser = Browser().sign_in(person)
    factories.spend(person, 8)

    page = text(browser.get("/app/credits"))

    assert "data-credits>2</strong>" in page
    assert "<span data-credits-left>2</span>" in page
    assert "<strong>Low on credits:</strong> 2 left" in page


def test_submitting_the_last_credit_tells_that_none_is_left():
    browser = Browser().sign_in(factories.person(credits_left=1))

    fields = {"prompt": "a red fox asleep", "style": "flat", "model": "studio", "key": "k"}

    page = text(browser.post("/app", fields, **HTMX))

    assert 'id="low-credits" hx-swap-oob="true"' in page
    assert "<strong>You have no credits left.</strong>" in page


def test_samples_are_sanitized_drawings_in_every_style():
    browser = Browser()

    for style in STYLES:
        reply = browser.get(f"/samples/fox/{style}.svg")
        assert (reply.status_code, text(reply)) == (200, samples.draw("fox", style))
        assert "sandbox" in reply["Content-Security-Policy"]
    assert browser.get("/samples/fox/unknown.svg").status_code == 404
    assert browser.get("/samples/unknown/flat.svg").status_code == 404
