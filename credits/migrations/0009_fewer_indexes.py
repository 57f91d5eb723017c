import django.db.models.deletion
from django.db import migrations, models

from chatsvg.indexes import drop


class Migration(migrations.Migration):
    """`entry_of_wallet` answers what this index does, which costs every write."""

    atomic = False
    dependencies = [("credits", "0008_desk_filters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                drop("credits_entry_wallet_id_2f1b6fc7", "credits_entry", "wallet_id")
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="entry",
                    name="wallet",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="credits.wallet",
                    ),
                ),
            ],
        ),
    ]
