"""Who somebody is elsewhere, and sign-ins by such an identity that are under way."""

from django.db import models
from uuid_utils.compat import uuid7

from accounts.models.people import User
from accounts.models.sessions import Session


class Provider(models.TextChoices):
    GOOGLE = "google"
    GITHUB = "github"


class Identity(models.Model):
    """An account at a provider that opens an account here. A person may have several."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=10, choices=Provider)
    subject = models.CharField(max_length=255, help_text="the provider's own id, never re-used")
    email = models.EmailField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = "sign-in elsewhere", "sign-ins elsewhere"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["user", "provider"], name="identity_one_per_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"


class OAuthState(models.Model):
    """A dance that has begun: used up by its callback, and bound to the browser that began it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=10, choices=Provider)
    state_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256")
    browser_hash = models.CharField(max_length=64, help_text="SHA-256 of the cookie's value")
    verifier = models.CharField(max_length=128, help_text="PKCE")
    nonce = models.CharField(max_length=64)
    redirect = models.CharField(max_length=2048, help_text="a local path")
    session = models.ForeignKey(
        Session,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="whose person connects an account; none signs in",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.created_at:%Y-%m-%d %H:%M}"
