"""Sessions (refresh families) and the refresh tokens of each."""

from django.db import models
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from accounts.models.people import User


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> "SessionQuerySet":
        """Neither revoked nor past its end, of a person who may sign in."""
        return self.filter(revoked_at=None, expires_at__gt=Now(), user__is_active=True)


class Session(models.Model):
    """One sign-in on one device: the family that its refresh tokens belong to.

    `expires_at` is absolute; no rotation moves it. A revoked session stays as evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    remember_me = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    proved_at = models.DateTimeField(
        null=True, blank=True, help_text="when its person gave the password once more"
    )
    last_used_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=20, blank=True, default="")
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=512, blank=True, default="")

    objects = SessionQuerySet.as_manager()

    class Meta:
        permissions = [("revoke_session", "Can end a session")]
        indexes = [models.Index(fields=["user", "revoked_at"], name="session_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at:%Y-%m-%d}"


class RefreshToken(models.Model):
    """One link of a session's chain. Only the SHA-256 of the token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True, blank=True)
    successor = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="predecessor"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rotated_at=None) | models.Q(successor__isnull=False),
                name="refresh_token_rotated_has_successor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.created_at:%Y-%m-%d %H:%M}"
