"""CONTRACT §5.5 in a real browser, from a page on another origin: nobody waits for a drawing."""

import os
import secrets

import pytest
from playwright.sync_api import sync_playwright

from tests import browser

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("TEST_SOCKET_ROUNDS", "10"))
LONGEST_SECONDS = 2.0


@pytest.fixture
def page(stack, frontend):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        page = chromium.new_page()
        complaints = []
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(f"{frontend}/?api=http://localhost:{stack.port}")
        yield page
        chromium.close()
    assert complaints == []


def test_no_generation_waits_longer_than_two_seconds_after_its_end(stack, page, report):
    email = f"{secrets.token_hex(8)}@example.com"
    page.evaluate("([email, password]) => signUp(email, password)", [email, "Password123!"])
    for words in (("set_plan", email, "SUPPORTER"), ("grant_credits", email, str(ROUNDS))):
        assert stack.manage(*words, "--reason", "test").returncode == 0

    seen = page.evaluate("count => rounds(count)", ROUNDS)

    waited = sorted(one["waited"] / 1000 for one in seen)
    report(f"{ROUNDS} generations: median {waited[ROUNDS // 2]:.3f}, longest {waited[-1]:.3f} s")
    assert [one["status"] for one in seen] == ["SUCCEEDED"] * ROUNDS
    assert all(one["drawn"] for one in seen)
    assert waited[-1] <= LONGEST_SECONDS


def test_sign_out_disconnects_the_page(page):
    email = f"{secrets.token_hex(8)}@example.com"
    page.evaluate("([email, password]) => signUp(email, password)", [email, "Password123!"])
    page.evaluate("connected()")

    reason = page.evaluate("""async () => {
        const gone = new Promise((resolve) => socket.once("disconnect", resolve))
        await call("POST", "/auth/logout")
        return gone
    }""")

    assert reason == "io server disconnect"
    assert page.evaluate("socket.active") is False
