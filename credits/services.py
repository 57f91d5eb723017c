"""Every way in which credits move. Each locks the wallet, and each may safely be asked twice.

grant: balance +; hold: held +; capture: held and balance −; release: held −; refund: balance +.
Grant, capture and refund leave an entry, once per (kind, reference).
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from accounts.models import User
from chatsvg import statements
from chatsvg.joined import Joined
from credits import mailboxes
from credits.errors import InsufficientCredits, NotACharge, RefundedAlready, WalletClosed
from credits.models import Entry, Plan, Wallet
from credits.plans import FREE_REFILL, REFILL_EVERY, SIGN_UP_CREDITS
from credits.signals import available_changed, given, refunded, wallet_closed
from credits.signatures import sign

logger = logging.getLogger(__name__)

_LOCK = Joined(
    "SELECT {columns} FROM {wallet} AS wallet WHERE user_id = %s FOR UPDATE", wallet=Wallet
)
_HOLD = "UPDATE credits_wallet SET held = %s WHERE user_id = %s"

# Of a locked wallet, whose new figures are given. Nothing is changed where it was posted before.
_POST = """
WITH entry AS (
    INSERT INTO credits_entry
        (wallet_id, kind, amount, balance_after, reference, reason, created_at)
    SELECT %(wallet)s, %(kind)s::varchar, %(amount)s, %(balance)s, %(reference)s::varchar,
        %(reason)s, clock_timestamp()
    WHERE NOT EXISTS (
        SELECT FROM credits_entry
        WHERE wallet_id = %(wallet)s AND kind = %(kind)s AND reference = %(reference)s
    )
    RETURNING id, created_at, wallet_id
)
UPDATE credits_wallet SET balance = %(balance)s, held = %(held)s
FROM entry WHERE user_id = wallet_id
RETURNING entry.id, entry.created_at
"""


def open_wallet(user: User) -> Wallet:
    """An empty wallet for a new person."""
    return Wallet.objects.create(user=user)


@transaction.atomic
def close(user_id: UUID) -> None:
    """Spend and give nothing any more; the ledger stays. Jobs under way must have ended before."""
    wallet = lock(user_id)
    if wallet.closed_at is None:
        wallet.closed_at = timezone.now()
        wallet.save(update_fields=["closed_at"])
    wallet_closed.send(Wallet, user_id=user_id)


def lock(user_id: UUID) -> Wallet:
    """The wallet, locked until the end of the caller's transaction. Raises Wallet.DoesNotExist, or
    TransactionManagementError where no transaction is open."""
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("a lock needs an open transaction")
    if found := _LOCK.first(user_id):
        return found[0]
    raise Wallet.DoesNotExist()


@transaction.atomic
def grant(user_id: UUID, amount: int, *, reference: str, reason: str = "") -> Entry:
    """Add `amount` credits."""
    return _post(lock(user_id), Entry.Kind.GRANT, amount, reference, reason=reason)


@transaction.atomic
def grant_sign_up(user: User) -> Entry | None:
    """The credits that everybody gets, once; None where this mailbox had them with another account.

    Such an account is filled up like any other, REFILL_EVERY after its wallet was opened: nobody
    has free credits earlier by signing up anew.
    """
    reference = f"signup:{user.pk}"
    if given := Entry.objects.filter(kind=Entry.Kind.GRANT, reference=reference).first():
        return given
    if not mailboxes.claim(user.email):
        logger.info("signup.rewarded_before user=%s", user.pk)
        return None
    return grant(user.pk, SIGN_UP_CREDITS, reference=reference, reason="Welcome")


def hold(wallet: Wallet, amount: int) -> None:
    """Promise `amount` of a wallet that the caller has locked. Raises InsufficientCredits."""
    if wallet.available < amount:
        raise InsufficientCredits()
    wallet.held += amount
    statements.run(_HOLD, [wallet.held, wallet.pk])


@transaction.atomic(savepoint=False)
def capture(user_id: UUID, amount: int, *, reference: str) -> Entry:
    """Turn a hold into a charge."""
    return _post(lock(user_id), Entry.Kind.CAPTURE, -amount, reference, held=-amount)


@transaction.atomic
def release(user_id: UUID, amount: int) -> None:
    """Give a hold back. The caller's job row, locked, says that it was not given back before."""
    wallet = lock(user_id)
    wallet.held -= amount
    wallet.save(update_fields=["held"])
    available_changed.send(Wallet, wallet=wallet)


@transaction.atomic
def refund(user_id: UUID, *, reference: str) -> Entry:
    """Give back what was charged for `reference`, unless staff did. Raises Entry.DoesNotExist if
    nothing was charged."""
    wallet = lock(user_id)
    charge = wallet.entries.get(kind=Entry.Kind.CAPTURE, reference=reference)
    if known := _given_back(wallet, reference):
        return known
    return _post(wallet, Entry.Kind.REFUND, -charge.amount, reference)


def by_staff(reference: str) -> str:
    """What the entry is called with which staff give a charge back."""
    return f"staff:{reference}"


def _given_back(wallet: Wallet, reference: str) -> Entry | None:
    """The entry that gave a charge back, whoever did it: no charge has two of them."""
    both = (reference, by_staff(reference))
    return wallet.entries.filter(kind=Entry.Kind.REFUND, reference__in=both).first()


