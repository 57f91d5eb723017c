"""What people do about paying, and what comes in from providers."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from chatsvg.database import give_back
from chatsvg.ids import parse_id
from credits import services as credits
from credits.payments import books, providers, readings
from credits.payments.books import News
from credits.payments.errors import (
    AlreadySubscribed,
    BadMessage,
    NoSubscription,
    NotConfigured,
    PaymentsAway,
    UnsignedMessage,
)
from credits.payments.models import Payment, PaymentEvent, Subscription
from credits.payments.provider import (
    Away,
    Event,
    Malformed,
    NotSigned,
    Provider,
    Remote,
    Status,
    Unknown,
)

logger = logging.getLogger(__name__)
PAUSE = 0.1  # seconds between two looks at what another click is making
SOONEST = timedelta(hours=1)  # from now, that a subscription may begin at a later time
FRESH = timedelta(seconds=60)  # for which an answer of the provider needs no second one


# --- Subscribing ---


def subscribe(user: User) -> Subscription:
    """A subscription for its person to approve at the provider. Who asks twice gets the same one.
    It begins, and charges, when what they have paid for is over.

    Raises AlreadySubscribed, NotConfigured or PaymentsAway.
    """
    provider = providers.get(providers.PAYPAL)
    end = time.monotonic() + settings.PAYPAL_TIMEOUT_SECONDS + 1
    while time.monotonic() < end:
        claim = _claim(user, provider)
        if claim.is_ours:
            return _make(claim.row, provider)
        if claim.row.external_id is None:
            give_back()
            time.sleep(PAUSE)
        elif (row := _again(claim.row)).status == Status.APPROVAL_PENDING:
            return row
    raise PaymentsAway()


class _Claim(NamedTuple):
    row: Subscription
    is_ours: bool  # we are to have it made


@transaction.atomic
def _claim(user: User, provider: Provider) -> _Claim:
    """The subscription that awaits approval, or a new row. One click at a time has it made."""
    credits.lock(user.pk)
    mine, now = Subscription.objects.filter(user=user), timezone.now()
    if mine.filter(status=Status.ACTIVE).exists():
        raise AlreadySubscribed()
    lease = now + timedelta(seconds=settings.PAYPAL_TIMEOUT_SECONDS + 5)
    waiting = mine.filter(status=Status.APPROVAL_PENDING).first()
    wanted = {
        "provider": provider.name,
        "plan_id": provider.plan_id,
        "starts_at": start_of_next(user, now),
    }
    if waiting and any(getattr(waiting, name) != value for name, value in wanted.items()):
        _abandon(waiting)
        waiting = None
    if waiting is None:
        made = Subscription.objects.create(user=user, made_until=lease, **wanted)
        return _Claim(made, is_ours=True)
    if waiting.external_id or (waiting.made_until and waiting.made_until > now):
        return _Claim(waiting, is_ours=False)
    waiting.made_until = lease  # whoever was at it has died, or failed
    waiting.save(update_fields=["made_until"])
    return _Claim(waiting, is_ours=True)


def start_of_next(user: User, at: datetime) -> datetime | None:
    """When a subscription made now begins: with the end of what is paid for; None: at once."""
    paid = Subscription.objects.entitled(at).filter(user=user).exclude(status=Status.ACTIVE)
    until = paid.aggregate(last=Max("entitled_until"))["last"]
    return until if until and until > at + SOONEST else None


def _make(row: Subscription, provider: Provider) -> Subscription:
    """Have it made at the provider, by a key that makes it once whoever asks again."""
    give_back()
    asked_at = timezone.now()
    try:
        remote = provider.create(key=str(row.pk), starts_at=row.starts_at)
    except (Away, Unknown) as error:
        Subscription.objects.filter(pk=row.pk, external_id=None).update(made_until=None)
        raise PaymentsAway() from error
    return books.take(row, News(remote, asked_at))


def _again(row: Subscription) -> Subscription:
    """One that awaits approval, as the provider has it now."""
    if row.read_at and timezone.now() - row.read_at < FRESH:
        return row
    try:
        return refresh(row)
    except Unknown:
        return abandon(row)
    except Away as error:
        raise PaymentsAway() from error


@transaction.atomic
def abandon(row: Subscription) -> Subscription:
    """Give up one that was never approved."""
    credits.lock(row.user_id)
    locked = Subscription.objects.select_for_update().get(pk=row.pk)
    if locked.status == Status.APPROVAL_PENDING:
        _abandon(locked)
    return locked


def _abandon(row: Subscription) -> None:
    row.status, row.made_until = Status.ABANDONED, None
    row.next_read_at = readings.next_after(row, timezone.now()) if row.external_id else None
    row.save(update_fields=["status", "made_until", "next_read_at"])


def refresh(row: Subscription, *, with_payments: bool = False) -> Subscription:
    """Ask the provider how it is, and enter that. Raises Away, Unknown or NotConfigured."""
    provider, external_id = providers.get(row.provider), str(row.external_id)
    give_back()
    asked_at = timezone.now()
    remote = provider.read(external_id)
    paid = []
    if with_payments and remote.status != Status.APPROVAL_PENDING:
        day = timedelta(days=1)
        since, until = row.created_at - day, asked_at + day
        paid = list(provider.payments(external_id, since=since, until=until))
    row = books.take(row, News(remote, asked_at, paid=paid))
    row.shown = remote.shown  # type: ignore[attr-defined]
    return row


# --- Cancelling ---


def cancel(user: User) -> Subscription:
    """End what somebody pays for; the plan lasts until the end of the period.

    Raises NoSubscription, NotConfigured or PaymentsAway.
    """
    now = timezone.now()
    mine = Subscription.objects.filter(user=user).order_by("-created_at")
    paid = mine.entitled(now).filter(status=Status.CANCELLED)
    live = list(mine.filter(status__in=[Status.ACTIVE, Status.SUSPENDED]))
    if not live:
        if row := paid.first():
            return row
        raise NoSubscription()
    try:
        ended = [cancel_one(row) for row in live]
    except Away as error:
        raise PaymentsAway() from error
    return paid.first() or ended[0]


def cancel_one(row: Subscription) -> Subscription:
    """Cancel it at its provider. Raises Away or NotConfigured."""
    provider, external_id = providers.get(row.provider), str(row.external_id)
    give_back()
    try:
        is_done = provider.cancel(external_id)
    except Unknown:
        is_done = True
    evidence = Remote(status=Status.CANCELLED) if is_done else None
    asked_at, remote = timezone.now(), None
    try:
        remote = provider.read(external_id)
    except (Away, Unknown):
        if not is_done:
            raise Away("nobody knows how it is") from None
    return books.take(row, News(remote, asked_at, evidence))


# --- What somebody may know ---


class Standing(NamedTuple):
    """`remote` is what the provider says at this moment, where it can be asked."""

    subscription: Subscription | None
    remote: dict[str, Any] | None


def standing(user: User) -> Standing:
    """The subscription that counts for somebody: the one that pays for their plan, else the last.

    Whatever the provider says is entered on the way.
    """
    row = current(user)
    if row is None or row.external_id is None:
        return Standing(row, None)
    try:
        row = refresh(row)
    except (Away, Unknown, NotConfigured):
        return Standing(row, None)
    return Standing(row, row.shown)  # type: ignore[attr-defined]


def current(user: User) -> Subscription | None:
    mine = list(Subscription.objects.filter(user=user).order_by("-created_at", "-pk")[:20])
    now = timezone.now()
    return max(mine, key=lambda row: _weight(row, now), default=None)


def _weight(row: Subscription, at: datetime) -> tuple[bool, bool, datetime]:
    return row.is_live, row.is_entitled(at), row.created_at


# --- Messages of providers ---


def receive(provider_name: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take a message of a provider, as often as it comes.

    Raises UnsignedMessage or BadMessage for what is none; NotConfigured or PaymentsAway where that
    cannot be known now, so that it is sent again.
    """
    provider = providers.get(provider_name)
    give_back()
    try:
        event = provider.receive(headers, body)
    except NotSigned as error:
        logger.warning("payment.message_not_signed provider=%s", provider_name)
        raise UnsignedMessage() from error
    except Malformed as error:
        raise BadMessage() from error
    except Away as error:
        raise PaymentsAway() from error
    _enter(provider, event)


