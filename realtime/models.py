"""What people are told, apart from the state of their jobs."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from realtime.webhooks.models import (  # noqa: F401
    CreditsAlarm,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookSecret,
)


class Notification(models.Model):
    """One line in somebody's bell. `about` makes it once only: no two of a type say the same."""

    class Type(models.TextChoices):
        SYSTEM_ANNOUNCEMENT = "SYSTEM_ANNOUNCEMENT"
        JOB_SUCCEEDED = "JOB_SUCCEEDED"
        JOB_FAILED = "JOB_FAILED"
        LOW_CREDITS = "LOW_CREDITS"
        CREDITS_PURCHASED = "CREDITS_PURCHASED"
        CREDITS_REFUNDED = "CREDITS_REFUNDED"
        ACCOUNT_SECURITY = "ACCOUNT_SECURITY"
        PROMO_MONTHLY = "PROMO_MONTHLY"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    type = models.CharField(max_length=20, choices=Type)
    title = models.CharField(max_length=100, blank=True, default="")
    message = models.CharField(max_length=500)
    data = models.JSONField(null=True, blank=True)
    about = models.CharField(max_length=100, blank=True, default="", help_text="job:<uuid> or so")
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True, help_text="seen in the bell")

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user"], name="notification_unread", condition=models.Q(read_at=None)
            ),
            models.Index(  # the desk's filter; the most frequent one is found without
                fields=["type", "-id"],
                name="notification_of_type",
                condition=~models.Q(type="JOB_SUCCEEDED"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "type", "about"],
                name="notification_once",
                condition=~models.Q(about=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.user_id}"
