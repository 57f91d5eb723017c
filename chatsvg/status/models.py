"""What was recorded: every look for a while, and what each day came to for longer."""

from django.db import models


class StatusCheck(models.Model):
    """How one part did in one minute. Kept for STATUS_CHECKS_DAYS."""

    class State(models.TextChoices):
        OK = "ok"
        SLOW = "slow"
        FAILED = "failed"

    part = models.CharField(max_length=60)
    at = models.DateTimeField(help_text="the minute")
    state = models.CharField(max_length=6, choices=State)
    ms = models.FloatField(null=True, blank=True)
    detail = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "at"], name="status_check_once_a_minute")
        ]
        indexes = [models.Index(fields=["at"], name="status_check_at")]

    def __str__(self) -> str:
        return f"{self.part} {self.at:%Y-%m-%d %H:%M} {self.state}"


class StatusDay(models.Model):
    """How many looks at a part ended how on one day (UTC). Kept for STATUS_DAYS."""

    part = models.CharField(max_length=60)
    day = models.DateField()
    ok = models.PositiveIntegerField(default=0)
    slow = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "day"], name="status_day_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.day}"


class StatusIncident(models.Model):
    """A time in which every look at a part failed, from before the checks that are kept."""

    part = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "began_at"], name="status_incident_once")
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.began_at:%Y-%m-%d %H:%M}"


class ProcessBeat(models.Model):
    """A worker process that lives, and what it works off: it says so every few seconds, by the
    database, so that it is known without Redis too."""

    name = models.CharField(max_length=120, primary_key=True)
    queues = models.JSONField(default=list)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
