import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def forget_tests(apps, schema_editor):
    """On the way back: what was before knows no job that costs nothing."""
    apps.get_model("generations", "Job").objects.filter(is_test=True).delete()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the table is altered next


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_api_keys"),
        ("generations", "0006_gallery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="job",
            name="job_once_per_key",
        ),
        migrations.RemoveConstraint(
            model_name="job",
            name="job_running_is_charged",
        ),
        migrations.RemoveConstraint(
            model_name="job",
            name="job_succeeded_is_charged",
        ),
        migrations.RemoveConstraint(
            model_name="job",
            name="job_without_drawing_costs_nothing",
        ),
        migrations.AddField(
            model_name="job",
            name="is_test",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="asked for with a test key: drawn by studio",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="key",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apikey",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="charge",
            field=models.CharField(
                choices=[
                    ("HELD", "Held"),
                    ("CAPTURED", "Captured"),
                    ("RELEASED", "Released"),
                    ("REFUNDED", "Refunded"),
                    ("FREE", "Free"),
                ],
                default="HELD",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["FAILED", "CANCELED"]), _negated=True),
                fields=("user", "is_test", "idempotency_key"),
                name="job_once_per_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "RUNNING"), _negated=True),
                    ("charge__in", ["CAPTURED", "FREE"]),
                    _connector="OR",
                ),
                name="job_running_is_charged",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "SUCCEEDED"), _negated=True),
                    models.Q(("charge__in", ["CAPTURED", "FREE"]), ("progress", 100)),
                    _connector="OR",
                ),
                name="job_succeeded_is_charged",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["FAILED", "CANCELED"]), _negated=True),
                    ("charge__in", ["RELEASED", "REFUNDED", "FREE"]),
                    _connector="OR",
                ),
                name="job_without_drawing_costs_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge", "FREE"), ("is_test", True), ("price", 0)),
                    models.Q(("is_test", False), models.Q(("charge", "FREE"), _negated=True)),
                    _connector="OR",
                ),
                name="job_free_is_test",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_tests),
    ]
