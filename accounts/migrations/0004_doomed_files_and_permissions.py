import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_staff_roles")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={"permissions": [("suspend_user", "Can keep people out and let them in")]},
        ),
        migrations.AlterModelOptions(
            name="session",
            options={"permissions": [("revoke_session", "Can end a session")]},
        ),
        migrations.CreateModel(
            name="DoomedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("storage_key", models.CharField(max_length=200, unique=True)),
                (
                    "doomed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="no try before",
                    ),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(default=0, help_text="that failed"),
                ),
            ],
            options={"indexes": [models.Index(fields=["due_at"], name="doomed_file_due")]},
        ),
    ]
