from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows go on being written while the indexes are built."""

    atomic = False
    dependencies = [("accounts", "0015_admin_log_by_object")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("is_staff", True)), fields=["-id"], name="user_staff"
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("is_active", False)), fields=["-id"], name="user_not_active"
            ),
        ),
    ]
