from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_api_keys")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="proved_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when its person gave the password once more",
                null=True,
            ),
        ),
    ]
