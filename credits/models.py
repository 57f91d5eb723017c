"""Wallets and the append-only ledger that explains their balance."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Plan(models.TextChoices):
    FREE = "FREE"
    SUPPORTER = "SUPPORTER"


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
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="its person is deleted: nothing is spent or given any more"
    )

    class Meta:
        permissions = [("grant_wallet", "Can grant credits")]
        indexes = [models.Index(fields=["plan", "next_refill_at"], name="wallet_due_for_refill")]
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


class Entry(models.Model):
    """One change of a balance. Rows are added and never changed: a trigger refuses the rest."""

    class Kind(models.TextChoices):
        GRANT = "grant"
        CAPTURE = "capture"
        REFUND = "refund"

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=7, choices=Kind)
    amount = models.IntegerField(help_text="credits, signed")
    balance_after = models.IntegerField()
    reference = models.CharField(max_length=100, help_text="what it was for, such as job:<uuid>")
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "entries"
        permissions = [("refund_entry", "Can refund a charge")]
        indexes = [models.Index(fields=["wallet", "-id"], name="entry_of_wallet")]
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
