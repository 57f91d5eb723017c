"""Asking PayPal: tokens, time, and what it is told."""

import threading
import time

import pytest

from credits.payments.paypal import http
from credits.payments.paypal.client import PayPal
from credits.payments.provider import Away, Unknown
from tests.paypal_server import SUBSCRIPTIONS, TOKEN, Fault


@pytest.fixture
def client(paypal):
    http.tokens._known.clear()
    return PayPal()


def test_token_is_asked_for_once(client, paypal):
    for key in "abc":
        client.create(key=key)

    assert paypal.count(f"POST {TOKEN}") == 1


def test_token_is_asked_for_again_before_it_ends(client, paypal):
    paypal.token_seconds = 0
    for key in "ab":
        client.create(key=key)

    assert paypal.count(f"POST {TOKEN}") == 2


def test_token_that_paypal_took_back_is_replaced_at_once(client, paypal):
    client.create(key="a")
    paypal.tokens.clear()

    assert client.create(key="b").external_id in paypal.agreements
    assert paypal.count(f"POST {TOKEN}") == 2


def test_account_that_paypal_does_not_know_is_away(client, paypal, settings, caplog):
    settings.PAYPAL_CLIENT_SECRET = "another secret"

    with pytest.raises(Away):
        PayPal().create(key="a")

    assert "paypal.no_token status=401" in caplog.text
    assert "another secret" not in caplog.text
    assert "another secret" not in repr(PayPal()._account)


def test_token_that_never_works_is_asked_for_twice_only(client, paypal):
    paypal.faults[f"GET {SUBSCRIPTIONS}"] = Fault(401)

    with pytest.raises(Away):
        client.read("I-1")

    assert paypal.count(f"POST {TOKEN}") == 2


def test_same_key_makes_the_same_one(client, paypal):
    assert client.create(key="a").external_id == client.create(key="a").external_id
    assert client.create(key="b").external_id not in (None, client.create(key="a").external_id)


def test_what_paypal_does_not_know_is_unknown(client):
    for ask in (client.read, client.cancel):
        with pytest.raises(Unknown):
            ask("I-NOWHERE")


def test_id_cannot_lead_elsewhere(client, paypal):
    with pytest.raises(Unknown):
        client.read("../../v1/oauth2?x=1")

    assert paypal.calls[-1] == f"GET {SUBSCRIPTIONS}/..%2F..%2Fv1%2Foauth2%3Fx%3D1"


@pytest.mark.parametrize(
    "fault", [Fault(delay=6), Fault(200, b"{" * 200, dribble=0.1)], ids=["slow", "dribbling"]
)
def test_patience_ends(client, paypal, settings, fault):
    settings.PAYPAL_TIMEOUT_SECONDS = 1
    paypal.faults[f"GET {SUBSCRIPTIONS}"] = fault
    begun = time.monotonic()

    with pytest.raises(Away):
        client.read("I-1")

    assert time.monotonic() - begun < 5


def test_nobody_listening_is_away(client, settings):
    settings.PAYPAL_BASE_URL = "http://127.0.0.1:9"

    with pytest.raises(Away):
        PayPal().read("I-1")


def test_redirect_is_not_followed(client, paypal):
    paypal.faults[f"GET {SUBSCRIPTIONS}"] = Fault(302)

    with pytest.raises(Away):
        client.read("I-1")


def test_threads_share_a_token(client, paypal):
    client.create(key="first")
    threads = [
        threading.Thread(target=client.create, kwargs={"key": str(number)}) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(paypal.agreements) == 9
    assert paypal.count(f"POST {TOKEN}") == 1
