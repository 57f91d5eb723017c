"""Whoever is deleted is looked for in the admin's history, by the id of what was done to: its table
grows, and Django gives it no index for that."""

from django.db import migrations

ADD = "CREATE INDEX CONCURRENTLY IF NOT EXISTS admin_log_object ON django_admin_log (object_id)"
REMOVE = "DROP INDEX CONCURRENTLY IF EXISTS admin_log_object"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0014_staff_rights"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [migrations.RunSQL(ADD, REMOVE)]
