"""Subscribing, coming back and cancelling, by the pages."""

import re

import pytest

from credits.payments import upkeep
from credits.payments.models import Subscription
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
BACK = "/billing/paypal/success"


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def heading(page) -> str:
    return re.search(r"<h1>([^<]+)</h1>", text(page))[1]


def test_whole_way_of_a_subscription(browser, payer):
    assert "Subscribe with PayPal" in text(browser.get("/pricing"))

    sent = browser.post("/pricing/subscribe")
    on_the_way = browser.get(sent.url)
    row = payer.row
    assert sent.url == "/pricing/paypal"
    assert row.approve_url in text(on_the_way) and inline_code(on_the_way) == []

    waiting = browser.get(BACK)
    assert heading(waiting) == "Waiting for PayPal"
    assert "data-pending" in text(waiting) and "pending.js" in text(waiting)
    assert payer.plan_and_credits == ("FREE", 10)

    payer.tell(payer.paypal.approve(row.external_id))
    payer.tell(payer.paypal.pay(row.external_id))
    arrived = browser.get(BACK)
    assert heading(arrived) == "You are a Supporter"
    assert "210 credits" in text(arrived) and "data-pending" not in text(arrived)

    page = text(browser.get("/pricing"))
    assert "Paid until" in page and "Cancel subscription" in page
    assert "Subscribe with PayPal" not in page

    cancelled = browser.get(browser.post("/pricing/cancel").url)
    assert "You keep Supporter until" in text(cancelled)
    assert "PayPal asks for no more money." in text(cancelled)
    assert payer.row.status == Subscription.Status.CANCELLED
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert "9.00 USD" in text(browser.get("/credits"))


def test_second_click_goes_on_with_the_same(browser, payer):
    browser.post("/pricing/subscribe")
    browser.post("/pricing/subscribe")

    assert len(payer.rows) == 1
    assert "Go on with PayPal" in text(browser.get("/pricing"))


def test_supporter_cannot_subscribe_twice(browser, payer):
    payer.subscribed()

    refused = browser.post("/pricing/subscribe")

    assert refused.status_code == 409
    assert "You already have an active subscription." in text(refused)
    assert browser.get("/pricing/paypal").url == "/pricing"


def test_of_somebody_else_nothing_is_seen(payer, db):
    from tests import factories

    payer.subscribed()
    stranger = Browser().sign_in(factories.person())

    assert heading(stranger.get(BACK)) == "No subscription yet"
    assert "You have paid nothing so far." in text(stranger.get("/credits"))
    assert stranger.post("/pricing/cancel").status_code == 404
    assert payer.row.status == Subscription.Status.ACTIVE


def test_who_cancelled_subscribes_again_and_pays_only_when_the_old_one_ends(browser, payer, paypal):
    payer.subscribed()
    browser.post("/pricing/cancel")
    (old,) = payer.rows
    page = text(browser.get("/pricing"))
    assert "Subscribe again" in page and "Nothing now: $9 a month from" in page

    assert "Nothing is charged before" in text(browser.get(browser.post("/pricing/subscribe").url))
    assert heading(browser.get(BACK)) == "Waiting for PayPal"
    assert "Go on with PayPal" in text(browser.get("/pricing"))
    _, new = payer.rows
    assert paypal.agreements[new.external_id].start_time == new.starts_at == old.entitled_until
    payer.tell(paypal.approve(new.external_id))
    assert heading(browser.get(BACK)) == "You are a Supporter"
    assert payer.plan_and_credits == ("SUPPORTER", 210)  # nothing was paid, nothing is given

    payer.wait(days=31)
    assert upkeep.end_plans() == 0
    payer.tell(paypal.pay(new.external_id))
    assert payer.plan_and_credits == ("SUPPORTER", 410)
    assert len(payer.paid_entries) == 2


def test_second_thoughts_about_the_next_one_leave_what_was_paid_for(browser, payer, paypal):
    payer.subscribed()
    browser.post("/pricing/cancel")
    browser.post("/pricing/subscribe")
    payer.tell(paypal.approve(payer.rows[1].external_id))

    browser.post("/pricing/cancel")

    assert "You keep Supporter until" in text(browser.get("/pricing"))
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    payer.wait(days=31)
    assert upkeep.end_plans() == 1
    assert payer.plan_and_credits == ("FREE", 210)


@pytest.mark.parametrize("trouble", ["fail", "refund"])
def test_next_one_gives_no_plan_that_nobody_pays(browser, payer, paypal, trouble):
    first = payer.subscribed()
    browser.post("/pricing/cancel")
    browser.post("/pricing/subscribe")
    second = payer.rows[1].external_id
    payer.tell(paypal.approve(second))

    if trouble == "refund":
        payer.tell(paypal.refund(first, paypal.agreements[first].transactions[0]["id"]))
    else:
        payer.wait(days=31)
        payer.tell(paypal.fail(second))

    assert payer.wallet.plan == "FREE"
