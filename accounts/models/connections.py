"""Apps that people have connected to their accounts: what they registered, and what they hold."""

from datetime import datetime

from django.db import models
from uuid_utils.compat import uuid7

from accounts.models.people import User


class OAuthClient(models.Model):
    """An app as it registered itself (RFC 7591). Nobody has vouched for what it says of itself."""

    class Authentication(models.TextChoices):
        NONE = "none"
        POST = "client_secret_post"
        BASIC = "client_secret_basic"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    redirect_uris = models.JSONField(default=list)
    authentication = models.CharField(max_length=20, choices=Authentication)
    secret_hash = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="when it got tokens")

    class Meta:
        verbose_name = "OAuth client"
        indexes = [models.Index(fields=["created_at"], name="oauth_client_by_age")]

    def __str__(self) -> str:
        return self.name


class OAuthGrantQuerySet(models.QuerySet["OAuthGrant"]):
    def live(self, at: datetime) -> "OAuthGrantQuerySet":
        """Neither ended nor past its end."""
        return self.filter(revoked_at=None, expires_at__gt=at)


class OAuthGrant(models.Model):
    """What somebody allowed an app: the family that its tokens belong to.

    `expires_at` is absolute; no refresh moves it. An ended one stays for a while, as evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="oauth_grants")
    client = models.ForeignKey(OAuthClient, models.CASCADE, related_name="grants")
    scopes = models.JSONField(default=list)
    resource = models.CharField(max_length=300, help_text="the only thing that its tokens open")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(auto_now_add=True, help_text="to the minute")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=20, blank=True, default="")

    objects = OAuthGrantQuerySet.as_manager()

    class Meta:
        verbose_name = "OAuth grant"
        indexes = [models.Index(fields=["user", "revoked_at"], name="oauth_grant_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.client_id}"


class OAuthCode(models.Model):
    """What an app exchanges for its first tokens: once, and soon. Only its SHA-256 is kept.

    With `grant` it is used up; it stays for a day, so that a second use can be told from a guess.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    client = models.ForeignKey(OAuthClient, models.CASCADE, related_name="codes")
    grant = models.ForeignKey(
        OAuthGrant, models.CASCADE, null=True, blank=True, related_name="codes"
    )
    redirect_uri = models.CharField(max_length=1000)
    scopes = models.JSONField(default=list)
    resource = models.CharField(max_length=300)
    challenge = models.CharField(max_length=43, help_text="PKCE, S256")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "OAuth code"

    def __str__(self) -> str:
        return f"{self.user_id} {self.client_id}"


class OAuthAccessToken(models.Model):
    """What an app presents. It may carry less than its grant. Only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(OAuthGrant, models.CASCADE, related_name="access_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "OAuth access token"

    def __str__(self) -> str:
        return f"{self.grant_id} until {self.expires_at:%Y-%m-%d %H:%M}"


class OAuthRefreshToken(models.Model):
    """One link of a grant's chain. Only its SHA-256 is kept; the next one is an HMAC of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(OAuthGrant, models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)
    rotated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "OAuth refresh token"

    def __str__(self) -> str:
        return f"{self.grant_id} until {self.expires_at:%Y-%m-%d %H:%M}"
