import pytest

from credits.payments.models import Subscription
from tests.paypal_server import SUBSCRIPTIONS, Fault

NOTHING = {"customerId": None, "subscriptionId": None, "status": None, "planId": None}


def status(payer):
    reply = payer.api.get("/paypal/status")
    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    return reply.json()


def test_status_of_somebody_without_a_subscription(payer, paypal):
    assert status(payer) == {"plan": "FREE", "credits": 10, "paypal": NOTHING}
    assert paypal.calls == []


def test_status_of_a_subscriber_is_as_the_contract_has_it(payer, paypal):
    id_ = payer.subscribed()

    found = status(payer)

    remote = found["paypal"].pop("remote")
    assert found == {
        "plan": "SUPPORTER",
        "credits": 210,
        "paypal": {
            "customerId": "PAYER123",
            "subscriptionId": id_,
            "status": "ACTIVE",
            "planId": "P-SUPPORTER",
        },
    }
    assert remote == {
        "id": id_,
        "status": "ACTIVE",
        "plan_id": "P-SUPPORTER",
        "subscriber": {"payer_id": "PAYER123", "email_address": "buyer@paypal.example"},
        "billing_info": {
            "next_billing_time": paypal.shown(paypal.agreements[id_])["billing_info"][
                "next_billing_time"
            ],
            "last_payment": {"amount": {"currency_code": "USD", "value": "9.00"}},
        },
    }


def test_status_before_approval_and_after_cancelling(payer, paypal):
    id_ = payer.subscribe()
    assert status(payer)["paypal"]["remote"] == {
        "id": id_,
        "status": "APPROVAL_PENDING",
        "plan_id": "P-SUPPORTER",
    }
    payer.tell(paypal.approve(id_))
    payer.api.post("/paypal/subscription/cancel")

    assert status(payer)["paypal"]["status"] == "CANCELLED"
    assert "billing_info" not in status(payer)["paypal"]["remote"]


def test_status_finds_out_what_was_never_told(payer, paypal):
    paypal.approve(payer.subscribe())

    assert status(payer)["plan"] == "SUPPORTER"
    assert payer.plan_and_credits == ("SUPPORTER", 210)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(404, b"{}"),
        Fault(200, b"nonsense"),
        Fault(200, b'{"id": {}, "status": []}'),
        Fault(200, b"\x00"),
        Fault(hang_up=True),
        Fault(delay=1.3),
        Fault(302),
        Fault(200, b" " * 600_000),
    ],
    ids=lambda fault: repr(fault)[:40],
)
def test_status_holds_while_paypal_does_not(payer, paypal, settings, fault):
    id_ = payer.subscribed()
    settings.PAYPAL_TIMEOUT_SECONDS = 1
    paypal.faults[f"GET {SUBSCRIPTIONS}"] = fault

    found = status(payer)

    assert found["plan"] == "SUPPORTER"
    assert found["paypal"]["subscriptionId"] == id_
    assert "remote" not in found["paypal"]


def test_status_holds_where_payments_are_not_configured_any_more(payer, settings):
    payer.subscribed()
    settings.PAYPAL_CLIENT_ID = ""

    assert status(payer)["plan"] == "SUPPORTER"


def test_status_shows_what_counts_rather_than_what_is_newest(payer, paypal):
    id_ = payer.subscribed()
    Subscription.objects.create(
        user=payer.person, provider="paypal", plan_id="P-OLD", status="ABANDONED"
    )

    assert status(payer)["paypal"]["subscriptionId"] == id_


def test_nobody_has_us_ask_paypal_on_end(payer, paypal, limited):
    payer.subscribe()

    statuses = [payer.api.get("/paypal/status").status_code for _ in range(61)]

    assert statuses.count(200) == 59  # and the one that subscribed
    assert paypal.count(f"GET {SUBSCRIPTIONS}") == 59
    assert statuses[-1] == 429


# --- Cancelling ---


def test_cancel_keeps_the_plan_and_says_until_when(payer, paypal):
    id_ = payer.subscribed()

    reply = payer.api.post("/paypal/subscription/cancel")

    assert reply.status_code == 200
    assert paypal.agreements[id_].status == "CANCELLED"
    assert reply.json()["status"] == "CANCELLED"
    assert reply.json()["endsAt"].endswith("Z")
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert payer.row.cancels_at_period_end(payer.row.created_at)


def test_cancel_twice_is_once(payer, paypal):
    payer.subscribed()
    first = payer.api.post("/paypal/subscription/cancel").json()
    calls = paypal.count("POST /v1/billing")

    assert payer.api.post("/paypal/subscription/cancel").json() == first
    assert paypal.count("POST /v1/billing") == calls


def test_cancel_of_what_was_cancelled_at_paypal_finds_that_out(payer, paypal):
    id_ = payer.subscribed()
    paypal.change(id_, "CANCELLED")

    assert payer.api.post("/paypal/subscription/cancel").status_code == 200
    assert payer.row.status == "CANCELLED"


@pytest.mark.parametrize("is_pending", [False, True])
def test_cancel_without_a_subscription_is_404(payer, is_pending):
    payer.subscribe() if is_pending else None

    reply = payer.api.post("/paypal/subscription/cancel")

    assert (reply.status_code, reply.json()) == (404, {"error": "You have no active subscription."})


def test_cancel_while_paypal_is_away_is_503_and_changes_nothing(payer, paypal):
    id_ = payer.subscribed()
    paypal.faults["POST /v1/billing"] = Fault(500)

    assert payer.api.post("/paypal/subscription/cancel").status_code == 503

    assert payer.row.status == "ACTIVE"
    paypal.faults.clear()
    assert payer.api.post("/paypal/subscription/cancel").status_code == 200
    assert paypal.agreements[id_].status == "CANCELLED"


def test_cancel_holds_where_paypal_is_gone_right_after_it(payer, paypal):
    payer.subscribed()
    paypal.faults[f"GET {SUBSCRIPTIONS}"] = Fault(500)

    assert payer.api.post("/paypal/subscription/cancel").status_code == 200
    assert payer.row.status == "CANCELLED"


def test_cancelled_subscriber_may_subscribe_again(payer):
    payer.subscribed()
    payer.api.post("/paypal/subscription/cancel")

    payer_again = payer.subscribed

    assert payer_again()
    assert payer.plan_and_credits == ("SUPPORTER", 410)
