"""`/api-keys`: the page of keys. What a key can do is tested with `/v1`."""

import re

import pytest

from accounts.keys import usage
from accounts.models import ApiKey, KeyUse
from credits import services as credits
from credits.models import Plan
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
PLACE = "/api-keys"
WANTED = {"name": "Website", "environment": "test", "scopes": ["svg:generate", "svg:read"]}


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def made_key(page) -> str:
    return re.search(r'id="made-key">(sk_[a-z]+_\w+)<', text(page))[1]


def test_visitor_reads_what_keys_are():
    browser = Browser()

    page = browser.get(PLACE)

    assert "Sign in to make a key" in text(page)
    assert inline_code(page) == []
    assert browser.post(PLACE, WANTED).url == "/signin?next=/api-keys"


def test_key_is_shown_once_and_never_in_an_address(browser, person):
    sent = browser.post(PLACE, WANTED)
    page = browser.get(sent.url)
    raw = made_key(page)

    assert (sent.status_code, sent.url) == (302, PLACE)
    assert "no-store" in sent["Cache-Control"] and "no-store" in page["Cache-Control"]
    assert inline_code(page) == []
    key = ApiKey.objects.get(user=person)
    assert (key.name, key.environment, key.prefix) == ("Website", "test", raw[:16])
    assert key.scopes == ["svg:generate", "svg:read"]
    again = browser.get(PLACE)
    assert raw not in text(again) and "made-key" not in text(again)
    assert raw[:16] in text(again)


def test_key_on_its_way_is_sealed_and_nobody_elses(browser, person):
    sent = browser.post(PLACE, WANTED)
    cookie = sent.cookies["shown-once"]
    raw_prefix = ApiKey.objects.get(user=person).prefix

    assert cookie["httponly"] and cookie["path"] == PLACE and int(cookie["max-age"]) <= 60
    assert raw_prefix not in cookie.value
    stranger = Browser().sign_in(factories.person())
    stranger.client.cookies["shown-once"] = cookie.value
    assert "made-key" not in text(stranger.get(PLACE))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Name is required"),
        ({"name": "x" * 101}, "Name is too long (max 100 characters)"),
        ({"addresses": "203.0.113.7 nonsense"}, "Invalid IP address or CIDR range: nonsense"),
        ({"scopes": []}, "Invalid scopes."),
    ],
)
def test_what_is_refused_keeps_what_was_typed(browser, person, fields, sentence):
    page = browser.post(PLACE, {**WANTED, "description": "Of the blog", **fields})

    assert page.status_code == 400
    assert sentence in text(page)
    assert 'value="Of the blog"' in text(page)
    assert not person.api_keys.exists()


def test_expiry_and_addresses_are_kept(browser, person):
    browser.post(PLACE, {**WANTED, "expires": "30", "addresses": "203.0.113.7\r\n2001:db8::/32"})

    key = person.api_keys.get()
    assert key.ip_list == ["203.0.113.7", "2001:db8::/32"]
    assert (key.expires_at - key.created_at).days in (29, 30)


def test_free_plan_has_test_keys_and_is_told_of_the_others(browser):
    page = browser.get(PLACE)
    refused = browser.post(PLACE, {**WANTED, "environment": "production"})

    assert "Comes with Supporter" in text(page) and 'href="/pricing"' in text(page)
    assert refused.status_code == 403
    assert "Your plan does not include API access" in text(refused)


def test_supporter_makes_production_keys(supporter):
    browser = Browser().sign_in(supporter)

    raw = made_key(browser.get(browser.post(PLACE, {**WANTED, "environment": "production"}).url))

    assert raw.startswith("sk_live_")
    credits.set_plan(supporter.pk, Plan.FREE, reason="test")
    assert "Paused" in text(browser.get(PLACE))


def test_figures_are_those_of_the_books(browser, person, make):
    key = make(person, environment="test").key
    for status, latency in ((200, 10), (200, 30), (404, 20)):
        usage.record(key, status=status, latency_ms=latency, credits=1)

    page = text(browser.get(PLACE))

    figures = re.findall(r'<dd class="stat-value">([^<]*)</dd>', page)
    assert figures == ["3", "66.7%", "3", "20 ms"]
    facts = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.partition('id="stats-')[2])
    assert facts[:4] == [
        ("Total requests", "3"),
        ("Successful", "2"),
        ("Refused or failed", "1"),
        ("Success rate", "66.7 %"),
    ]
    assert "Just now" in page


def test_empty_page_says_what_to_do(browser):
    page = text(browser.get(PLACE))

    assert "No keys yet" in page
    assert re.findall(r'<dd class="stat-value">([^<]*)</dd>', page) == ["0", "–", "0", "–"]


def test_revoked_key_is_gone(browser, person, make):
    key = make(person, environment="test").key

    sent = browser.post(f"{PLACE}/{key.pk}/revoke")

    page = text(browser.get(sent.url))
    assert "Key revoked." in page and key.prefix not in page
    key.refresh_from_db()
    assert key.revoked_at
    assert browser.post(f"{PLACE}/{key.pk}/revoke").status_code == 404


def test_key_of_somebody_else_is_missing(browser, make):
    key = make(factories.person(), environment="test").key

    assert browser.post(f"{PLACE}/{key.pk}/revoke").status_code == 404
    assert ApiKey.objects.live().filter(pk=key.pk).exists()


def test_number_of_queries_does_not_grow_with_keys(
    browser, person, make, django_assert_max_num_queries, django_assert_num_queries
):
    make(person, environment="test")
    KeyUse.objects.create(key=person.api_keys.get(), status=200, latency_ms=1)
    browser.get(PLACE)
    with django_assert_max_num_queries(20) as one:
        browser.get(PLACE)
    for _ in range(3):
        make(person, environment="test")
    with django_assert_num_queries(len(one)):
        browser.get(PLACE)
