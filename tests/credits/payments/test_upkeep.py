"""What happens by itself: periods that end, lost messages, and what nobody ever approved."""

from datetime import timedelta

from django.utils import timezone

from chatsvg.celery import app
from credits import services as credits
from credits import tasks
from credits.models import Plan
from credits.payments import upkeep
from credits.payments.models import Payment, Subscription
from tests import factories
from tests.conftest import Api
from tests.credits.payments.conftest import Payer
from tests.paypal_server import SUBSCRIPTIONS, Fault

READ = f"GET {SUBSCRIPTIONS}"


def make_due(payer):
    Subscription.objects.filter(user=payer.person).update(next_read_at=timezone.now())


def test_cancelled_plan_ends_with_its_period_and_credits_stay(payer):
    payer.subscribed()
    payer.api.post("/paypal/subscription/cancel")

    tasks.end_plans()
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    payer.wait(days=31)
    for _ in range(2):
        tasks.end_plans()

    assert payer.plan_and_credits == ("FREE", 210)
    assert not payer.wallet.is_plan_paid


def test_active_plan_has_some_days_of_grace_and_ends_without_paypal(payer, paypal):
    payer.subscribed()
    paypal.faults[""] = Fault(500)

    payer.wait(days=36)
    assert upkeep.end_plans() == 0
    payer.wait(days=2)
    assert upkeep.end_plans() == 1
    assert payer.plan_and_credits == ("FREE", 210)

    paypal.faults.clear()
    make_due(payer)
    tasks.read_subscriptions()
    assert payer.plan_and_credits == ("SUPPORTER", 210)  # it had been paid for all the time


def test_failed_payments_do_not_prolong_the_plan(payer, paypal):
    id_ = payer.subscribed()
    until = payer.row.period_end

    payer.tell(paypal.fail(id_))

    assert payer.row.period_end == until


def test_first_payment_that_never_works_leaves_no_plan(payer, paypal):
    id_ = payer.subscribe()
    paypal.approve(id_)
    payer.tell(paypal.fail(id_))
    assert payer.plan_and_credits == ("FREE", 10)  # nothing was paid for
    payer.wait(days=8)

    make_due(payer)
    upkeep.read_due()
    upkeep.end_plans()

    assert payer.plan_and_credits == ("FREE", 10)


def test_cancelled_before_anything_was_paid_leaves_no_plan(payer, paypal):
    id_ = payer.subscribe()
    payer.tell(paypal.approve(id_))
    assert payer.api.post("/paypal/subscription/cancel").json()["endsAt"] is None
    assert payer.wallet.plan == "FREE"

    paypal.pay(id_)  # it was under way, and nobody tells of it
    make_due(payer)
    upkeep.read_due()

    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_cancelled_without_a_payment_is_asked_for_a_week(payer, paypal):
    id_ = payer.subscribe()
    payer.tell(paypal.approve(id_))
    payer.tell(paypal.change(id_, "CANCELLED"))
    assert payer.row.next_read_at
    payer.wait(days=8)

    upkeep.read_due()

    assert payer.row.next_read_at is None


def test_plan_that_staff_gave_is_not_taken_back(payer, paypal):
    credits.set_plan(payer.person.pk, Plan.SUPPORTER, reason="gift")
    assert upkeep.end_plans() == 0
    id_ = payer.subscribed()
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    payer.tell(paypal.change(id_, "CANCELLED"))
    payer.wait(days=31)

    assert upkeep.end_plans() == 0
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_plan_that_staff_gave_to_a_subscriber_stays_when_the_subscription_ends(payer, paypal):
    id_ = payer.subscribed()
    credits.set_plan(payer.person.pk, Plan.SUPPORTER, reason="for ever")
    payer.tell(paypal.change(id_, "CANCELLED"))
    payer.wait(days=31)

    assert upkeep.end_plans() == 0
    assert payer.wallet.plan == "SUPPORTER"


def test_plan_that_staff_took_away_stays_away_until_the_next_payment(payer, paypal):
    id_ = payer.subscribed()
    credits.set_plan(payer.person.pk, Plan.FREE, reason="abuse")
    make_due(payer)
    upkeep.read_due()
    assert payer.wallet.plan == "FREE"

    payer.tell(paypal.pay(id_))

    assert payer.plan_and_credits == ("SUPPORTER", 410)


def test_everything_that_was_lost_is_found(payer, paypal):
    id_ = payer.subscribe()
    paypal.approve(id_)
    paypal.pay(id_)
    paypal.now += timedelta(seconds=1)
    paypal.pay(id_)
    make_due(payer)

    for _ in range(2):
        tasks.read_subscriptions()
        make_due(payer)

    assert payer.plan_and_credits == ("SUPPORTER", 410)
    assert Payment.objects.count() == 2


def test_refund_that_nobody_told_is_found(payer, paypal):
    id_ = payer.subscribed()
    paypal.agreements[id_].transactions[0]["status"] = "REFUNDED"
    make_due(payer)

    upkeep.read_due()

    assert payer.plan_and_credits == ("FREE", 210)
    assert Payment.objects.get().refunded == 9


