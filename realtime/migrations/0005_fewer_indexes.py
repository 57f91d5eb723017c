import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chatsvg.indexes import drop


class Migration(migrations.Migration):
    """`notification_of_user` answers what this index does, which costs every write."""

    atomic = False
    dependencies = [
        ("realtime", "0004_desk_filters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                drop("realtime_notification_user_id_6f7354a4", "realtime_notification", "user_id")
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="notification",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
