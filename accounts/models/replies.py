"""What programs were answered, for when they ask the same again."""

from django.db import models
from django.db.models.functions import Now

from accounts.models.people import User


class Reply(models.Model):
    """The one answer to all requests of a person with the same Idempotency-Key.

    Reserved by the first of them (`status` is null until it has its answer); who holds `token` may
    keep an answer in it. A reservation ends by itself, at `reserved_until`.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    is_test = models.BooleanField(help_text="asked with a test key: a world of its own")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64, help_text="of what was asked for")
    token = models.UUIDField()
    reserved_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    body = models.BinaryField(default=bytes, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "is_test", "key"], name="reply_once_per_key"),
            models.UniqueConstraint(fields=["token"], name="reply_token"),
        ]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.user_id} {self.status or 'reserved'}"
