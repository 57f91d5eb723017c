"""The log of every job, in the one order that all its viewers see."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from generations.models.drawings import Generation
from generations.models.jobs import Job


class Feed(models.Model):
    """Counts a person's events. Its row is locked until commit, so ids appear in their order."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.last}"


class JobEvent(models.Model):
    """One change of one job, written in the transaction that made the change, never changed after.

    `cursor` grows per person (what `?after=` takes), `seq` per job, both without gaps.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    cursor = models.BigIntegerField()
    job = models.ForeignKey(Job, models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Job.Status)
    stage = models.CharField(max_length=8, choices=Job.Stage)
    progress = models.PositiveSmallIntegerField()
    generation = models.ForeignKey(
        Generation, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    error_code = models.CharField(max_length=32, blank=True, default="")
    retry_at = models.DateTimeField(null=True, blank=True, help_text="when the next try begins")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cursor"], name="event_once_per_cursor"),
            models.UniqueConstraint(fields=["job", "seq"], name="event_once_per_seq"),
        ]
        indexes = [
            models.Index(
                fields=["generation"],
                name="event_of_generation",
                condition=models.Q(generation__isnull=False),
            )
        ]
        ordering = ("cursor",)

    def __str__(self) -> str:
        return f"{self.job_id} {self.seq} {self.status}"
