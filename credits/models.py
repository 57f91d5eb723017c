"""Wallets and the append-only ledger that explains their balance."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from credits.payments.models import Payment, PaymentEvent, Subscription  # noqa: F401
from credits.plans import ALLOWANCES, Allowance, Plan


def first_refill() -> datetime:
    """When a wallet that is opened now is filled up for the first time (`plans.REFILL_EVERY`)."""
    return timezone.now() + timedelta(days=30)


class Wallet(models.Model):
    """What a person can spend, in credits. This row is the lock for every change of it.

    `balance` is the sum of the entries; `held` is promised to queued work. People see `available`.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="wallet"
    )
    balance = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    plan = models.CharField(max_length=9, choices=Plan, default=Plan.FREE)
    created_at = models.DateTimeField(auto_now_add=True)
    next_refill_at = models.DateTimeField(default=first_refill)
    is_plan_paid = models.BooleanField(
        default=False,
        db_default=False,
        help_text="a subscription gave the plan, and takes it along when it ends",
    )
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="its person is deleted: nothing is spent or given any more"
    )

    class Meta:
        permissions = [("grant_wallet", "Can grant credits")]
        indexes = [
            models.Index(fields=["plan", "next_refill_at"], name="wallet_due_for_refill"),
            models.Index(
                fields=["user"], condition=Q(is_plan_paid=True), name="wallet_with_a_paid_plan"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="wallet_balance_not_negative"),
            models.CheckConstraint(
                condition=Q(held__gte=0, held__lte=F("balance")), name="wallet_held_within_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.balance} ({self.held} held)"

    @property
    def available(self) -> int:
        return self.balance - self.held

    @property
    def is_untouched(self) -> bool:
        """Nothing was given yet: the mailbox is not proved, or had its welcome credits before."""
        return not self.entries.exists()

    @property
    def allowance(self) -> Allowance:
        """What the plan allows."""
        return ALLOWANCES[Plan(self.plan)]


class Entry(models.Model):
    """One change of a balance. Rows are added and never changed: a trigger refuses the rest."""

    class Kind(models.TextChoices):
        GRANT = "grant"
        CAPTURE = "capture"
        REFUND = "refund"

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind)
    amount = models.IntegerField(help_text="credits, signed")
    balance_after = models.IntegerField()
    reference = models.CharField(max_length=100, help_text="what it was for, such as job:<uuid>")
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "entries"
        permissions = [("refund_entry", "Can refund a charge")]
        indexes = [
            models.Index(fields=["wallet", "-id"], name="entry_of_wallet"),
            models.Index(
                fields=["kind", "-id"], name="entry_not_capture", condition=~Q(kind="capture")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="entry_once_per_reference"),
            models.CheckConstraint(
                condition=Q(kind="capture", amount__lt=0)
                | Q(kind__in=["grant", "refund"], amount__gt=0),
                name="entry_sign_matches_kind",
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0), name="entry_balance_after_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:+d} {self.reference}"


class RewardedMailbox(models.Model):
    """An e-mail that had the credits of a sign-up, as `mailboxes.fingerprint`. It knows nobody, and
    outlives the account: signing up anew is no way to new credits."""

    email_hash = models.CharField(max_length=64, primary_key=True)

    class Meta:
        verbose_name_plural = "rewarded mailboxes"

    def __str__(self) -> str:
        return self.email_hash[:12]
