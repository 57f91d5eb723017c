"""All that we have of somebody, for them to take along."""

from django.db import models
from uuid_utils.compat import uuid7

from accounts.models.people import User


class Export(models.Model):
    """A ZIP that was asked for. Its file is deleted when it expires."""

    class Status(models.TextChoices):
        QUEUED = "QUEUED"
        READY = "READY"
        FAILED = "FAILED"
        EXPIRED = "EXPIRED"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="exports")
    status = models.CharField(max_length=7, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(auto_now_add=True, help_text="no try before")
    tries = models.PositiveSmallIntegerField(default=0)
    storage_key = models.CharField(max_length=200, blank=True, default="")
    size_bytes = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="export_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="export_one_queued", condition=models.Q(status="QUEUED")
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.status}"
