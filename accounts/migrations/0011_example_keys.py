from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_replies"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="is_example",
            field=models.BooleanField(
                db_default=False, default=False, help_text="made by the docs, for an hour"
            ),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(
                condition=models.Q(("is_example", True), ("revoked_at", None)),
                fields=["expires_at"],
                name="api_key_example",
            ),
        ),
    ]
