import json
import logging
from datetime import timedelta
from decimal import Decimal

import pytest

from credits.payments.models import Payment, PaymentEvent
from tests.paypal_server import SECRET, SUBSCRIPTIONS, TOKEN, VERIFY, WEBHOOK, Fault, post


def person_of(payer):
    return payer.api.get("/auth/current-user").json()


def test_20_activation_delivered_twice_grants_once_and_makes_a_supporter(payer, paypal, purchases):
    id_ = payer.subscribe()
    told = paypal.approve(id_)

    for _ in range(2):
        payer.tell(told)

    assert person_of(payer)["plan"] == "SUPPORTER"
    assert person_of(payer)["credits"] == 210
    assert payer.paid_entries == [f"payment:paypal:{id_}"]
    assert purchases == [(payer.person.pk, 200, f"payment:paypal:{id_}")]
    assert PaymentEvent.objects.count() == 1


def test_first_payment_is_what_the_activation_gave(payer, paypal, purchases):
    id_ = payer.subscribed()

    payment = Payment.objects.get()
    assert (payment.amount, payment.currency) == (Decimal("9.00"), "USD")
    assert payment.reference == f"payment:paypal:{id_}"
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert len(purchases) == 1


def test_payment_told_before_the_activation_gives_as_much(payer, paypal, purchases):
    id_ = payer.subscribe()
    activated, paid = paypal.approve(id_), paypal.pay(id_)

    payer.tell(paid)
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    payer.tell(activated)

    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert payer.paid_entries == [f"payment:paypal:{paid['resource']['id']}"]
    assert len(purchases) == 1


def test_every_later_payment_gives_once(payer, paypal, purchases):
    id_ = payer.subscribed()
    renewals = [paypal.pay(id_) for _ in range(2)]

    for told in [*renewals, *renewals]:
        payer.tell(told)

    assert payer.plan_and_credits == ("SUPPORTER", 610)
    assert [amount for _, amount, _ in purchases] == [200, 200, 200]


def test_event_is_believed_where_paypal_itself_is_behind(payer, paypal):
    """A copy of PayPal's that does not know yet."""
    id_ = payer.subscribe()
    told = paypal.approve(id_)
    paypal.agreements[id_].status = "APPROVAL_PENDING"

    payer.tell(told)

    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_event_is_believed_where_paypal_finds_no_such_subscription(payer, paypal):
    id_ = payer.subscribe()
    told = paypal.approve(id_)
    del paypal.agreements[id_]

    payer.tell(told)

    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_cancellation_keeps_the_plan_until_the_period_ends(payer, paypal):
    id_ = payer.subscribed()

    payer.tell(paypal.change(id_, "CANCELLED"))

    assert payer.row.status == "CANCELLED"
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_suspension_after_the_paid_period_ends_the_plan_at_once(payer, paypal):
    paypal.now -= timedelta(days=31)
    id_ = payer.subscribed()
    paypal.now += timedelta(days=31)
    payer.tell(paypal.fail(id_))
    assert payer.plan_and_credits == ("SUPPORTER", 210)  # it may still work

    payer.tell(paypal.change(id_, "SUSPENDED"))

    assert payer.plan_and_credits == ("FREE", 210)
    payer.tell(paypal.pay(id_))
    payer.tell(paypal.change(id_, "ACTIVE"))
    assert payer.plan_and_credits == ("SUPPORTER", 410)


def test_full_refund_ends_plan_and_subscription_but_leaves_credits(payer, paypal, caplog):
    id_ = payer.subscribed()
    sale = Payment.objects.get().external_id

    payer.tell(paypal.refund(id_, sale))

    assert payer.plan_and_credits == ("FREE", 210)
    assert payer.row.cancel_asked_at
    payment = Payment.objects.get()
    assert payment.refunded == payment.amount
    assert payment.refunded_at
    assert "payment.refunded" in caplog.text


def test_partial_refunds_end_the_plan_when_they_come_to_all_of_it(payer, paypal):
    id_ = payer.subscribed()
    sale = Payment.objects.get().external_id

    payer.tell(paypal.refund(id_, sale, "4.00"))
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert Payment.objects.get().refunded == Decimal("4.00")
    payer.tell(paypal.refund(id_, sale, "5.00"))

    assert payer.plan_and_credits == ("FREE", 210)


