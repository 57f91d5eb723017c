import threading

import pytest
from django.db import connection

from credits.payments import services
from credits.payments.errors import AlreadySubscribed
from tests import factories
from tests.conftest import Api
from tests.credits.payments.conftest import Payer
from tests.paypal_server import SUBSCRIPTIONS, TOKEN, Fault

CREATE = f"POST {SUBSCRIPTIONS}"
AWAY = {"error": "PayPal is not reachable right now. Please try again in a few minutes."}


def test_create_answers_what_the_button_needs(payer, paypal, settings):
    settings.FRONTEND_URL = "https://chatsvg.example"

    reply = payer.api.post("/paypal/create-subscription")

    made = paypal.agreements[reply.json()["subscriptionId"]]
    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    assert reply.json() == {
        "subscriptionId": made.id,
        "status": "APPROVAL_PENDING",
        "approveUrl": f"{paypal.url}/webapps/billing/subscriptions?ba_token={made.id}",
    }
    assert made.custom_id == str(payer.row.pk)
    asked = next(body for body in paypal.bodies if b"return_url" in body).decode()
    assert '"return_url": "https://chatsvg.example/billing/paypal/success"' in asked
    assert '"cancel_url": "https://chatsvg.example/billing/paypal/cancel"' in asked
    assert payer.plan_and_credits == ("FREE", 10)


def test_create_asked_again_gives_the_same_subscription(payer, paypal):
    first = payer.subscribe()
    payer.wait(hours=1)

    assert payer.subscribe() == first
    assert paypal.count(CREATE) == 1


def test_create_after_the_first_ended_at_paypal_makes_another(payer, paypal):
    first = payer.subscribe()
    payer.wait(hours=1)
    paypal.change(first, "EXPIRED")

    second = payer.subscribe()

    assert second != first
    assert [row.status for row in payer.rows] == ["EXPIRED", "APPROVAL_PENDING"]


@pytest.mark.parametrize("status", ["EXPIRED", "CANCELLED", "SUSPENDED"])
def test_one_that_ends_before_it_was_approved_gives_nothing(payer, paypal, status):
    payer.tell(paypal.change(payer.subscribe(), status))

    assert payer.plan_and_credits == ("FREE", 10)


def test_create_after_paypal_forgot_the_first_makes_another(payer, paypal):
    first = payer.subscribe()
    payer.wait(hours=1)
    del paypal.agreements[first]

    assert payer.subscribe() != first
    assert [row.status for row in payer.rows] == ["ABANDONED", "APPROVAL_PENDING"]


def test_create_for_another_plan_makes_another(payer, settings, paypal):
    payer.subscribe()
    settings.PAYPAL_PLAN_ID = "P-OTHER"
    reply = payer.api.post("/paypal/create-subscription")

    assert reply.status_code == 503  # this PayPal has no such plan
    assert [row.status for row in payer.rows] == ["ABANDONED", "APPROVAL_PENDING"]


def test_second_active_subscription_is_refused(payer):
    payer.subscribed()

    reply = payer.api.post("/paypal/create-subscription")

    assert reply.status_code == 409
    assert reply.json() == {
        "error": "You already have an active subscription.",
        "errorCode": "ALREADY_SUBSCRIBED",
    }


def test_approved_one_whose_message_was_lost_is_found_out_on_the_next_click(payer, paypal):
    id_ = payer.subscribe()
    payer.wait(minutes=5)
    paypal.approve(id_)

    reply = payer.api.post("/paypal/create-subscription")

    assert reply.status_code == 409
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_visitor_and_missing_token_are_refused(api, paypal):
    assert api.post("/paypal/create-subscription").status_code == 401
    assert api.post("/paypal/subscription/cancel").status_code == 401
    assert api.get("/paypal/status").status_code == 401
    assert api.client.post("/api/paypal/create-subscription").status_code == 403
    assert paypal.calls == []


