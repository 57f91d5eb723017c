from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows go on being written while the indexes are built."""

    atomic = False
    dependencies = [("credits", "0007_later_start")]

    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("kind", "capture"), _negated=True),
                fields=["kind", "-id"],
                name="entry_not_capture",
            ),
        ),
    ]
