"""What was agreed with a provider of payments, what was paid, and what the provider told us."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

GRACE = timedelta(days=7)  # for which a plan outlives its period while a payment may be late
_ID = 64  # characters of an id of a provider
_DIGITS, _PLACES = 12, 3  # of an amount, in whatever currency


def new_id() -> UUID:
    return uuid7()


class SubscriptionQuerySet(models.QuerySet):
    def entitled(self, at: datetime) -> "SubscriptionQuerySet":
        """Those that pay for the plan at that time."""
        has_begun = Q(starts_at=None) | Q(starts_at__lte=at)
        return self.filter(has_begun, entitled_until__gt=at)


class Subscription(models.Model):
    """Somebody's agreement to pay for a plan, as the provider last told it.

    APPROVAL_PENDING -> ACTIVE <-> SUSPENDED -> CANCELLED or EXPIRED, which are the end. One that
    its person never approved is ABANDONED; should they do so after all, it becomes ACTIVE. Every
    change is made by `books`, under the lock of the person's wallet.
    """

    class Status(models.TextChoices):
        APPROVAL_PENDING = "APPROVAL_PENDING"
        ABANDONED = "ABANDONED"
        ACTIVE = "ACTIVE"
        SUSPENDED = "SUSPENDED"
        CANCELLED = "CANCELLED"
        EXPIRED = "EXPIRED"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="subscriptions")
    provider = models.CharField(max_length=20)
    external_id = models.CharField(
        max_length=_ID, null=True, help_text="the provider's; none while it is being made"
    )
    plan_id = models.CharField(max_length=_ID, help_text="the provider's id of the plan")
    customer_id = models.CharField(max_length=_ID, blank=True, default="")
    approve_url = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=16, choices=Status, default=Status.APPROVAL_PENDING)
    starts_at = models.DateTimeField(null=True, help_text="until then an earlier one is paid")
    period_end = models.DateTimeField(null=True, help_text="of the period that is paid for")
    entitled_until = models.DateTimeField(null=True, help_text="when its plan ends by itself")
    advance = models.CharField(
        max_length=100,
        blank=True,
        default="",
        help_text="the entry of the credits given before any payment was known",
    )
    made_until = models.DateTimeField(null=True, help_text="somebody is asking the provider for it")
    cancel_asked_at = models.DateTimeField(null=True, help_text="to be cancelled at the provider")
    read_at = models.DateTimeField(null=True, help_text="when the provider was last asked")
    next_read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="subscription_of_user"),
            models.Index(
                fields=["next_read_at"],
                condition=Q(next_read_at__isnull=False),
                name="subscription_due_for_reading",
            ),
            models.Index(
                fields=["cancel_asked_at"],
                condition=Q(cancel_asked_at__isnull=False),
                name="subscription_to_be_cancelled",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "external_id"], name="subscription_once_per_external_id"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status="APPROVAL_PENDING"),
                name="subscription_one_awaits_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id or self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether the provider goes on asking for money, or may do so again."""
        return self.status in (self.Status.ACTIVE, self.Status.SUSPENDED)

    def is_entitled(self, at: datetime) -> bool:
        """Whether it pays for the plan at that time."""
        if self.starts_at and at < self.starts_at:
            return False
        return self.entitled_until is not None and at < self.entitled_until

    def cancels_at_period_end(self, at: datetime) -> bool:
        return self.status == self.Status.CANCELLED and self.is_entitled(at)


class Payment(models.Model):
    """Money that came in, once per payment at the provider."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=_ID)
    amount = models.DecimalField(max_digits=_DIGITS, decimal_places=_PLACES)
    currency = models.CharField(max_length=3)
    refunded = models.DecimalField(max_digits=_DIGITS, decimal_places=_PLACES, default=Decimal(0))
    refunded_at = models.DateTimeField(null=True, help_text="when all of it had gone back")
    reference = models.CharField(
        max_length=100, blank=True, default="", help_text="the entry of the credits it paid for"
    )
    paid_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["subscription", "-paid_at"], name="payment_of_sub")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "external_id"], name="payment_once_per_external_id"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")),
                name="payment_refunded_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.external_id}: {self.amount} {self.currency}"


class PaymentEvent(models.Model):
    """Something that a provider told us, once: the part of it that we act on.

    Its subscription is none of ours where the account at the provider serves others as well.
    """

    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=_ID)
    type = models.CharField(max_length=80)
    subscription = models.ForeignKey(Subscription, models.PROTECT, null=True, related_name="events")
    payment_id = models.CharField(max_length=_ID, blank=True, default="")
    amount = models.DecimalField(
        max_digits=_DIGITS, decimal_places=_PLACES, null=True, help_text="paid, or given back"
    )
    currency = models.CharField(max_length=3, blank=True, default="")
    is_refund = models.BooleanField(default=False)
    takes_all = models.BooleanField(default=False, help_text="whatever its amount says")
    occurred_at = models.DateTimeField()
    processed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["payment_id"], name="payment_event_of_payment")]
        constraints = [
            models.UniqueConstraint(fields=["provider", "external_id"], name="payment_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.external_id}"
