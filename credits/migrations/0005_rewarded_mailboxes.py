from django.db import migrations, models


def remember(apps, schema_editor):
    """Whoever had the credits of a sign-up before this was kept."""
    from credits.mailboxes import fingerprint

    entries = apps.get_model("credits", "Entry").objects.filter(reference__startswith="signup:")
    living = entries.filter(wallet__user__deleted_at=None)
    emails = living.values_list("wallet__user__email", flat=True)
    mailbox = apps.get_model("credits", "RewardedMailbox")
    rows = (mailbox(email_hash=fingerprint(email)) for email in emails.iterator(chunk_size=1000))
    mailbox.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_doomed_files_and_permissions"),
        ("credits", "0004_closing_and_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="RewardedMailbox",
            fields=[
                ("email_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
            options={"verbose_name_plural": "rewarded mailboxes"},
        ),
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=True),
    ]
