"""The same news on several ways at once: messages, a reading, a cancellation and a deletion."""

import threading

import pytest
from django.db import connection, transaction

from accounts.profile import deletion
from credits import services as credits
from credits.models import Entry, Wallet
from credits.payments import services, upkeep
from credits.payments.models import Payment, PaymentEvent, Subscription
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run them in threads that begin together; what they raised."""
    begin, errors = threading.Barrier(len(works)), []

    def run(work):
        begin.wait()
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.fixture
def subscriber(paypal):
    user = factories.person()
    return user, services.subscribe(user).external_id


def test_messages_and_readings_at_once_count_once(paypal, subscriber):
    user, id_ = subscriber
    activated, paid = paypal.approve(id_), paypal.pay(id_)
    statuses = []

    def deliver(told):
        return lambda: statuses.append(paypal.deliver(told).status_code)

    def read():
        services.refresh(Subscription.objects.get(user=user), with_payments=True)

    works = [deliver(activated)] * 3 + [deliver(paid)] * 3 + [read] * 2
    assert at_once(*works) == []

    wallet = Wallet.objects.get(pk=user.pk)
    assert statuses == [200] * 6
    assert (wallet.plan, wallet.available) == ("SUPPORTER", 210)
    assert Entry.objects.filter(wallet=wallet, reference__startswith="payment:").count() == 1
    assert (Payment.objects.count(), PaymentEvent.objects.count()) == (1, 2)
    assert list(credits.audit()) == []


def test_deletion_and_renewals_at_once_end_in_a_cancelled_subscription(paypal, subscriber):
    user, id_ = subscriber
    assert paypal.deliver(paypal.approve(id_)).status_code == 200
    sales = [paypal.pay(id_) for _ in range(4)]

    def delete():
        with transaction.atomic():
            deletion._delete(user)

    assert at_once(delete, *[lambda told=told: paypal.deliver(told) for told in sales]) == []

    upkeep.cancel_due()
    row = Subscription.objects.get(user=user)
    assert paypal.agreements[id_].status == row.status == "CANCELLED"
    assert row.customer_id == ""
    assert Payment.objects.count() == 4
    assert list(credits.audit()) == []


def test_cancelling_at_once_is_one_cancellation(paypal, subscriber):
    user, id_ = subscriber
    for told in (paypal.approve(id_), paypal.pay(id_)):
        assert paypal.deliver(told).status_code == 200

    assert at_once(*[lambda: services.cancel(user)] * 4) == []

    assert Subscription.objects.get(user=user).status == "CANCELLED"
    assert Wallet.objects.get(pk=user.pk).plan == "SUPPORTER"
