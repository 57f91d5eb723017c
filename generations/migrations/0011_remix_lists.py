from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Drawings go on being stored while the index is built."""

    atomic = False
    dependencies = [("generations", "0010_remixes")]

    operations = [
        AddIndexConcurrently(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("remix_of__isnull", False)),
                fields=["remix_of", "-created_at", "-id"],
                name="generation_remixes",
            ),
        ),
    ]