def test_reading_comes_back_later_while_paypal_is_away(payer, paypal):
    payer.subscribed()
    make_due(payer)
    paypal.faults[READ] = Fault(500)

    assert upkeep.read_due() == 0

    assert timezone.now() < payer.row.next_read_at < timezone.now() + timedelta(hours=1)
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_reading_while_payments_are_not_listed_changes_nothing_and_comes_back(payer, paypal):
    id_ = payer.subscribe()
    paypal.approve(id_)
    make_due(payer)
    paypal.faults[f"{READ}/{id_}/transactions"] = Fault(200, b'{"transactions": [', times=1)

    assert upkeep.read_due() == 0
    make_due(payer)
    assert upkeep.read_due() == 1
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_nothing_is_asked_before_it_is_due(payer, paypal):
    payer.subscribed()
    before = len(paypal.calls)

    assert upkeep.read_due() == 0
    assert len(paypal.calls) == before


def test_unapproved_subscription_is_given_up_after_a_day(payer, paypal):
    payer.subscribe()
    payer.wait(hours=23)
    upkeep.read_due()
    assert payer.row.status == "APPROVAL_PENDING"

    payer.wait(hours=2)
    upkeep.read_due()

    assert payer.row.status == "ABANDONED"


def test_approval_after_all_is_taken(payer, paypal):
    id_ = payer.subscribe()
    payer.wait(hours=25)
    upkeep.read_due()
    assert payer.row.status == "ABANDONED"

    payer.tell(paypal.approve(id_))

    assert payer.row.status == "ACTIVE"
    assert payer.plan_and_credits == ("SUPPORTER", 210)


def test_abandoned_one_is_asked_for_daily_for_a_month_then_never(payer):
    payer.subscribe()
    payer.wait(hours=25)
    upkeep.read_due()
    assert payer.row.next_read_at > timezone.now() + timedelta(hours=20)
    payer.wait(days=30)

    upkeep.read_due()

    assert payer.row.next_read_at is None


def test_row_for_which_nothing_was_made_is_given_up(payer, paypal):
    paypal.faults[f"POST {SUBSCRIPTIONS}"] = Fault(500)
    payer.api.post("/paypal/create-subscription")
    assert upkeep.abandon_unmade() == 0
    payer.wait(hours=2)

    assert upkeep.abandon_unmade() == 1

    assert payer.row.status == "ABANDONED"
    assert upkeep.abandon_unmade() == 0


def test_cancellation_after_a_refund_is_tried_until_it_is_done(payer, paypal):
    id_ = payer.subscribed()
    payer.tell(paypal.refund(id_, Payment.objects.get().external_id))
    paypal.faults["POST /v1/billing"] = Fault(500)
    tasks.cancel_subscription(str(payer.row.pk))
    tasks.cancel_subscriptions()
    assert paypal.agreements[id_].status == "ACTIVE"

    paypal.faults.clear()
    tasks.cancel_subscriptions()

    assert paypal.agreements[id_].status == "CANCELLED"
    assert payer.row.status == "CANCELLED"
    assert payer.row.cancel_asked_at is None
    assert payer.plan_and_credits == ("FREE", 210)


def test_cancelling_many_ends_in_time_while_paypal_hangs(payer, paypal, monkeypatch, settings):
    settings.PAYPAL_TIMEOUT_SECONDS = 1
    monkeypatch.setattr(upkeep, "SECONDS", 1)
    for number in range(6):
        Subscription.objects.create(
            user=payer.person,
            provider="paypal",
            external_id=f"I-{number}",
            plan_id="P-SUPPORTER",
            status="ACTIVE",
            cancel_asked_at=timezone.now(),
        )
    paypal.faults["POST /v1/billing"] = Fault(delay=2)

    assert upkeep.cancel_due() == 0

    assert paypal.count("POST /v1/billing") <= 2


def test_only_one_advance_is_given_before_money_comes(payer, paypal, caplog):
    first = payer.subscribe()
    payer.tell(paypal.approve(first))
    payer.tell(paypal.change(first, "CANCELLED"))
    second = payer.subscribe()
    payer.tell(paypal.approve(second))
    assert payer.plan_and_credits == ("SUPPORTER", 210)
    assert "payment.no_second_advance" in caplog.text

    payer.tell(paypal.pay(second))

    assert payer.plan_and_credits == ("SUPPORTER", 410)


def test_one_payer_has_one_advance_on_however_many_accounts(payer, paypal):
    other = Payer(Api(), factories.person(), paypal)
    for one in (payer, other):
        id_ = one.subscribe()
        one.tell(paypal.approve(id_))
        one.tell(paypal.change(id_, "CANCELLED"))

    assert payer.wallet.available == 210
    assert other.wallet.available == 10
    other.tell(paypal.pay(id_))
    assert other.wallet.available == 210


def test_schedule_names_tasks_that_exist():
    app.loader.import_default_modules()
    ours = [one["task"] for one in app.conf.beat_schedule.values()]

    assert {"credits.read_subscriptions", "credits.cancel_subscriptions", "credits.end_plans"} <= (
        set(ours)
    )
    assert {one for one in ours if one.startswith("credits.")} <= set(app.tasks)
