"""The drawings. Their SVG text lives here; the object in storage is a copy for delivery."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7


class GenerationQuerySet(models.QuerySet["Generation"]):
    def owned_by(self, user) -> "GenerationQuerySet":
        return self.filter(user=user)

    def public(self) -> "GenerationQuerySet":
        return self.filter(is_private=False)

    def discarded(self) -> "GenerationQuerySet":
        """Put away by their person: still here, for as long as that may be undone."""
        return self.filter(discarded_at__isnull=False)

    def seen_by(self, user) -> "GenerationQuerySet":
        """What is public, and what is their own."""
        return self.public() | self.owned_by(user) if user.is_authenticated else self.public()

    def of_tests(self) -> "GenerationQuerySet":
        """Asked for with test keys: they alone cost nothing."""
        return self.filter(credits_used=0)

    def for_real(self) -> "GenerationQuerySet":
        return self.filter(credits_used__gt=0)


class _NotDiscarded(models.Manager.from_queryset(GenerationQuerySet)):  # type: ignore[misc]
    """Whoever asks for drawings gets none that their person put away."""

    def get_queryset(self) -> GenerationQuerySet:
        return super().get_queryset().filter(discarded_at=None)


def _public_indexes() -> list[models.Index]:
    """One for each filter of the gallery: a page costs the same however rare its drawings are."""
    return [
        models.Index(
            fields=[*filters, "-created_at", "-id"],
            name=f"generation_public_{'_'.join(filters)}",
            condition=Q(is_private=False),
        )
        for filters in (["style"], ["model"], ["style", "model"])
    ]


def _indexes_of_user() -> list[models.Index]:
    """One for each filter of a person's own drawings; several at once share one of them."""
    order = ["-created_at", "-id"]
    return [
        models.Index(fields=["user", "style", *order], name="generation_user_style"),
        models.Index(fields=["user", "model", *order], name="generation_user_model"),
        models.Index(
            fields=["user", *order], name="generation_user_private", condition=Q(is_private=True)
        ),
        models.Index(
            fields=["user", *order], name="generation_user_public", condition=Q(is_private=False)
        ),
    ]


class Generation(models.Model):
    """A finished drawing, sanitized before it came here.

    One that was discarded is not among `objects`, and no job names it, until it is restored or
    deleted; `everything` has it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="generations", db_index=False
    )
    prompt = models.CharField(max_length=500)
    style = models.CharField(max_length=10)
    model = models.CharField(max_length=100)
    provider = models.CharField(max_length=100, help_text="who really drew it")
    is_private = models.BooleanField(default=False)
    credits_used = models.PositiveSmallIntegerField(default=1)
    svg = models.TextField()
    size_bytes = models.PositiveIntegerField()
    sanitizer_version = models.PositiveSmallIntegerField()
    notes = models.JSONField(default=list, blank=True)
    storage_key = models.CharField(max_length=200)
    stored_at = models.DateTimeField(null=True, blank=True)
    # no constraint: deleting a drawing locks nobody else's rows, and what is gone is then as
    # unknown as what is private. Look it up among those that somebody may see
    remix_of = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="remixes",
        db_constraint=False,
        db_index=False,
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_job = models.UUIDField(
        null=True, blank=True, help_text="the job that made it, which does not name it meanwhile"
    )
    created_at = models.DateTimeField(db_default=models.functions.Now())

    objects = _NotDiscarded()
    everything = GenerationQuerySet.as_manager()

    class Meta:
        default_manager_name = "objects"
        verbose_name = "drawing"
        permissions = [("unpublish_generation", "Can take a drawing out of the gallery")]
        constraints = [
            models.UniqueConstraint(
                fields=["storage_key"], name="generations_generation_storage_key_key"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="generation_of_user"),
            models.Index(
                fields=["-created_at", "-id"],
                name="generation_public",
                condition=Q(is_private=False),
            ),
            *_public_indexes(),
            *_indexes_of_user(),
            models.Index(
                fields=["user", "-created_at", "-id"],
                name="generation_of_tests",
                condition=Q(credits_used=0),
            ),
            models.Index(
                fields=["created_at"], name="generation_not_stored", condition=Q(stored_at=None)
            ),
            models.Index(
                fields=["discarded_at"],
                name="generation_discarded",
                condition=Q(discarded_at__isnull=False),
            ),
            models.Index(
                fields=["remix_of", "-created_at", "-id"],
                name="generation_remixes",
                condition=Q(remix_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.style})"


class Gap(models.Model):
    """Where a deleted drawing stood in the lists, so that pages go on after it. Kept for a day."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True, blank=True
    )
    is_private = models.BooleanField()
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(db_default=models.functions.Now(), db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class Withdrawn(models.Model):
    """A drawing that a later sanitizer refused, kept where nobody is served from.

    Its generation shows a stand-in until a sanitizer takes the original again.
    """

    generation = models.OneToOneField(
        Generation, models.CASCADE, primary_key=True, related_name="withdrawn"
    )
    svg = models.TextField(help_text="unsafe: what was drawn")
    notes = models.JSONField(default=list, blank=True)
    code = models.CharField(max_length=32, help_text="why it was refused")
    at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"{self.generation_id} {self.code}"
