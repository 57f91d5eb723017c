from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0006_payments")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="starts_at",
            field=models.DateTimeField(null=True, help_text="until then an earlier one is paid"),
        ),
    ]
