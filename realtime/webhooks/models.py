"""Endpoints, the secrets they are signed for with, and what became of every event."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

URL_MAX, DESCRIPTION_MAX, ANSWER_MAX = 2000, 200, 1024
LOW_CREDITS = 5


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def owned_by(self, user) -> "EndpointQuerySet":
        return self.filter(user=user)

    def enabled(self) -> "EndpointQuerySet":
        return self.filter(disabled_at=None)


class WebhookEndpoint(models.Model):
    """A URL of somebody's that hears of their events.

    One made with a test key hears of what test keys draw, the others of all else. While it is
    disabled it hears of nothing new, and what is still to be sent to it waits.
    """

    class Because(models.TextChoices):
        OWNER = "owner"
        GONE = "gone"
        FAILING = "failing"
        SUSPENDED = "suspended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=URL_MAX)
    description = models.CharField(max_length=DESCRIPTION_MAX, blank=True, default="")
    events = models.JSONField(default=list, help_text="types of events that it hears of")
    is_test = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=9, choices=Because, blank=True, default="")
    failing_since = models.DateTimeField(
        null=True, blank=True, help_text="the first failure after which nothing succeeded"
    )

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False) & ~Q(disabled_because=""),
                name="webhook_disabled_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class WebhookSecret(models.Model):
    """What deliveries are signed with; the newest, and those before it for a while."""

    class Kind(models.TextChoices):
        HMAC = "hmac"
        ED25519 = "ed25519"

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=7, choices=Kind)
    sealed = models.TextField(help_text="encrypted with a key made of SECRET_KEY")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True, help_text="null: the one in force")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=Q(expires_at=None),
                name="webhook_secret_in_force_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.endpoint_id}"


class WebhookMessage(models.Model):
    """An event, written in the transaction of what it tells of. Its id is its `webhook-id`.

    What it says of a job is read when it is sent: no drawing is copied, and links are fresh.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    type = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="when it happened")
    job = models.ForeignKey("generations.Job", models.CASCADE, null=True, related_name="+")
    sequence = models.PositiveIntegerField(null=True, help_text="of the job's event")
    data = models.JSONField(null=True, help_text="where it is not about a job")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(job=None, sequence=None, data__isnull=False)
                | Q(job__isnull=False, sequence__isnull=False, data=None),
                name="webhook_message_has_content",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.type}"

    @property
    def public_id(self) -> str:
        return f"msg_{self.pk.hex}"


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def pending(self) -> "DeliveryQuerySet":
        return self.filter(status=WebhookDelivery.Status.PENDING)

    def owned_by(self, user) -> "DeliveryQuerySet":
        return self.filter(endpoint__user=user)


class WebhookDelivery(models.Model):
    """An event on its way to an endpoint.

    PENDING -> SUCCEEDED or FAILED; both -> PENDING by a replay. Whoever sends it takes a lease, by
    moving `due_at` on, and raises `tries`, the fencing number.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    tries = models.PositiveIntegerField(default=0, help_text="ever; the fencing number")
    failures = models.PositiveSmallIntegerField(default=0, help_text="since the last replay")
    due_at = models.DateTimeField(help_text="no try before")
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        permissions = [("replay_webhookdelivery", "Can send a delivery again")]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at"],
                name="webhook_delivery_due",
                condition=Q(status="pending"),
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_of_endpoint"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None)
                | ~Q(status="pending") & Q(ended_at__isnull=False, leased_until=None),
                name="webhook_delivery_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"


class WebhookAttempt(models.Model):
    """One request of ours, and how the answer began."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField(help_text="the delivery's fencing number")
    at = models.DateTimeField()
    latency_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of the answer")
    error = models.CharField(max_length=20, blank=True, default="", help_text="empty: it was taken")
    answer = models.CharField(max_length=ANSWER_MAX, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["at"], name="webhook_attempt_by_time")]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number} {self.status or self.error}"


class CreditsAlarm(models.Model):
    """When somebody wants to hear that their credits run low. Only who has an endpoint has one."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    threshold = models.PositiveIntegerField(default=LOW_CREDITS)
    is_low = models.BooleanField(help_text="told already; not again before there are more")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.threshold}"
