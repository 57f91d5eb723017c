from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows go on being written while the indexes are built."""

    atomic = False
    dependencies = [("realtime", "0003_webhooks")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("type", "JOB_SUCCEEDED"), _negated=True),
                fields=["type", "-id"],
                name="notification_of_type",
            ),
        ),
    ]
