"""From what a provider tells to what is true here: states, payments, credits and plans.

News come twice, late, and in any order. So nothing here depends on their order: a state only moves
on (`_RANK`), a payment counts once, and credits follow from how many payments there are. All of it
happens in one transaction that holds the wallet of the person, which is the lock for all of their
subscriptions.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from chatsvg.publishing import publish
from credits import services as credits
from credits.models import Entry, Plan, Wallet
from credits.payments import readings
from credits.payments.models import GRACE, Payment, PaymentEvent, Subscription
from credits.payments.provider import Event, Paid, Remote, Status
from credits.plans import CURRENCY, SUPPORTER_CREDITS, SUPPORTER_PAID_LEAST
from credits.signals import purchased

logger = logging.getLogger(__name__)
CANCEL = "credits.cancel_subscription"
PERIOD = timedelta(days=31)  # where nothing but the day of the payment is known
_ENOUGH = {"amount__gte": SUPPORTER_PAID_LEAST, "currency": CURRENCY}
_RANK = {
    **dict.fromkeys((Status.APPROVAL_PENDING, Status.ABANDONED), 0),
    **dict.fromkeys((Status.ACTIVE, Status.SUSPENDED), 1),
    **dict.fromkeys((Status.CANCELLED, Status.EXPIRED), 2),
}


@dataclass(frozen=True)
class News:
    """`remote` is what the provider answered when asked at `asked_at`; `evidence`, a subscription
    of which it is only sure that it was once like that."""

    remote: Remote | None = None
    asked_at: datetime | None = None
    evidence: Remote | None = None
    event: Event | None = None
    paid: Iterable[Paid] = ()


@transaction.atomic
def take(subscription: Subscription, news: News) -> Subscription:
    """Enter the news. Those of an event that was entered before change nothing."""
    wallet = credits.lock(subscription.user_id)
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if news.event and not keep(news.event, row, provider=row.provider):
        return row
    at = timezone.now()
    was_entitled, was = row.is_entitled(at), row.status
    seen = _see(row, news)
    has_new = _book(row, news, wallet, at)
    _advance(row, news, seen, wallet)
    _mark_refunds(row, at)
    _set_period(row, seen, at)
    _end_what_must_end(row, was, wallet, at)
    row.next_read_at = readings.next_after(row, at)
    if wallet.closed_at:
        row.customer_id = row.approve_url = ""
    row.save()
    _set_plan(row, wallet, at, is_new=has_new or not was_entitled)
    if row.status != was:
        logger.info("subscription.changed subscription=%s status=%s", row.pk, row.status)
    return row


def keep(event: Event, row: Subscription | None, *, provider: str) -> bool:
    """Remember an event; False where it was remembered before."""
    money = event.paid or event.refund
    payment_id = event.paid.external_id if event.paid else ""
    _, is_new = PaymentEvent.objects.get_or_create(
        provider=provider,
        external_id=event.external_id,
        defaults={
            "type": event.type,
            "subscription": row,
            "payment_id": event.refund.payment_id if event.refund else payment_id,
            "amount": money.amount if money else None,
            "currency": money.currency if money else "",
            "is_refund": event.refund is not None,
            "takes_all": bool(event.refund and event.refund.takes_all),
            "occurred_at": event.occurred_at,
        },
    )
    return is_new


# --- The state ---


def _see(row: Subscription, news: News) -> Remote | None:
    """Move the row on to the latest state that is known; give back what was really seen of it."""
    evidence = news.evidence or (news.event.remote if news.event else None)
    seen = news.remote or evidence
    is_fresh = not (news.asked_at and row.read_at and news.asked_at < row.read_at)
    if seen:
        _move(row, seen.status, is_fresh=is_fresh)
        _identify(row, seen)
    if evidence:
        _move(row, evidence.status, is_fresh=False)
        _identify(row, evidence)
    if news.remote and news.asked_at and is_fresh:
        row.read_at = news.asked_at
    return seen if is_fresh else None


def _move(row: Subscription, status: Status, *, is_fresh: bool) -> None:
    """Never back to an earlier rank; within ACTIVE and SUSPENDED, what was asked for last holds."""
    old, new = _RANK[Status(row.status)], _RANK[status]
    if new > old or (new == old == 1 and is_fresh):
        row.status = status


def _identify(row: Subscription, remote: Remote) -> None:
    row.external_id = row.external_id or remote.external_id or None
    row.approve_url = remote.approve_url or row.approve_url
    row.customer_id = remote.customer_id or row.customer_id
    if row.external_id:
        row.made_until = None


def _set_period(row: Subscription, seen: Remote | None, at: datetime) -> None:
    """Until when is paid for, and until when the plan therefore lasts."""
    if _RANK[Status(row.status)] == 0:
        return
    last = row.payments.order_by("-paid_at").first()
    times = (seen.last_paid_at if seen else None, last.paid_at if last else None)
    paid_at = max((time for time in times if time), default=None)
    is_unpaid = paid_at is None and seen is not None and not seen.is_paid_up
    if seen and seen.period_end:
        row.period_end = seen.period_end
    elif paid_at and (row.period_end is None or row.period_end <= paid_at):
        row.period_end = paid_at + PERIOD
    elif is_unpaid:  # not even the first payment worked
        row.period_end = min(row.period_end or at, at)
    elif row.period_end is None:
        row.period_end = row.starts_at or at + PERIOD
    is_trusted = bool(paid_at or row.starts_at) and not is_unpaid
    late = GRACE if row.status == Status.ACTIVE and is_trusted else timedelta()
    row.entitled_until = row.period_end + late
    if last and last.refunded_at:
        row.entitled_until = min(row.entitled_until, last.refunded_at)
    if paid_at is None and row.status != Status.ACTIVE:  # over before anything was paid
        row.entitled_until = min(row.entitled_until, at)


# --- Money and credits ---


def _book(row: Subscription, news: News, wallet: Wallet, at: datetime) -> bool:
    """Enter payments that are not known yet, with their credits; whether there were any."""
    paid = [*news.paid, *([news.event.paid] if news.event and news.event.paid else [])]
    for one in paid:
        payment, is_new = Payment.objects.get_or_create(
            provider=row.provider,
            external_id=one.external_id,
            defaults={
                "subscription": row,
                "amount": one.amount,
                "currency": one.currency,
                "paid_at": one.paid_at,
            },
        )
        if is_new:
            logger.info("payment.received subscription=%s payment=%s", row.pk, payment.pk)
            if payment.currency != CURRENCY or payment.amount < SUPPORTER_PAID_LEAST:
                logger.error("payment.too_small subscription=%s payment=%s", row.pk, payment.pk)
        if one.is_refunded and payment.refunded_at is None:
            payment.refunded, payment.refunded_at = payment.amount, at
            payment.save(update_fields=["refunded", "refunded_at"])
    return _give(row, wallet)


def _give(row: Subscription, wallet: Wallet) -> bool:
    """The credits of payments that have had none; the first one pays for the advance. One that is
    no price of ours gives nothing: staff see it in the log, and among the payments."""
    owed = list(row.payments.filter(reference="", **_ENOUGH).order_by("paid_at", "pk"))
    if wallet.closed_at:
        if owed:
            logger.warning("payment.of_the_deleted subscription=%s payments=%s", row.pk, len(owed))
        return False
    is_covered = not row.advance or row.payments.filter(reference=row.advance).exists()
    for payment in owed:
        if is_covered:
            payment.reference = _grant(row, payment.external_id)
        else:
            payment.reference, is_covered = row.advance, True
        payment.save(update_fields=["reference"])
    return bool(owed)


def _advance(row: Subscription, news: News, seen: Remote | None, wallet: Wallet) -> None:
    """The credits of the first period as soon as it begins, before its payment is known; but
    nobody has two advances that were never paid, on whatever accounts of ours. Nor is there one
    where it goes on after an earlier one: its payment comes later."""
    is_begun = row.status == Status.ACTIVE or (news.event and news.event.is_activation)
    is_paid_up = seen is None or seen.is_paid_up
    if row.advance or not is_begun or not is_paid_up or wallet.closed_at or row.payments.exists():
        return
    if row.starts_at:
        return
    same = Q(user=row.user_id)
    if row.customer_id:
        same |= Q(provider=row.provider, customer_id=row.customer_id)
    others = Subscription.objects.filter(same).exclude(advance="")
    if others.exclude(payments__reference=F("advance")).exists():
        logger.warning("payment.no_second_advance subscription=%s", row.pk)
        return
    row.advance = _grant(row, str(row.external_id))


def _grant(row: Subscription, what: str) -> str:
    """Give the credits of one period, once; their reference."""
    reference = f"payment:{row.provider}:{what}"
    if not Entry.objects.filter(kind=Entry.Kind.GRANT, reference=reference).exists():
        credits.grant(row.user_id, SUPPORTER_CREDITS, reference=reference, reason="Supporter")
        about = {"user_id": row.user_id, "amount": SUPPORTER_CREDITS, "reference": reference}
        purchased.send(Entry, **about)
    return reference


def _mark_refunds(row: Subscription, at: datetime) -> None:
    """What went back, of all that we were told, in whatever order. Credits stay: they may be spent,
    and a wallet never goes below zero."""
    for payment in row.payments.filter(refunded_at=None):
        told = PaymentEvent.objects.filter(
            provider=row.provider, is_refund=True, payment_id=payment.external_id
        )
        if not told:
            continue
        back = sum((one.amount or Decimal(0) for one in told), start=Decimal(0))
        is_void = any(one.takes_all for one in told) or back >= payment.amount
        payment.refunded = payment.amount if is_void else back
        payment.refunded_at = min(at, max(one.occurred_at for one in told)) if is_void else None
        payment.save(update_fields=["refunded", "refunded_at"])
        logger.warning("payment.refunded payment=%s all=%s", payment.pk, is_void)


# --- What follows ---


def _end_what_must_end(row: Subscription, was: str, wallet: Wallet, at: datetime) -> None:
    """Have the provider ask for no more money where nothing is owed for it: after a refund, for
    somebody who is deleted, or beside another subscription."""
    if not row.is_live:
        row.cancel_asked_at = None
        return
    others = Subscription.objects.filter(user=row.user_id, cancel_asked_at=None).exclude(pk=row.pk)
    if row.status == Status.ACTIVE and was != Status.ACTIVE:
        if others.filter(status=Status.ACTIVE).exists():
            logger.warning("subscription.second user=%s subscription=%s", row.user_id, row.pk)
            ask_to_cancel(row, at)
        else:
            for other in others.filter(status=Status.SUSPENDED):
                ask_to_cancel(other, at)
                other.save(update_fields=["cancel_asked_at"])
    last = row.payments.order_by("-paid_at").first()
    if wallet.closed_at or (last and last.refunded_at):
        ask_to_cancel(row, at)


def ask_to_cancel(row: Subscription, at: datetime) -> None:
    """Note that it is to be cancelled, and tell a worker once that is committed."""
    row.cancel_asked_at = row.cancel_asked_at or at
    transaction.on_commit(partial(publish, CANCEL, str(row.pk)))


def _set_plan(row: Subscription, wallet: Wallet, at: datetime, *, is_new: bool) -> None:
    """The plan follows when something was paid or begins, and when it ends: what staff decided in
    between stands."""
    if wallet.closed_at:
        return
    if not row.is_entitled(at):
        end_plan(wallet, at)
    elif is_new and wallet.plan != Plan.SUPPORTER:
        reason = f"subscription {row.pk}"
        credits.set_plan(wallet.pk, Plan.SUPPORTER, reason=reason, is_paid=True)


def end_plan(wallet: Wallet, at: datetime) -> bool:
    """Back to FREE where a subscription gave the plan and none gives it any more; whether so. The
    caller holds the wallet."""
    mine = Subscription.objects.entitled(at).filter(user=wallet.pk)
    if not wallet.is_plan_paid or mine.exists():
        return False
    credits.set_plan(wallet.pk, Plan.FREE, reason="nothing is paid for any more")
    return True