def test_chargeback_ends_plan_and_subscription(payer, paypal):
    id_ = payer.subscribed()

    payer.tell(paypal.reverse(id_, Payment.objects.get().external_id))

    assert payer.plan_and_credits == ("FREE", 210)
    assert payer.row.cancel_asked_at


def test_refund_of_an_earlier_period_leaves_the_plan(payer, paypal):
    id_ = payer.subscribed()
    earlier = Payment.objects.get().external_id
    paypal.now += paypal.agreements[id_].next_billing - paypal.now
    payer.tell(paypal.pay(id_))

    payer.tell(paypal.refund(id_, earlier))

    assert payer.plan_and_credits == ("SUPPORTER", 410)
    assert payer.row.cancel_asked_at is None


# --- What is none of ours, or none at all ---


@pytest.mark.parametrize(
    "change",
    [
        lambda body, told: (body.replace(b"ACTIVATED", b"EXPIRED"), told),
        lambda body, told: (body + b" ", {**told, "PAYPAL-TRANSMISSION-SIG": "0" * 64}),
        lambda body, told: (body, {**told, "PAYPAL-TRANSMISSION-ID": "another"}),
        lambda body, told: (body, {**told, "PAYPAL-AUTH-ALGO": ""}),
        lambda body, told: (body, {k: v for k, v in told.items() if not k.endswith("CERT-URL")}),
        lambda body, told: (body, {**told, "PAYPAL-CERT-URL": "x" * 3000}),
        lambda body, told: (body, {}),
        lambda body, told: (json.dumps(json.loads(body)).encode(), told),
    ],
    ids=["body", "signature", "id", "empty", "missing", "long", "unsigned", "rewritten"],
)
def test_message_that_is_not_paypals_is_refused(payer, paypal, change):
    told = paypal.approve(payer.subscribe())

    reply = post(*change(*paypal.signed(told)))

    assert (reply.status_code, reply.json()) == (401, {"error": "The signature is not valid"})
    assert payer.plan_and_credits == ("FREE", 10)
    assert not PaymentEvent.objects.exists()


def test_message_signed_for_another_webhook_is_refused(payer, paypal):
    body, headers = paypal.signed(paypal.approve(payer.subscribe()), webhook="WH-OTHER")

    assert WEBHOOK != "WH-OTHER"
    assert post(body, headers).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b"{", b'"x"', b"\xff\xfe", b'{"id": NaN}', b"[" * 5000),
        b'{"id": "WH-1"}',
        b'{"id": 7, "event_type": "X", "resource": {}}',
        b'{"id": "WH-1", "event_type": "X", "resource": []}',
        b'{"id": "WH-\\u0000", "event_type": "X", "resource": {}}',
        b'{"id": "%s", "event_type": "X", "resource": {}}' % (b"x" * 65),
        b'{"id": "WH-1", "event_type": "X", "resource": {}} , {}',
    ],
)
def test_message_that_is_no_event_is_refused_without_asking_paypal(db, paypal, body):
    reply = paypal.deliver(body)

    assert (reply.status_code, reply.json()) == (400, {"error": "Malformed event"})
    assert paypal.calls == []


def test_message_that_is_too_long_is_refused(db, paypal):
    assert paypal.deliver(b'{"id": "' + b"x" * 110_000 + b'"}').status_code == 413


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("CUSTOMER.DISPUTE.CREATED", {"id": "PP-1"}),
        ("BILLING.SUBSCRIPTION.ACTIVATED", {"id": "I-OF-ANOTHER-SHOP", "status": "ACTIVE"}),
        ("BILLING.SUBSCRIPTION.ACTIVATED", {"id": ["x"], "status": 5, "links": 4}),
        ("PAYMENT.SALE.COMPLETED", {"id": "S-1", "amount": {"total": "nine"}}),
        ("PAYMENT.SALE.REFUNDED", {"id": "R-1", "sale_id": "S-1", "amount": {"total": "1e999"}}),
        ("BILLING.PLAN.UPDATED", {}),
    ],
)
def test_signed_event_that_is_none_of_ours_is_taken_and_does_nothing(payer, paypal, kind, resource):
    told = paypal.event(kind, resource)

    for _ in range(2):
        payer.tell(told)

    assert payer.plan_and_credits == ("FREE", 10)
    assert PaymentEvent.objects.get().subscription is None


