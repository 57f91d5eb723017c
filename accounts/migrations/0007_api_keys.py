import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_visits"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                (
                    "environment",
                    models.CharField(
                        choices=[("production", "Production"), ("test", "Test")],
                        default="production",
                        max_length=10,
                    ),
                ),
                ("prefix", models.CharField(help_text="how the key begins", max_length=16)),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                (
                    "ip_list",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="networks it may be used from; none: from everywhere",
                    ),
                ),
                (
                    "custom_rate_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="requests a minute, besides the plan's limits",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "last_used_at",
                    models.DateTimeField(blank=True, help_text="to the minute", null=True),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_because", models.CharField(blank=True, default="", max_length=20)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("revoke_apikey", "Can revoke an API key")],
            },
        ),
        migrations.CreateModel(
            name="KeyDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("requests", models.PositiveIntegerField(default=0)),
                ("succeeded", models.PositiveIntegerField(default=0)),
                (
                    "latency_ms",
                    models.PositiveBigIntegerField(default=0, help_text="of all its requests"),
                ),
                ("credits", models.IntegerField(default=0)),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="accounts.apikey",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeyUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("status", models.PositiveSmallIntegerField(help_text="of the answer")),
                ("latency_ms", models.PositiveIntegerField()),
                ("credits", models.PositiveSmallIntegerField(default=0)),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="accounts.apikey",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["prefix"], name="api_key_by_prefix"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("custom_rate_limit", None), ("custom_rate_limit__gt", 0), _connector="OR"
                ),
                name="api_key_rate_limit_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyday",
            constraint=models.UniqueConstraint(fields=("key", "day"), name="key_day_once"),
        ),
        migrations.AddIndex(
            model_name="keyuse",
            index=models.Index(fields=["key", "at"], name="key_use_of_key"),
        ),
        migrations.AddIndex(
            model_name="keyuse",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="key_use_by_time"
            ),
        ),
    ]