@transaction.atomic
def grant_by_staff(
    user_id: UUID, amount: int, *, staff: User, reason: str, once: str, is_told: bool = True
) -> Entry:
    """Add credits by hand; a repeat with the same `once` adds nothing. Raises WalletClosed.

    Their person hears of it, but where something else will tell them: then not `is_told`.
    """
    wallet = lock(user_id)
    if wallet.closed_at:
        raise WalletClosed()
    reference = f"staff:{once}:{user_id}"
    entry = _post(wallet, Entry.Kind.GRANT, amount, reference, reason=sign(reason, staff))
    if is_told:  # the bell tells it once per reference
        given.send(Entry, user_id=user_id, amount=amount, reference=reference)
    return entry


@transaction.atomic
def refund_by_staff(charge: Entry, *, staff: User, reason: str) -> Entry:
    """Give back, once, what a job cost that stays as it is. Raises WalletClosed, NotACharge, or
    RefundedAlready where the charge was given back before."""
    wallet = lock(charge.wallet_id)
    if wallet.closed_at:
        raise WalletClosed()
    if charge.kind != Entry.Kind.CAPTURE:
        raise NotACharge()
    if _given_back(wallet, charge.reference):
        raise RefundedAlready()
    reference, reason = by_staff(charge.reference), sign(reason, staff)
    return _post(wallet, Entry.Kind.REFUND, -charge.amount, reference, reason=reason)


def _post(
    wallet: Wallet,
    kind: Entry.Kind,
    amount: int,
    reference: str,
    *,
    held: int = 0,
    reason: str = "",
) -> Entry:
    entry = Entry(
        wallet=wallet,
        kind=kind,
        amount=amount,
        balance_after=wallet.balance + amount,
        reference=reference,
        reason=reason,
    )
    if not _write(entry, held=wallet.held + held):
        return wallet.entries.get(kind=kind, reference=reference)
    wallet.balance, wallet.held = entry.balance_after, wallet.held + held
    available_changed.send(Wallet, wallet=wallet)
    if kind == Entry.Kind.REFUND:
        refunded.send(Entry, user_id=wallet.pk, amount=amount, reference=reference)
    return entry


def _write(entry: Entry, *, held: int) -> bool:
    """The entry, and what its wallet is by it. False where it was posted before."""
    told = {
        "wallet": entry.wallet_id,
        "kind": str(entry.kind),
        "amount": entry.amount,
        "balance": entry.balance_after,
        "reference": entry.reference,
        "reason": entry.reason,
        "held": held,
    }
    written = statements.row(_POST, told)
    if not written:
        return False
    entry.pk, entry.created_at = written
    entry._state.adding = False
    return True


def refill_due(*, at: datetime) -> int:
    """Fill FREE wallets up to FREE_REFILL, once per period of REFILL_EVERY; say how many were due.

    A period in which nothing was missing is over as well, and missed periods do not add up. Who
    has to prove their e-mail first is not filled up before.
    """
    due = Wallet.objects.filter(plan=Plan.FREE, next_refill_at__lte=at, closed_at=None)
    if settings.REQUIRE_VERIFIED_EMAIL:
        due = due.exclude(user__email_verified_at=None)
    owners = list(due.values_list("pk", flat=True))
    for user_id in owners:
        _refill(user_id, at=at)
    return len(owners)


@transaction.atomic
def _refill(user_id: UUID, *, at: datetime) -> None:
    wallet = lock(user_id)
    if wallet.plan != Plan.FREE or wallet.next_refill_at > at or wallet.closed_at:
        return
    reference = f"refill:{user_id}:{wallet.next_refill_at:%Y-%m-%d}"
    missed = (at - wallet.next_refill_at) // REFILL_EVERY
    wallet.next_refill_at += (missed + 1) * REFILL_EVERY
    wallet.save(update_fields=["next_refill_at"])
    if (missing := FREE_REFILL - wallet.available) > 0:
        _post(wallet, Entry.Kind.GRANT, missing, reference, reason="Monthly refill")


@transaction.atomic
def set_plan(user_id: UUID, plan: Plan, *, reason: str, is_paid: bool = False) -> Wallet:
    """Move a person to a plan. Credits are another matter: see `grant`.

    Only a plan that `is_paid` ends with its subscription; what staff give stays.
    """
    wallet = lock(user_id)
    wallet.plan, wallet.is_plan_paid = plan, is_paid
    wallet.save(update_fields=["plan", "is_plan_paid"])
    logger.info("plan.set user=%s plan=%s reason=%r", user_id, plan, reason)
    return wallet


@dataclass(frozen=True)
class Drift:
    """A wallet whose figures disagree with each other."""

    user_id: UUID
    what: str
    stored: int
    expected: int


def audit() -> Iterator[Drift]:
    """Every wallet whose balance is not the sum, and the last balance, of its entries."""
    entries = Entry.objects.filter(wallet=OuterRef("pk"))
    total = entries.order_by().values("wallet").annotate(total=Sum("amount")).values("total")
    last = entries.order_by("-id").values("balance_after")[:1]
    wallets = Wallet.objects.annotate(
        total=Coalesce(Subquery(total, output_field=IntegerField()), 0),
        last=Coalesce(Subquery(last, output_field=IntegerField()), 0),
    )
    for wallet in wallets.exclude(total=F("balance")).iterator():
        yield Drift(wallet.pk, "balance against the sum of entries", wallet.balance, wallet.total)
    for wallet in wallets.exclude(last=F("balance")).iterator():
        yield Drift(wallet.pk, "balance against the last entry", wallet.balance, wallet.last)