def test_odd_members_of_an_event_of_ours_do_no_harm(payer, paypal):
    id_ = payer.subscribed()
    for total in ("NaN", "-9", "0", "0.0001", "1e400", "", "9" * 30):
        amount = {"total": total, "currency": "USD"}
        sale = {"id": "S-ODD", "state": "completed", "billing_agreement_id": id_, "amount": amount}
        sale["create_time"] = "2026-13-45T99:00:00Z" if total == "0" else "2026-11-01T00:00:00Z"
        payer.tell(paypal.event("PAYMENT.SALE.COMPLETED", sale))

    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(("value", "currency"), [("0.01", "USD"), ("8.99", "USD"), ("9.00", "JPY")])
def test_payment_that_is_too_small_gives_nothing(payer, paypal, caplog, value, currency):
    id_ = payer.subscribed()
    told = paypal.pay(id_, value)
    told["resource"]["amount"]["currency"] = currency

    payer.tell(told)

    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert Payment.objects.get(external_id=told["resource"]["id"]).reference == ""
    assert "payment.too_small" in caplog.text
    payer.tell(paypal.pay(id_, "10.80"))  # with a tax on top
    assert payer.plan_and_credits == ("SUPPORTER", 410)


def test_payment_that_is_too_small_does_not_pay_for_the_advance(payer, paypal):
    first = payer.subscribe()
    payer.tell(paypal.approve(first))
    payer.tell(paypal.pay(first, "0.01"))
    payer.tell(paypal.change(first, "CANCELLED"))
    second = payer.subscribe()

    payer.tell(paypal.approve(second))

    assert payer.wallet.available == 210


def test_pending_payment_gives_nothing_yet(payer, paypal):
    id_ = payer.subscribed()
    told = paypal.pay(id_)
    told["resource"]["state"] = "pending"

    payer.tell(told)

    assert payer.plan_and_credits == ("SUPPORTER", 210)


# --- PayPal is away ---


@pytest.mark.parametrize(
    "where", [f"POST {VERIFY}", f"POST {TOKEN}", f"GET {SUBSCRIPTIONS}"], ids=lambda x: x[:12]
)
@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(200, b"{"), Fault(hang_up=True), Fault(delay=1.5), Fault(403), Fault(429)],
    ids=repr,
)
def test_message_comes_again_while_paypal_cannot_be_asked(payer, paypal, settings, where, fault):
    told = paypal.approve(payer.subscribe())
    fault.times = 10**6
    settings.PAYPAL_TIMEOUT_SECONDS = 1
    from credits.payments.paypal import http

    http.tokens._known.clear()
    paypal.faults[where] = fault
    reply = paypal.deliver(told)
    assert reply.status_code == 503
    assert reply.json()["error"]
    assert payer.plan_and_credits == ("FREE", 10)
    assert not PaymentEvent.objects.exists()

    settings.PAYPAL_TIMEOUT_SECONDS = 5
    paypal.faults.clear()
    payer.tell(told)
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_verification_that_says_nothing_is_no_yes(payer, paypal):
    told = paypal.approve(payer.subscribe())
    for body in (b"{}", b"[]", b'{"verification_status": true}', b"null", b""):
        paypal.faults[f"POST {VERIFY}"] = Fault(200, body)
        assert paypal.deliver(told).status_code == 401, body
    paypal.faults[f"POST {VERIFY}"] = Fault(400, b'{"name": "VALIDATION_ERROR"}')
    assert paypal.deliver(told).status_code == 401

    assert payer.plan_and_credits == ("FREE", 10)


def test_unconfigured_webhook_is_a_503(db, paypal, settings):
    settings.PAYPAL_WEBHOOK_ID = ""

    assert paypal.deliver(b"{}").status_code == 503
    assert paypal.calls == []


def test_webhook_needs_no_token_and_is_the_only_path_that_needs_none(db, paypal, client):
    assert post(b"{}", {}).status_code == 401
    for path in ("paypal/webhook/", "paypal/webhooks", "paypal/create-subscription"):
        assert client.__class__(enforce_csrf_checks=True).post(f"/api/{path}").status_code == 403


def test_logs_hold_no_secret(payer, paypal, caplog):
    caplog.set_level(logging.DEBUG)
    payer.subscribed()
    paypal.faults[f"GET {SUBSCRIPTIONS}"] = Fault(500)
    payer.api.get("/paypal/status")

    said = caplog.text
    kept = [SECRET, *paypal.tokens, "buyer@paypal.example", "PAYER123", payer.person.email]
    assert [one for one in kept if one in said] == []
    assert "payment.event" in said
