from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows go on being written while the indexes are built."""

    atomic = False
    dependencies = [("generations", "0016_job_origin")]

    operations = [
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("status__in", ["QUEUED", "RUNNING"])),
                fields=["user"],
                name="job_under_way",
            ),
        ),
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("status__in", ["FAILED", "CANCELED"])),
                fields=["status", "-id"],
                name="job_without_drawing",
            ),
        ),
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("charge", "CAPTURED"), _negated=True),
                fields=["charge", "-id"],
                name="job_not_paid",
            ),
        ),
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("error_code", ""), _negated=True),
                fields=["error_code", "-id"],
                name="job_with_error",
            ),
        ),
        AddIndexConcurrently(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("answer", ""), ("raw_error", ""), _negated=True),
                fields=["id"],
                name="attempt_said",
            ),
        ),
    ]
