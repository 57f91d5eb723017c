from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Drawings go on being stored while the index is built."""

    atomic = False
    dependencies = [("generations", "0012_discarding")]

    operations = [
        AddIndexConcurrently(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("discarded_at__isnull", False)),
                fields=["discarded_at"],
                name="generation_discarded",
            ),
        ),
    ]
