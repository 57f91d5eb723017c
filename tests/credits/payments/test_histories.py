"""Any order, any duplicates, any loss: what follows from the same history is the same."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from credits import services as credits
from credits.models import Entry, Wallet
from credits.payments import services, upkeep
from credits.payments.models import Payment, PaymentEvent, Subscription
from tests import factories
from tests.paypal_server import MONTH, PayPalServer

HISTORIES = int(os.environ.get("TEST_HISTORIES", "12"))
PROFILE = settings(
    max_examples=HISTORIES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

endings = st.sampled_from(["", "", "CANCELLED", "SUSPENDED", "EXPIRED", "refund", "chargeback"])
histories = st.tuples(st.integers(1, 4), st.booleans(), endings)


def lived(paypal: PayPalServer, id_: str, months: int, fails: bool, ending: str) -> list[dict]:
    """What PayPal tells of a subscription that has gone on for some months, until now."""
    now = datetime.now(UTC).replace(microsecond=0)
    paypal.now = now - MONTH * (months - 1) - timedelta(days=2)
    told = [paypal.approve(id_), paypal.pay(id_)]
    for _ in range(months - 1):
        paypal.now += MONTH
        if fails:
            told.append(paypal.fail(id_))
        told.append(paypal.pay(id_))
    paypal.now = now
    last = paypal.agreements[id_].transactions[-1]["id"]
    if ending == "refund":
        told.append(paypal.refund(id_, last))
    elif ending == "chargeback":
        told.append(paypal.reverse(id_, last))
    elif ending:
        told.append(paypal.change(id_, ending))
    return told


def outcome(user) -> dict:
    wallet, row = Wallet.objects.get(pk=user.pk), Subscription.objects.get(user=user)
    payments = Payment.objects.filter(subscription=row).order_by("paid_at")
    entries = Entry.objects.filter(wallet=wallet, reference__startswith="payment:")
    assert list(credits.audit()) == []
    assert len({one.reference for one in payments}) == len(payments) == entries.count()
    return {
        "plan": wallet.plan,
        "credits": wallet.available,
        "status": row.status,
        "paid": [(one.amount, bool(one.refunded_at)) for one in payments],
        "to be cancelled": bool(row.cancel_asked_at),
        "entitled": row.entitled_until > datetime.now(UTC),
    }


def expected(months: int, ending: str) -> dict:
    is_void = ending in ("refund", "chargeback")
    has_plan = ending not in ("refund", "chargeback")
    return {
        "plan": "SUPPORTER" if has_plan else "FREE",
        "credits": 10 + 200 * months,
        "status": "ACTIVE" if is_void or not ending else ending,
        "paid": [(9, is_void and month == months - 1) for month in range(months)],
        "to be cancelled": is_void,
        "entitled": has_plan,
    }


@pytest.fixture
def somebody(db, paypal):
    """Makes a person with a subscription that awaits approval, inside what is undone."""

    def make():
        user = factories.person()
        return user, services.subscribe(user).external_id

    return make


def deliver(paypal, told) -> None:
    for one in told:
        reply = paypal.deliver(one)
        assert reply.status_code == 200, reply.content


@PROFILE
@given(history=histories, data=st.data())
def test_any_order_and_any_duplicates_end_the_same(somebody, paypal, history, data):
    """PayPal is asked each time: it may be far ahead of what it tells."""
    with transaction.atomic():
        user, id_ = somebody()
        told = lived(paypal, id_, *history)
        again = data.draw(st.lists(st.sampled_from(told), max_size=4))
        deliver(paypal, data.draw(st.permutations([*told, *again])))

        assert outcome(user) == expected(history[0], history[2])
        assert PaymentEvent.objects.filter(external_id__in=[one["id"] for one in told]).count() == (
            len(told)
        )
        transaction.set_rollback(True)


@PROFILE
@given(history=histories, data=st.data())
def test_any_loss_is_made_up_for(somebody, paypal, history, data):
    """Some of what PayPal tells never comes; then it is asked, as it is now and then."""
    with transaction.atomic():
        user, id_ = somebody()
        told = lived(paypal, id_, *history)
        some = data.draw(st.lists(st.sampled_from(told), unique_by=lambda one: one["id"]))
        Subscription.objects.update(created_at=datetime.now(UTC) - timedelta(days=200))
        is_asked_first = data.draw(st.booleans())
        if not is_asked_first:
            deliver(paypal, some)
        Subscription.objects.update(next_read_at=datetime.now(UTC) - timedelta(seconds=1))
        assert upkeep.read_due() == 1
        if is_asked_first:
            deliver(paypal, some)

        found = outcome(user)
        assert found == expected(history[0], history[2])
        transaction.set_rollback(True)


@PROFILE
@given(history=histories, data=st.data())
def test_paypal_in_and_out_of_reach_ends_the_same(somebody, paypal, history, data):
    """What is answered with 503 is sent again, later."""
    from tests.paypal_server import Fault

    with transaction.atomic():
        user, id_ = somebody()
        told = lived(paypal, id_, *history)
        waiting = list(data.draw(st.permutations(told)))
        for _ in range(40):
            if not waiting:
                break
            where = data.draw(st.sampled_from(["", "", "POST /v1/notif", "GET /v1/billing"]))
            paypal.faults = {where: Fault(500)} if where else {}
            one = waiting.pop(0)
            status = paypal.deliver(one).status_code
            assert status == (503 if where else 200)
            if where:
                waiting.append(one)
        paypal.faults = {}
        deliver(paypal, waiting)

        assert outcome(user) == expected(history[0], history[2])
        transaction.set_rollback(True)
