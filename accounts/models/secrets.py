"""What was sent to somebody to prove that a mailbox is theirs."""

from django.db import models
from uuid_utils.compat import uuid7

from accounts.models.people import User


class OneTimeToken(models.Model):
    """A link in a mail. Only the SHA-256 of its token is kept; it works once, and not for long."""

    class Purpose(models.TextChoices):
        RESET_PASSWORD = "reset"  # noqa: S105  # a name
        VERIFY_EMAIL = "verify"
        CHANGE_EMAIL = "change"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=6, choices=Purpose)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254, help_text="the mailbox that it was sent to")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose"], name="one_time_token_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose}"
