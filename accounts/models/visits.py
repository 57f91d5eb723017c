"""Who looked at the figures of the installation by a link in a mail (CONTRACT §3.10)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7


class Visit(models.Model):
    """One link to an administrator's mailbox, and the time backstage that it opened.

    Asked for, begun by the link (once), ended by signing out or by the clock. Of the link's token
    and of the cookie's value only the SHA-256 is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    link_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64, help_text="of the browser that asked")
    created_at = models.DateTimeField(db_default=Now())
    link_expires_at = models.DateTimeField()
    pass_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ip_address = models.GenericIPAddressField("address", null=True, blank=True)
    user_agent = models.CharField("browser", max_length=512, blank=True, default="")

    class Meta:
        verbose_name, verbose_name_plural = "visit backstage", "visits backstage"
        permissions = [("view_metrics", "Can read the figures of the installation")]
        indexes = [models.Index(fields=["created_at"], name="visit_created")]
        constraints = [
            models.CheckConstraint(
                condition=Q(begun_at=None, pass_hash=None, expires_at=None)
                | Q(begun_at__isnull=False, pass_hash__isnull=False, expires_at__isnull=False),
                name="visit_begun_has_pass",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.pk}"