def _enter(provider: Provider, event: Event) -> None:
    known = PaymentEvent.objects.filter(provider=provider.name, external_id=event.external_id)
    if known.exists():
        return
    row = _find(provider, event) if event.is_about_money else None
    asked_at = timezone.now()
    remote = _ask_about(provider, row, event) if row else None
    if row is None or not _is_same(row, remote):
        books.keep(event, None, provider=provider.name)
        logger.info("payment.event_of_nobody type=%s event=%s", event.type, event.external_id)
        return
    books.take(row, News(remote, asked_at, event=event))
    logger.info("payment.event type=%s subscription=%s", event.type, row.pk)


def _ask_about(provider: Provider, row: Subscription, event: Event) -> Remote | None:
    """How it is now: events come late, and in any order."""
    give_back()
    try:
        return provider.read(row.external_id or event.subscription_id)
    except Away as error:
        raise PaymentsAway() from error
    except Unknown:
        logger.warning("subscription.unknown_there subscription=%s", row.pk)
        return None


def _is_same(row: Subscription, remote: Remote | None) -> bool:
    """Whether a row whose id we never got to know is this one: the provider itself says so."""
    if row.external_id:
        return True
    if remote is None:
        return False
    return (remote.custom_id, remote.plan_id) == (str(row.pk), row.plan_id)


def _find(provider: Provider, event: Event) -> Subscription | None:
    """Whose it is: by its id, by the payment it is about, or by the key under which it was made,
    for one whose id we never got to know."""
    rows = Subscription.objects.filter(provider=provider.name)
    if event.subscription_id and (row := rows.filter(external_id=event.subscription_id).first()):
        return row
    if event.refund:
        payments = Payment.objects.select_related("subscription").filter(provider=provider.name)
        if paid := payments.filter(external_id=event.refund.payment_id).first():
            return paid.subscription
    made_as = parse_id(event.custom_id)
    unnamed = rows.filter(pk=made_as, external_id=None) if made_as else rows.none()
    return unnamed.first() if event.subscription_id else None


def find(subscription_id: str) -> Subscription:
    return Subscription.objects.get(pk=UUID(subscription_id))
