"""A subscription in a real browser, to PayPal and back. This PayPal is `tests/paypal_server.py`."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.keeping import keep
from tests.e2e.visitors import sign_up

pytestmark = pytest.mark.slow


def approve_and_pay(page, paypal) -> None:
    """What somebody does over there, and what we are told of it."""
    subscription = list(paypal.agreements)[-1]
    for event in (paypal.approve(subscription), paypal.pay(subscription)):
        body, headers = paypal.signed(event)
        headers |= {"Content-Type": "application/json"}
        assert page.request.post("/api/paypal/webhook", data=body, headers=headers).ok


def test_person_subscribes_and_cancels(visit, paypal):
    page = visit()
    sign_up(page, then="/pricing")
    there = f"{paypal.url}/**"
    page.route(there, lambda route: route.fulfill(content_type="text/html", body="<h1>PayPal</h1>"))

    page.get_by_role("button", name="Subscribe with PayPal").click()
    page.wait_for_url(re.compile(f"{paypal.url}/webapps/"))
    page.goto("/pricing")
    expect(page.get_by_role("button", name="Go on with PayPal")).to_be_visible()
    page.goto("/billing/paypal/success")
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for PayPal")
    keep(page, "waiting")

    approve_and_pay(page, paypal)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are a Supporter")
    keep(page, "paid")
    page.goto("/pricing")
    page.get_by_role("link", name="Cancel subscription").click()
    keep(page, "cancels")
    page.get_by_role("dialog").get_by_role("button", name="Cancel subscription").click()

    expect(page.locator("#toasts")).to_contain_text("Your subscription is canceled.")
    expect(page.get_by_role("button", name="Subscribe again")).to_be_visible()
