"""`/api-keys/webhooks`: the pages. What is sent, and when, is tested with the sender."""

import re

import pytest

from realtime.webhooks import services
from realtime.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
PLACE = "/api-keys/webhooks"
EVENTS = ["generation.succeeded", "generation.failed"]


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


@pytest.fixture
def endpoint(person, subscribe):
    return subscribe(person, events=EVENTS).endpoint


def secret(page) -> str | None:
    found = re.search(r'id="made-secret">(whsec_[^<]+)<', text(page))
    return found and found[1]


def test_webhook_is_made_and_its_secret_shown_once(browser, person, receiver):
    fields = {"url": receiver.url, "events": EVENTS, "environment": "test", "description": "Blog"}

    sent = browser.post(PLACE, fields)
    page = browser.get(sent.url)

    endpoint = WebhookEndpoint.objects.get(user=person)
    assert sent.url == f"{PLACE}/{endpoint.pk}"
    assert (endpoint.url, endpoint.events, endpoint.is_test) == (receiver.url, EVENTS, True)
    assert secret(page) and secret(page) not in sent.cookies["shown-once"].value
    assert secret(browser.get(sent.url)) is None
    assert inline_code(page) == []
    listed = browser.get(PLACE)
    assert f'href="{sent.url}"' in text(listed) and inline_code(listed) == []


@pytest.mark.parametrize("fields", [{"url": "nonsense"}, {"events": []}])
def test_what_is_refused_keeps_what_was_typed(browser, person, receiver, fields):
    page = browser.post(
        PLACE, {"url": receiver.url, "events": EVENTS, "description": "Of the blog", **fields}
    )

    assert page.status_code == 400
    assert 'value="Of the blog"' in text(page) and 'role="alert"' in text(page)
    assert not person.webhooks.exists()


def test_test_event_is_listed_and_sent_again(browser, endpoint):
    place = f"{PLACE}/{endpoint.pk}"
    assert "Nothing was sent there yet." in text(browser.get(place))

    sent = browser.post(f"{place}/test")
    delivery = WebhookDelivery.objects.get(endpoint=endpoint)
    page = text(browser.get(sent.url))

    assert "A test event is on its way." in page
    assert delivery.message.public_id in page and "On its way" in page
    again = browser.post(f"{PLACE}/deliveries/{delivery.pk}/replay")
    assert again.url == f"{place}?done=replayed"


def test_switched_off_nothing_is_sent(browser, endpoint):
    place = f"{PLACE}/{endpoint.pk}"

    browser.post(f"{place}/disable")
    refused = browser.post(f"{place}/test")

    assert refused.status_code == 409
    assert "This webhook is disabled." in text(refused) and "Switch on" in text(refused)
    browser.post(f"{place}/enable")
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None


def test_new_secret_is_shown_and_the_old_one_ends_if_asked(browser, endpoint):
    place = f"{PLACE}/{endpoint.pk}"

    first = secret(browser.get(browser.post(f"{place}/rotate").url))
    assert endpoint.secrets.count() == 2
    second = secret(browser.get(browser.post(f"{place}/rotate", {"ends-previous": "on"}).url))

    assert first and second and first != second
    assert endpoint.secrets.count() == 1


def test_deleted_webhook_is_gone(browser, endpoint):
    sent = browser.post(f"{PLACE}/{endpoint.pk}/delete")

    assert "No webhooks yet" in text(browser.get(sent.url))
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("verb", ["", "/rotate", "/test", "/enable", "/disable", "/delete"])
def test_webhook_of_somebody_else_is_missing(endpoint, verb):
    stranger = Browser().sign_in(factories.person())
    place = f"{PLACE}/{endpoint.pk}{verb}"

    assert (stranger.post(place) if verb else stranger.get(place)).status_code == 404


def test_delivery_of_somebody_else_is_missing(endpoint):
    delivery = services.test(endpoint)
    stranger = Browser().sign_in(factories.person())

    assert stranger.post(f"{PLACE}/deliveries/{delivery.pk}/replay").status_code == 404


def test_visitor_is_asked_to_sign_in():
    assert Browser().get(PLACE).url == f"/signin?next={PLACE}"
