"""Links of mails in a real browser. As in development, the mails show in the log of upkeep."""

import re
from itertools import pairwise

import pytest

from chatsvg.bench.stack import WEB
from tests.e2e.visitors import sign_in, sign_up

pytestmark = pytest.mark.slow
NEW = "another horse battery"


@pytest.fixture
def verifying(stack):
    """The installation, where people must verify their address."""
    stack.restart(WEB, REQUIRE_VERIFIED_EMAIL="true")
    return stack


def mailed(stack, path: str, email: str) -> str:
    """The newest link to that page which was sent to somebody."""
    link = re.compile(rf"{stack.url}{path}\?token=[0-9a-f]{{64}}")

    def links() -> list[str]:
        letters = stack.logs("upkeep").split("Message-ID:")
        mine = [letter for before, letter in pairwise(letters) if email in before]
        return [one for letter in mine for one in link.findall(letter)[:1]]

    assert stack.wait_for(links, 15), stack.logs("upkeep")[-3000:]
    return links()[-1]


@pytest.mark.parametrize("scripts", [True, False])
def test_reset_by_the_link_of_the_mail(stack, visit, scripts):
    page, elsewhere = visit(java_script_enabled=scripts), visit()
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
    sign_in(page, email, NEW)

    elsewhere.reload()
    assert elsewhere.get_by_role("banner").get_by_role("link", name="Sign up").is_visible()


def test_verify_by_the_link_of_the_mail(verifying, visit):
    page = visit()
    email = sign_up(page)
    page.get_by_text("Verify your e-mail to get your 10 credits").wait_for()
    assert page.get_by_role("link", name="0 credits").is_visible()

    page.goto(mailed(verifying, "/verify-email", email))
    page.get_by_role("button", name="Yes, verify it").click()
    page.get_by_role("link", name="Make a drawing").click()

    page.get_by_role("link", name="10 credits", exact=True).wait_for()
    assert not page.get_by_text("Verify your e-mail").is_visible()
