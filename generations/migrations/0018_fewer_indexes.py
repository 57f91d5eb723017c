import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from chatsvg.indexes import drop


class Migration(migrations.Migration):
    """What another index answers as well costs every write. Nothing is asked for anew."""

    atomic = False
    dependencies = [
        ("generations", "0017_growing_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="jobevent",
            index=models.Index(
                condition=models.Q(("generation__isnull", False)),
                fields=["generation"],
                name="event_of_generation",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                drop(
                    "generations_jobevent_generation_id_4ddf56e1",
                    "generations_jobevent",
                    "generation_id",
                ),
                drop("generations_jobevent_job_id_9b929669", "generations_jobevent", "job_id"),
                drop("generations_jobevent_user_id_84108bb0", "generations_jobevent", "user_id"),
                drop("generations_job_user_id_309904de", "generations_job", "user_id"),
                drop("generations_attempt_job_id_1f1b42be", "generations_attempt", "job_id"),
                drop(
                    "generations_generation_user_id_956c0fb0", "generations_generation", "user_id"
                ),
                drop(
                    "generations_generation_storage_key_2ed85912_like",
                    "generations_generation",
                    "storage_key varchar_pattern_ops",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="jobevent",
                    name="generation",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="generations.generation",
                    ),
                ),
                migrations.AlterField(
                    model_name="jobevent",
                    name="job",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="generations.job",
                    ),
                ),
                migrations.AlterField(
                    model_name="jobevent",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="job",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="attempt",
                    name="job",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="generations.job",
                    ),
                ),
                migrations.AlterField(
                    model_name="generation",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="generations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="generation",
                    name="storage_key",
                    field=models.CharField(max_length=200),
                ),
                migrations.AddConstraint(  # the one that `unique=True` has made
                    model_name="generation",
                    constraint=models.UniqueConstraint(
                        fields=("storage_key",), name="generations_generation_storage_key_key"
                    ),
                ),
            ],
        ),
    ]
