"""What the nightly audits found."""

from django.db import models
from django.db.models.functions import Now


class AuditRun(models.Model):
    """One audit of ledger and jobs. `faults` is what the metric of ledger drift shows."""

    at = models.DateTimeField(db_default=Now())
    faults = models.PositiveIntegerField(help_text="rows that break an invariant")
    details = models.JSONField(default=dict, help_text="by invariant, the first of its faults")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="audit_run_latest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.faults}"
