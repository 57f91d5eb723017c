"""Objects in storage that nobody wants any more."""

from django.db import models
from django.db.models.functions import Now


class DoomedFile(models.Model):
    """An object that is to be deleted, until it certainly is: the row is the promise."""

    storage_key = models.CharField(max_length=200, unique=True)
    doomed_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now(), help_text="no try before")
    tries = models.PositiveSmallIntegerField(default=0, help_text="that failed")

    class Meta:
        verbose_name, verbose_name_plural = "file to be deleted", "files to be deleted"
        indexes = [models.Index(fields=["due_at"], name="doomed_file_due")]

    def __str__(self) -> str:
        return f"doomed file {self.pk}"