@pytest.mark.parametrize("path", ["create-subscription", "subscription/cancel"])
def test_unconfigured_is_a_clear_503(payer, settings, path):
    payer.subscribed() if "cancel" in path else None
    settings.PAYPAL_CLIENT_SECRET = ""

    reply = payer.api.post(f"/paypal/{path}")

    assert reply.status_code == 503
    assert reply.json() == {"error": "Payments are not available here. Please contact support."}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(503, b"<html>maintenance</html>"),
        Fault(429),
        Fault(201, b"not json"),
        Fault(201, b'{"id": 5}'),
        Fault(201, b"[1]"),
        Fault(hang_up=True),
        Fault(delay=1.5),
        Fault(201, b" " * 100, dribble=0.05),
    ],
    ids=repr,
)
@pytest.mark.parametrize("where", [CREATE, f"POST {TOKEN}"])
def test_paypal_in_trouble_is_a_503_and_the_next_click_works(payer, paypal, settings, fault, where):
    settings.PAYPAL_TIMEOUT_SECONDS = 1
    fault.times = 10**6
    paypal.faults[where] = fault

    reply = payer.api.post("/paypal/create-subscription")

    assert (reply.status_code, reply.json(), reply["Retry-After"]) == (503, AWAY, "30")
    paypal.faults.clear()
    settings.PAYPAL_TIMEOUT_SECONDS = 5
    payer.subscribe()
    assert len(payer.rows) == len(paypal.agreements) == 1


def test_answer_lost_after_paypal_made_it_makes_no_second_one(payer, paypal):
    paypal.faults[CREATE] = Fault(502, is_done_before=True, times=1)
    assert payer.api.post("/paypal/create-subscription").status_code == 503

    id_ = payer.subscribe()

    assert list(paypal.agreements) == [id_]


def test_approval_of_one_whose_answer_was_lost_finds_its_person(payer, paypal):
    paypal.faults[CREATE] = Fault(502, is_done_before=True, times=1)
    assert payer.api.post("/paypal/create-subscription").status_code == 503
    (id_,) = paypal.agreements

    payer.tell(paypal.approve(id_))

    assert payer.row.external_id == id_
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_cheaper_plan_under_our_key_is_nobodys(payer, paypal):
    paypal.faults[CREATE] = Fault(502, is_done_before=True, times=1)
    assert payer.api.post("/paypal/create-subscription").status_code == 503
    (id_,) = paypal.agreements
    paypal.agreements[id_].plan_id = "P-CHEAP"

    payer.tell(paypal.approve(id_))
    payer.tell(paypal.pay(id_, "0.01"))

    assert payer.plan_and_credits == ("FREE", 10)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_make_one(paypal):
    user, made = factories.person(), []
    paypal.faults[CREATE] = Fault(delay=0.3)

    def click():
        try:
            made.append(services.subscribe(user).external_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 6
    assert set(made) == set(paypal.agreements)
    assert len(paypal.agreements) == 1


@pytest.mark.django_db(transaction=True)
def test_click_while_the_first_fails_takes_over(paypal):
    user, outcomes = factories.person(), []
    paypal.faults[CREATE] = Fault(500, delay=0.4, times=1)

    def click():
        try:
            outcomes.append(services.subscribe(user).external_id)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (id_,) = paypal.agreements
    assert sorted(outcomes) == sorted([id_, "PaymentsAway"])


def test_second_one_that_was_approved_all_the_same_is_cancelled_and_paid_for_once_more(
    payer, paypal, django_capture_on_commit_callbacks, caplog
):
    """Two tabs: the first one's page at PayPal stayed open."""
    first = payer.subscribe()
    payer.wait(hours=2)
    del paypal.by_request[str(payer.row.pk)]
    one = paypal.agreements.pop(first)
    second = payer.subscribe()
    paypal.agreements[first] = one
    payer.tell(paypal.approve(second))
    payer.tell(paypal.pay(second))

    payer.tell(paypal.approve(first))
    payer.tell(paypal.pay(first))

    rows = {row.external_id: row for row in payer.rows}
    assert rows[first].cancel_asked_at
    assert rows[second].cancel_asked_at is None
    assert "subscription.second" in caplog.text
    assert payer.plan_and_credits == ("SUPPORTER", 410)  # what was paid for was given
    from credits.payments import upkeep

    assert upkeep.cancel_due() == 1
    assert paypal.agreements[first].status == "CANCELLED"
    assert paypal.agreements[second].status == "ACTIVE"


def test_somebody_elses_subscription_is_no_hindrance(payer, paypal, db):
    payer.subscribed()
    other = Payer(Api(), factories.person(), paypal)

    other.subscribed()

    assert other.plan_and_credits == ("SUPPORTER", 210)
    with pytest.raises(AlreadySubscribed):
        services.subscribe(other.person)
