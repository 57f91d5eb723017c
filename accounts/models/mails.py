"""Mails that are to be sent, and what became of them."""

from django.db import models
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from accounts.models.people import User


class Mail(models.Model):
    """One mail. What it says is written when it leaves, so that no secret link is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=30, help_text="the name of its templates")
    to = models.EmailField(max_length=254)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="mails")
    context = models.JSONField(default=dict, blank=True, help_text="no secrets")
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_default=Now(), help_text="no try before")
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="the mail server took it")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="sent, needless or given up")
    error = models.CharField(max_length=200, blank=True, default="", help_text="of the last try")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=models.Q(ended_at=None)),
            models.Index(fields=["to", "kind"], name="mail_to"),
            models.Index(fields=["ended_at"], name="mail_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
