"""Deletion, export, and what staff see."""

import json

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from accounts.profile import deletion
from accounts.signals import data_wanted
from credits.models import Wallet
from credits.payments import checks, upkeep
from credits.payments.models import Payment, Subscription
from tests import factories


def delete(person):
    with transaction.atomic():
        deletion._delete(person)


def test_deleted_person_pays_no_more(payer, paypal):
    id_ = payer.subscribed()
    assert payer.row.customer_id

    delete(payer.person)

    assert payer.row.customer_id == payer.row.approve_url == ""
    assert upkeep.cancel_due() == 1
    assert paypal.agreements[id_].status == "CANCELLED"
    assert payer.row.customer_id == ""
    assert Payment.objects.get().amount == 9  # the books stay


def test_deletion_without_paypal_is_made_good_later(payer, paypal):
    from tests.paypal_server import Fault

    id_ = payer.subscribed()
    paypal.faults[""] = Fault(500)
    delete(payer.person)
    assert upkeep.cancel_due() == 0

    deletion.forget_late()
    paypal.faults.clear()

    assert upkeep.cancel_due() == 1
    assert paypal.agreements[id_].status == "CANCELLED"


def test_money_for_the_deleted_is_booked_and_gives_nothing(payer, paypal, caplog):
    id_ = payer.subscribed()
    delete(payer.person)

    payer.tell(paypal.pay(id_))

    assert Payment.objects.count() == 2
    assert Wallet.objects.get(pk=payer.person.pk).available == 210
    assert "payment.of_the_deleted" in caplog.text


def test_approval_by_the_deleted_is_cancelled(payer, paypal):
    id_ = payer.subscribe()
    delete(payer.person)

    payer.tell(paypal.approve(id_))

    assert upkeep.cancel_due() == 1
    assert paypal.agreements[id_].status == "CANCELLED"
    assert Wallet.objects.get(pk=payer.person.pk).plan == "FREE"


def test_export_holds_subscriptions_and_payments(payer):
    id_ = payer.subscribed()

    files = {}
    for _, answer in data_wanted.send(type(payer.person), user=payer.person):
        for name, pieces in answer:
            if name in ("subscriptions.json", "payments.json"):
                files[name] = json.loads(b"".join(_bytes(one) for one in pieces))

    assert files["subscriptions.json"][0]["subscriptionId"] == id_
    assert files["subscriptions.json"][0]["customerId"] == "PAYER123"
    assert files["payments.json"][0]["amount"] == "9.000"


def _bytes(piece):
    return piece if isinstance(piece, bytes) else piece.encode()


@pytest.mark.parametrize(("role", "sees"), [("billing", True), ("support", False)])
def test_billing_staff_look_and_change_nothing(payer, role, sees):
    payer.subscribed()
    staff = factories.person()
    staff.is_staff = True
    staff.save()
    staff.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(staff)

    for name in ("subscription", "payment", "paymentevent"):
        reply = client.get(f"/admin/credits/{name}/", {"q": payer.person.email[:6]})
        assert reply.status_code == (200 if sees else 403), name
        assert client.get(f"/admin/credits/{name}/add/").status_code == 403
    row = Subscription.objects.get()
    assert client.get(f"/admin/credits/subscription/{row.pk}/change/").status_code == (
        200 if sees else 403
    )
    assert client.get(f"/admin/credits/subscription/{row.pk}/delete/").status_code == 403


# --- Settings ---


def test_check_passes_without_and_with_everything(settings, paypal):
    assert checks.paypal(None) == []
    for name in checks.NEEDED:
        setattr(settings, name, "")
    assert checks.paypal(None) == []


def test_check_names_what_is_missing(settings, paypal):
    settings.PAYPAL_PLAN_ID = settings.PAYPAL_WEBHOOK_ID = ""

    (error,) = checks.paypal(None)

    assert error.id == "credits.E001"
    assert error.msg.endswith("Not set: PAYPAL_PLAN_ID, PAYPAL_WEBHOOK_ID.")


def test_check_refuses_plain_http_in_production(settings, paypal):
    settings.PRODUCTION = True

    assert [error.id for error in checks.paypal(None)] == ["credits.E002"]
