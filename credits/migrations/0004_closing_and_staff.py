from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0003_refill_periods")]

    operations = [
        migrations.AddField(
            model_name="wallet",
            name="closed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="its person is deleted: nothing is spent or given any more",
                null=True,
            ),
        ),
        migrations.AlterModelOptions(
            name="wallet",
            options={"permissions": [("grant_wallet", "Can grant credits")]},
        ),
        migrations.AlterModelOptions(
            name="entry",
            options={
                "permissions": [("refund_entry", "Can refund a charge")],
                "verbose_name_plural": "entries",
            },
        ),
    ]
