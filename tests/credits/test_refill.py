from datetime import timedelta

from django.utils import timezone

from credits import services
from credits.models import Entry, Wallet
from tests import factories


def days(number):
    return timezone.now() + timedelta(days=number)


def wallet(user):
    return Wallet.objects.get(pk=user.pk)


def test_free_wallet_is_filled_up_once_per_period(db):
    user = factories.person(credits_left=3)

    assert services.refill_due(at=days(29)) == 0
    assert services.refill_due(at=days(31)) == 1
    assert wallet(user).available == 10
    factories.spend(user, 10)
    assert services.refill_due(at=days(32)) == 0

    services.refill_due(at=days(61))

    assert wallet(user).available == 10
    amounts = Entry.objects.filter(reference__startswith="refill:").values_list("amount", flat=True)
    assert sorted(amounts) == [7, 10]
    assert list(services.audit()) == []


def test_missed_periods_do_not_add_up(db):
    user = factories.person(credits_left=0)

    services.refill_due(at=days(200))
    services.refill_due(at=days(200))

    assert wallet(user).available == 10
    assert days(200) < wallet(user).next_refill_at <= days(230)


def test_full_wallet_gets_nothing_and_its_period_is_over(db):
    user = factories.person(credits_left=40)

    services.refill_due(at=days(31))
    factories.spend(user, 40)
    services.refill_due(at=days(32))

    assert wallet(user).available == 0


def test_supporters_are_not_refilled_here(db):
    user = factories.person(credits_left=0)
    services.set_plan(user.pk, "SUPPORTER", reason="test")

    assert services.refill_due(at=days(31)) == 0
    assert wallet(user).available == 0
