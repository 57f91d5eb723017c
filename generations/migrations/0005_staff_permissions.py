from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generations", "0004_withdrawn")]

    operations = [
        migrations.AlterModelOptions(
            name="job",
            options={
                "permissions": [
                    ("cancel_job", "Can cancel a job"),
                    ("requeue_job", "Can give a job another try"),
                ]
            },
        ),
    ]
