"""API keys, and what was done with them."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from accounts.models.people import User

PREFIX_LENGTH = 16  # characters of a key that may be shown


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self) -> "ApiKeyQuerySet":
        """Not revoked; they may have expired."""
        return self.filter(revoked_at=None)


class ApiKey(models.Model):
    """What a program signs in with. Only an HMAC of the key is kept, and its recognisable start.

    Keys are revoked, never deleted: jobs and figures point at them.
    """

    class Environment(models.TextChoices):
        PRODUCTION = "production"
        TEST = "test"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True, default="")
    environment = models.CharField(
        max_length=10, choices=Environment, default=Environment.PRODUCTION
    )
    prefix = models.CharField(max_length=PREFIX_LENGTH, help_text="how the key begins")
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    ip_list = models.JSONField(
        default=list, blank=True, help_text="networks it may be used from; none: from everywhere"
    )
    custom_rate_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="requests a minute, besides the plan's limits"
    )
    is_example = models.BooleanField(
        default=False, db_default=False, help_text="made by the docs, for an hour"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=20, blank=True, default="")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        permissions = [("revoke_apikey", "Can revoke an API key")]
        indexes = [
            models.Index(fields=["prefix"], name="api_key_by_prefix"),
            models.Index(
                fields=["expires_at"],
                name="api_key_example",
                condition=Q(is_example=True, revoked_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(custom_rate_limit=None) | Q(custom_rate_limit__gt=0),
                name="api_key_rate_limit_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def is_test(self) -> bool:
        return self.environment == self.Environment.TEST


class KeyUse(models.Model):
    """One request that was made with a key. After some days it is counted in a KeyDay instead."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="uses", db_index=False)
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(help_text="of the answer")
    latency_ms = models.PositiveIntegerField()
    credits = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["key", "at"], name="key_use_of_key"),
            BrinIndex(fields=["at"], name="key_use_by_time", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.status}"


class KeyDay(models.Model):
    """The requests of a day (UTC) that have no row of their own any more, and credits given back.

    `credits` may be negative: what a failed drawing gave back is taken off on the day it failed.
    """

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    requests = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    latency_ms = models.PositiveBigIntegerField(default=0, help_text="of all its requests")
    credits = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "day"], name="key_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.day}"
