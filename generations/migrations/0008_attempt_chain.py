from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with a constant default: PostgreSQL reads no row for them."""

    dependencies = [("generations", "0007_test_jobs")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="repair",
            field=models.SmallIntegerField(
                db_default=0, default=0, help_text="0 for a draft; 1 and 2 for its repairs"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="model",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="which one of the chain",
                max_length=100,
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="first_byte_seconds",
            field=models.FloatField(blank=True, null=True),
        ),
    ]
