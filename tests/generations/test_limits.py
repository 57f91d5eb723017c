"""How fast a person may ask for drawings, and download them."""

import threading
from dataclasses import replace

import pytest
from django.db import connection

from chatsvg.errors import TooMany
from chatsvg.ratelimits.rules import Rate
from credits.models import Plan, Wallet
from credits.plans import ALLOWANCES
from credits.services import set_plan
from generations import advice, services
from generations.errors import CannotPay, TooManyUnderWay
from generations.models import Job
from tests import factories
from tests.pages import Browser, text

pytestmark = pytest.mark.usefixtures("limited")
SENTENCE = "Generation limit reached. Please try again later."


@pytest.fixture
def slow(monkeypatch):
    """FREE may ask three times a minute."""
    free = replace(ALLOWANCES[Plan.FREE], rates=(Rate(3, 60), Rate(60, 3600)))
    monkeypatch.setitem(ALLOWANCES, Plan.FREE, free)


def draw(user, key=None):
    """A drawing asked for, and canceled so that it is under way no more."""
    job, _ = services.submit(
        user, factories.recipe(), idempotency_key=key or f"k{Job.objects.count()}"
    )
    services.cancel(user, job.pk)
    return job


def test_plans_have_the_rates_that_they_promise():
    assert ALLOWANCES[Plan.FREE].rates == ((10, 60), (60, 3600))
    assert ALLOWANCES[Plan.SUPPORTER].rates == ((60, 60), (1000, 3600), (5000, 86400))


def test_eleventh_drawing_of_a_minute_is_refused(person):
    for _ in range(10):
        draw(person)

    with pytest.raises(TooMany) as refusal:
        draw(person)

    assert (str(refusal.value), refusal.value.code) == (SENTENCE, "")
    assert 0 < refusal.value.retry_after <= 61
    assert Job.objects.count() == 10
    assert draw(factories.person())


def test_supporters_may_go_on(person):
    set_plan(person.pk, Plan.SUPPORTER, reason="test")

    assert len([draw(person) for _ in range(11)]) == 11


def test_repeat_of_a_key_meets_no_limit_and_counts_in_none(slow, signed_in):
    replies = [signed_in.submit("the key") for _ in range(5)]
    assert [reply.status_code for reply in replies] == [202] * 5
    assert len({reply.json()["job"]["id"] for reply in replies}) == 1

    others = [signed_in.submit(f"key {number}").status_code for number in range(3)]
    assert others == [202, 202, 429]
    assert signed_in.submit("the key").json()["duplicate"] is True


@pytest.mark.django_db(transaction=True)
def test_repeats_at_once_meet_no_limit_either(slow):
    user, told = factories.person(), []

    def submit():
        try:
            told.append(
                services.submit(user, factories.recipe(), idempotency_key="the key").is_duplicate
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] + [True] * 11


def test_refusal_over_the_api_carries_sentence_and_headers(slow, signed_in, person):
    replies = [signed_in.submit(f"key {number}") for number in range(4)]

    told = [(reply["X-RateLimit-Limit"], reply["X-RateLimit-Remaining"]) for reply in replies]
    assert told == [("3", "2"), ("3", "1"), ("3", "0"), ("3", "0")]
    refused = replies[3]
    assert (refused.status_code, refused.json()) == (429, {"error": SENTENCE})
    assert 0 < int(refused["Retry-After"]) <= 61
    assert refused["X-RateLimit-Reset"] == replies[0]["X-RateLimit-Reset"]
    assert (Job.objects.count(), Wallet.objects.get(pk=person.pk).held) == (3, 3)


def test_refusal_on_the_page_keeps_the_prompt(slow, person):
    browser = Browser().sign_in(person)
    replies = [browser.draw(prompt=f"fox number {number}") for number in range(4)]

    assert [reply.status_code for reply in replies] == [303, 303, 303, 429]
    assert advice.REFUSALS[TooMany].title in text(replies[3])
    assert "fox number 3" in text(replies[3])
    assert 0 < int(replies[3]["Retry-After"]) <= 61


def test_rate_comes_before_the_cap_and_the_price(db, monkeypatch):
    user = factories.person(credits_left=0)
    once = replace(ALLOWANCES[Plan.FREE], rates=(Rate(1, 60),))
    monkeypatch.setitem(ALLOWANCES, Plan.FREE, once)

    with pytest.raises(CannotPay):
        draw(user)
    with pytest.raises(TooMany, match="Generation limit reached"):
        draw(user)


def test_under_way_has_its_own_refusal(person):
    for _ in range(5):
        factories.job(person)

    with pytest.raises(TooManyUnderWay):
        factories.job(person)


def test_submit_goes_on_without_redis(person, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    for _ in range(10):
        draw(person)

    with pytest.raises(TooMany):
        draw(person)


def test_twenty_first_download_of_a_minute_is_refused(signed_in):
    replies = [signed_in.get("/svg/x/download") for _ in range(21)]

    assert [reply.status_code for reply in replies] == [404] * 20 + [429]
    assert replies[20].json() == {"error": "Too many download requests. Please try again later."}
    assert 0 < int(replies[20]["Retry-After"]) <= 61
    told = [(reply["X-RateLimit-Limit"], reply["X-RateLimit-Remaining"]) for reply in replies[:2]]
    assert told == [("20", "19"), ("20", "18")]


def test_refusal_for_drawings_under_way_takes_no_place_of_the_rate(person, slow):
    free = replace(ALLOWANCES[Plan.FREE], drawings_under_way=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ALLOWANCES, Plan.FREE, free)
        services.submit(person, factories.recipe(), idempotency_key="one")
        for number in range(5):
            with pytest.raises(TooManyUnderWay):
                services.submit(person, factories.recipe(), idempotency_key=f"more-{number}")

    for number in range(2):
        services.submit(person, factories.recipe(), idempotency_key=f"later-{number}")
    assert Job.objects.filter(user=person).count() == 3
