"""The database itself refuses to change or remove a ledger entry."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION credits_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger entries are append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON credits_entry
    FOR EACH ROW EXECUTE FUNCTION credits_entry_append_only();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON credits_entry
    FOR EACH STATEMENT EXECUTE FUNCTION credits_entry_append_only();
"""
BACK = """
DROP TRIGGER entry_no_truncate ON credits_entry;
DROP TRIGGER entry_append_only ON credits_entry;
DROP FUNCTION credits_entry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
