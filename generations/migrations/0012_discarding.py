from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0011_remix_lists")]

    operations = [
        migrations.AddField(
            model_name="generation",
            name="discarded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="generation",
            name="discarded_job",
            field=models.UUIDField(
                blank=True,
                help_text="the job that made it, which does not name it meanwhile",
                null=True,
            ),
        ),
        migrations.AlterModelOptions(
            name="generation", options={"default_manager_name": "objects"}
        ),
    ]
