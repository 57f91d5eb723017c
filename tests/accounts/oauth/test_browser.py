"""The dance in a real browser, with a provider on another site."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from accounts.models import Identity, User
from tests import browser, factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 15_000  # milliseconds


@pytest.fixture
def site(live_server, identity_provider, settings):
    """Our server at localhost; the provider at 127.0.0.1, which is another site."""
    settings.PUBLIC_URL = settings.FRONTEND_URL = live_server.url
    settings.GOOGLE_REDIRECT_URI = f"{live_server.url}/api/auth/google/callback"
    assert live_server.url.startswith("http://localhost:")
    return live_server.url


def in_browser(site, story, **options):
    """Run `story(page)`; our content policy allows for it. The ORM can be used again afterwards."""
    complaints = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        context = chromium.new_context(base_url=site, **options)
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda said: complaints.append(said.text))
        story(context.new_page())
        chromium.close()
    assert not [said for said in complaints if "Content Security Policy" in said]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_visitor_signs_up_with_google_and_is_where_they_wanted(site, scripts):
    def story(page):
        page.goto("/signin?next=/app%3Ftab%3D2")
        page.get_by_role("link", name="Continue with Google").click()
        page.wait_for_url("**/app?tab=2")
        expect(page.locator(".menu-name")).to_have_text("Ada Lovelace")

    in_browser(site, story, java_script_enabled=scripts)

    assert User.objects.get().identities.get().provider == "google"


def test_visitor_who_says_no_there_is_told_and_tries_again(site, identity_provider):
    identity_provider.denies = "access_denied"

    def story(page):
        page.goto("/signup")
        page.get_by_role("link", name="Continue with Google").click()
        page.wait_for_url(re.compile("/signin"))
        expect(page.get_by_role("alert")).to_contain_text("canceled or did not work")
        identity_provider.denies = ""
        page.get_by_role("link", name="Continue with Google").click()
        page.wait_for_url("**/app")

    in_browser(site, story)

    assert User.objects.get().email == "ada@example.com"


def test_person_who_is_signed_in_connects_from_a_page_of_ours_only(site, identity_provider):
    person = factories.person()
    start = f"{site}/api/auth/google?redirectUrl=/terms"

    def sign_in(page):
        page.goto("/signin")
        page.get_by_label("E-mail").fill(person.email)
        page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/app")

    def lured(page):
        sign_in(page)
        page.goto(f"{identity_provider.url}/nowhere")
        page.evaluate("where => { location.href = where }", start)
        page.wait_for_url("**/terms")

    def connecting(page):
        sign_in(page)
        page.evaluate("where => { location.href = where }", start)
        page.wait_for_url("**/terms")

    identity_provider.google.email = "evil@example.com"
    in_browser(site, lured)
    assert not person.identities.exists()
    assert Identity.objects.get().user.email == "evil@example.com"

    identity_provider.google.sub = "of the person"
    in_browser(site, connecting)
    assert person.identities.get().subject == "of the person"
