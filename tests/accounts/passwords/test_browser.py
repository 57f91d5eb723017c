"""Links of mails in a real browser. As in development, the mails show in the log of upkeep."""

import re
from itertools import count, pairwise

import pytest
from playwright.sync_api import sync_playwright

from tests import browser
from tests.factories import PASSWORD
from tests.faults.harness import running_stack

pytestmark = pytest.mark.slow
NEW = "another horse battery"
_numbers = count(1)


@pytest.fixture(scope="module")
def stack():
    with running_stack(REQUIRE_VERIFIED_EMAIL="true") as stack:
        yield stack


@pytest.fixture
def visit(stack):
    """Opens a window, with or without scripts."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        yield lambda *, scripts=True: chromium.new_page(
            base_url=stack.url, java_script_enabled=scripts
        )
        chromium.close()


def sign_up(page) -> str:
    email = f"visitor{next(_numbers)}@example.com"
    page.goto("/signup")
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/app")
    return email


def mailed(stack, path: str, email: str) -> str:
    """The newest link to that page which was sent to somebody."""
    link = re.compile(rf"{stack.url}{path}\?token=[0-9a-f]{{64}}")

    def links() -> list[str]:
        letters = stack.logs("upkeep").split("Message-ID:")
        mine = [letter for before, letter in pairwise(letters) if email in before]
        return [one for letter in mine for one in link.findall(letter)[:1]]

    assert stack.wait_for(links, 15), stack.logs("upkeep")[-3000:]
    return links()[-1]


def test_verify_by_the_link_of_the_mail(stack, visit):
    page = visit()
    email = sign_up(page)
    page.get_by_text("Verify your e-mail to get your 10 credits.").wait_for()
    assert page.get_by_text("0 credits", exact=True).is_visible()

    page.goto(mailed(stack, "/verify-email", email))
    page.get_by_role("button", name="Yes, verify it").click()
    page.get_by_role("link", name="Make a drawing").click()

    page.get_by_text("10 credits", exact=True).wait_for()
    assert not page.get_by_text("Verify your e-mail").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_reset_by_the_link_of_the_mail(stack, visit, scripts):
    page, elsewhere = visit(scripts=scripts), visit()
    email = sign_up(elsewhere)

    page.goto("/signin")
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send the link").click()
    page.get_by_text("If that email is registered, a reset link has been sent.").wait_for()
    page.goto(mailed(stack, "/reset-password", email))
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("The same again").fill(NEW)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("heading", name="You have a new password").wait_for()
    assert "token" not in page.url
    page.get_by_role("link", name="Sign in").last.click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("**/app")
    elsewhere.reload()
    assert elsewhere.get_by_role("link", name="Sign in").is_visible()
