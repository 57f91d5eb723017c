import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0009_test_lists")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="remix_of",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name=related,
                to="generations.generation",
            ),
        )
        for name, related in (("generation", "remixes"), ("job", "+"))
    ]
