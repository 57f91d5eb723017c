"""`/pricing`: what it says is what `plans` says, and who may do what there."""

import re

import pytest
from django.utils.html import strip_tags

from credits import offers, plans, services
from credits.models import Plan
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
NOT_OPEN = "Subscriptions are not open on this installation."


def rows(page) -> dict[str, list[str]]:
    """The comparison, by its first column."""
    table = text(page).partition('id="compare"')[2].partition("</table>")[0]
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr>")[1:]]
    return {strip_tags(cells[0]): [strip_tags(one) for one in cells[1:]] for cells in found}


def test_page_tells_the_plans_to_everybody():
    page = Browser().get("/pricing")

    assert inline_code(page) == []
    told = rows(page)
    assert told[""] == ["Free", "Supporter"]
    assert told["Price"] == ["$0", "$9/mo"]
    assert told["Initial credits"] == ["10", "200"]
    assert told["Refill"] == ["Filled up to 10 every 30 days", "200 with every further paid month"]
    assert told["Drawings a month"] == ["As credits allow", "2,000"]
    assert told["API access"] == ["Test keys", "Production and test keys"]
    assert told["Production keys"] == ["–", "5"]
    assert told["Rate limit"] == [
        "10 a minute, 60 an hour",
        "60 a minute, 1,000 an hour, 5,000 a day",
    ]
    assert told["Support"] == ["Community", "By e-mail"]
    assert "Sign in to subscribe" in text(page)


def test_figures_have_one_source(monkeypatch):
    cheaper = plans.Offer("Supporter", "For a test.", 4, 77, 66, "priority")
    monkeypatch.setitem(plans.OFFERS, Plan.SUPPORTER, cheaper)

    told = {line.label: line.cells[1] for line in offers.comparison()}

    assert (told["Price"], told["Initial credits"], told["Support"]) == (
        "$4/mo",
        "77",
        "First in line",
    )
    assert told["Refill"] == "66 with every further paid month"
    assert offers.cards()[1].price == 4


def test_without_paypal_nobody_is_promised_anything(person):
    browser = Browser().sign_in(person)

    page = browser.get("/pricing")
    refused = browser.post("/pricing/subscribe")

    assert NOT_OPEN in text(page) and "Subscribe with PayPal" not in text(page)
    assert refused.status_code == 503
    assert "Payments are not available here." in text(refused)


def test_given_plan_has_nothing_to_cancel(person):
    services.set_plan(person.pk, Plan.SUPPORTER, reason="test")
    browser = Browser().sign_in(person)

    page = browser.get("/pricing")
    refused = browser.post("/pricing/cancel")

    assert "This plan was given to you." in text(page)
    assert "/pricing/cancel" not in text(page)
    assert refused.status_code == 404
    assert "You have no active subscription." in text(refused)


@pytest.mark.parametrize("path", ["/pricing/subscribe", "/pricing/cancel"])
def test_visitor_is_asked_to_sign_in(path):
    assert Browser().post(path).url == "/signin?next=/pricing"
    assert Browser().get("/pricing/paypal").url == "/signin?next=/pricing"


def test_coming_back_proves_nothing(person):
    visitor, known = Browser(), Browser().sign_in(person)

    assert "Sign in to see" in text(visitor.get("/billing/paypal/success?subscription_id=I-1"))
    assert "No subscription yet" in text(known.get("/billing/paypal/success?subscription_id=I-1"))
    assert "nothing is charged" in text(visitor.get("/billing/paypal/cancel"))
